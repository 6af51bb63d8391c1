package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Real captures of /proc/PID/fdinfo/FD, Linux 6.18. */
class FdInfoTest {
  private static final String PROGRAM =
      """
      pos:\t0
      flags:\t02000002
      mnt_id:\t16
      ino:\t2061
      prog_type:\t26
      prog_jited:\t1
      prog_tag:\t728b54ba4a67dede
      memlock:\t4096
      prog_id:\t3766
      run_time_ns:\t8786062
      run_cnt:\t10044
      recursion_misses:\t0
      verified_insns:\t421
      """;

  private static final String LINK =
      """
      pos:\t0
      flags:\t02000000
      mnt_id:\t16
      ino:\t2061
      link_type:\traw_tracepoint
      link_id:\t414
      prog_tag:\t728b54ba4a67dede
      prog_id:\t3766
      tp_name:\tsched_switch
      """;

  private static final String MAP =
      """
      pos:\t0
      flags:\t02000002
      map_type:\t1
      key_size:\t4
      memlock:\t1049472
      map_id:\t5626
      frozen:\t0
      """;

  @Test
  void aProgramALinkAndAMapAreToldApart() {
    assertEquals(
        Optional.of(new FdInfo(FdInfo.Kind.PROGRAM, 3766, OptionalLong.of(4096))),
        FdInfo.parse(PROGRAM));
    assertEquals(
        Optional.of(new FdInfo(FdInfo.Kind.LINK, 414, OptionalLong.empty())), FdInfo.parse(LINK));
    assertEquals(
        Optional.of(new FdInfo(FdInfo.Kind.MAP, 5626, OptionalLong.of(1_049_472))),
        FdInfo.parse(MAP));
  }

  @Test
  void whatIsOfSomethingElseIsNone() {
    assertEquals(Optional.empty(), FdInfo.parse("pos:\t0\nflags:\t02\n"));
    assertEquals(Optional.empty(), FdInfo.parse(""));
    assertEquals(Optional.empty(), FdInfo.parse("prog_id:\tmany\n"));
  }
}
