package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs on a cgroup of their own and in user space, on the real kernel. */
class TriedAttachmentTest {
  @TempDir Path folder;

  private Outcome measured(String section, String returned) throws IOException {
    Compiled.objectOfARun(
        folder,
        "SEC(\"%s\") int it(struct bpf_sock_addr *c) { return %s; }".formatted(section, returned));
    return new ProgMeter()
        .attempt(
            new ProgCell("x.o", "it", ProgCell.Task.EVENT, "").cell(),
            Settings.of(20, 50, 1, 42, folder.resolve("log")));
  }

  @ParameterizedTest
  @CsvSource({
    "cgroup/connect4, connect, 1",
    "cgroup/bind4, bind, 1",
    "cgroup/sendmsg4, send, 1",
    "cgroup/sock_create, socket, 1",
    "cgroup/dev, open, 1",
    "cgroup/sysctl, sysctl, 1",
    "uprobe/libc.so.6:getppid, getppid, 0"
  })
  void aProgramsEventsAreMadeByALoadThatFits(String section, String load, String returned)
      throws IOException {
    Requires.bpf();
    String before = Files.readString(Path.of("/proc/self/cgroup"));

    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, measured(section, returned)).measurement();

    Map<String, Double> extras = Objects.requireNonNull(measured.extras());
    assertEquals(1.0, extras.get("made_by_" + load), extras.toString());
    assertEquals(1.0, extras.getOrDefault("runs_per_op", 0.0), 0.2, extras.toString());
    assertEquals(before, Files.readString(Path.of("/proc/self/cgroup")), "it is back");
  }

  @Test
  void aProgramThatForbidsTheLoadIsNotMeasured() throws IOException {
    Requires.bpf();
    assertEquals(
        "it lets the load (bind) do nothing, so there is no time without it to compare with",
        assertInstanceOf(Outcome.Refused.class, measured("cgroup/bind4", "0"))
            .reason()
            .replaceFirst("\\(udp, bind.*?\\)", "(bind)"));
  }

  @Test
  void whatCouldHarmIsLeftOutOfThisMachine() {
    Attaching usual = new Attaching("", false);
    Attaching guest = new Attaching("", true);
    for (ObjectInfo.ProgramInfo program :
        List.of(
            program("cgroup/connect4", 18),
            program("lsm/file_open", 29),
            program("lsm_cgroup/socket_bind", 29),
            program("fmod_ret/security_file_open", 26),
            program("uprobe/libc.so.6:malloc", 2))) {
      assertFalse(usual.includes(program), program.section());
      assertTrue(guest.includes(program), program.section());
      assertTrue(usual.leftOut(program).startsWith("it could harm"), program.section());
    }
    for (ObjectInfo.ProgramInfo program :
        List.of(program("struct_ops/init", 27), program("iter/task", 26), program("lsm", 29))) {
      assertFalse(guest.includes(program), program.section());
      assertTrue(guest.leftOut(program).startsWith("programs of this kind"), program.section());
    }
    assertTrue(usual.includes(program("kprobe/vfs_read", 2)));
    assertTrue(new Attaching("true", false).includes(program("uprobe/libc.so.6:malloc", 2)));
  }

  private static ObjectInfo.ProgramInfo program(String section, int type) {
    return new ObjectInfo.ProgramInfo("it", section, "type", type, 2, List.of());
  }

  @Test
  void theFolderOfThisProcessIsFoundOnHybridAndPureMounts() {
    String hybrid =
        """
        9:name=systemd:/
        0::/user.slice/a b
        """;
    String mounts =
        """
        30 1 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
        41 31 0:38 / /sys/fs/cgroup/uni\\040fied rw,relatime - cgroup2 cgroup2 rw
        """;
    assertEquals(
        Optional.of(Path.of("/sys/fs/cgroup/uni fied/user.slice/a b")),
        OwnCgroup.unified(hybrid, mounts));
    assertEquals(
        Optional.of(Path.of("/sys/fs/cgroup/inner")),
        OwnCgroup.unified(
            "0::/docker/1/inner\n",
            "41 31 0:38 /docker/1 /sys/fs/cgroup rw shared:4 - cgroup2 cgroup rw\n"));
    assertEquals(Optional.empty(), OwnCgroup.unified("1:cpu:/\n", mounts));
    assertEquals(Optional.empty(), OwnCgroup.unified("0::/\n", ""));
  }
}
