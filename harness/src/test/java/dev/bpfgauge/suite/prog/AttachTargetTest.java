package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.AttachTarget;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where programs hang, on the real kernel and in real files. */
class AttachTargetTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kprobe/vfs_read",
        "kretprobe/vfs_read",
        "?kprobe/vfs_read+0x4",
        "ksyscall/openat",
        "tp/syscalls/sys_enter_openat",
        "tracepoint/sched/sched_switch",
        "uprobe/libc.so.6:malloc",
        "uprobe.s//proc/self/exe:0x10",
        "xdp",
        "lsm/file_open",
        "kprobe.multi/vfs_*"
      })
  void whatIsThereIsNotMissing(String section) {
    Requires.bpf();
    assertEquals("", AttachTarget.of(section).missing().orElse(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kprobe/vfs_reed | this kernel has no function vfs_reed; it has vfs_read
          kretprobe/nosuch | this kernel has no function nosuch
          ksyscall/nosuch | this kernel has no system call nosuch
          tp/sched/sched_swich | this kernel has no tracepoint sched/sched_swich; it has sched/sched_switch
          uprobe//nowhere/a:main | there is no file /nowhere/a here to attach to
          uretprobe/libnosuch.so:main | there is no file libnosuch.so here to attach to
          uprobe/nothing | its section names no file and no function to attach to
          """)
  void whatIsMissingIsNamedAndWhatIsNear(String section, String sentence) {
    Requires.bpf();
    assertEquals(sentence, AttachTarget.of(section).missing().orElse(""));
  }

  @Test
  void aFunctionThatAFileLacksIsNamed() {
    String sentence = AttachTarget.of("uprobe/libc.so.6:mallloc").missing().orElse("");
    assertTrue(sentence.endsWith("has no function mallloc; it has malloc"), sentence);
  }

  @Test
  void whatTheCompilerMadeOfAFunctionComesFirst() {
    Set<String> known = Set.of("do_it.isra.0", "do_iv", "__do_it");
    assertEquals("; it has do_it.isra.0", AttachTarget.near("do_it", known));
    assertEquals(
        "; it has __x64_sys_read", AttachTarget.near("sys_read", Set.of("__x64_sys_read")));
    assertEquals("", AttachTarget.near("abcdefgh", Set.of("hgfedcba", "do_it")));
  }

  @Test
  void aProgramThatLoadsAndHangsOnNothingSaysSo() throws IOException {
    Requires.bpf();
    Compiled.objectOfARun(
        folder,
        """
        SEC("tp/syscalls/sys_enter_getpppid") int near(void *c) { return 0; }
        SEC("raw_tp/sched_swich") int raw(void *c) { return 0; }
        """);
    assertEquals(
        "not attached: this kernel has no tracepoint syscalls/sys_enter_getpppid; it has"
            + " syscalls/sys_enter_getppid",
        reason("near"));
    assertEquals(
        "not attached: this kernel has no raw tracepoint sched_swich; it has sched_switch",
        reason("raw"));
  }

  private String reason(String program) {
    return assertInstanceOf(
            Outcome.Refused.class,
            new ProgMeter()
                .attempt(
                    new ProgCell("x.o", program, ProgCell.Task.EVENT, "").cell(),
                    Settings.of(20, 50, 1, 42, folder.resolve("log"))))
        .reason();
  }
}
