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
    "perf_event, fault, 0",
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

  /** An iterator over tasks runs once for each, and once more at its end. */
  @Test
  void anIteratorIsRead() throws IOException {
    Requires.bpf();
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, measured("iter/task", "0")).measurement();

    Map<String, Double> extras = Objects.requireNonNull(measured.extras());
    double tasks =
        ProcessHandle.allProcesses()
            .map(process -> Path.of("/proc", Long.toString(process.pid()), "task").toFile().list())
            .filter(Objects::nonNull)
            .mapToInt(names -> names.length)
            .sum();
    double runs = extras.getOrDefault("runs_per_op", 0.0);
    assertTrue(runs > tasks / 2 && runs < tasks * 2, extras + ", tasks: " + tasks);
    assertTrue(measured.meanNanosPerOp() > 0, extras.toString());
    assertEquals(1.0, extras.get("by_statistics"), extras.toString());
  }

  @Test
  void anIteratorOverAMapThatNobodyNamesIsNotAttached() throws IOException {
    Requires.bpf();
    Outcome outcome = measured("iter/bpf_sk_storage_map", "0");
    String reason =
        switch (outcome) {
          case Outcome.Refused(String why) -> why;
          case Outcome.Unavailable(String why) -> why; // some kernels have none for anybody
          default -> outcome.toString();
        };
    assertTrue(reason.matches("(not attached|denied): .*"), reason);
  }

  private static final String CONGESTION =
      """
      struct sock;
      struct tcp_congestion_ops {
        __u32 (*ssthresh)(struct sock *sk);
        void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
        __u32 (*undo_cwnd)(struct sock *sk);
        char name[16];
      };
      SEC("struct_ops/ssthresh") int threshold(__u64 *ctx) { return 10; }
      SEC("struct_ops/cong_avoid") int avoid(__u64 *ctx) { return 0; }
      SEC("struct_ops/undo_cwnd") int undo(__u64 *ctx) { return 10; }
      SEC(".struct_ops") struct tcp_congestion_ops control = {
        .ssthresh = (void *)threshold, .cong_avoid = (void *)avoid, .undo_cwnd = (void *)undo,
        .name = "bpfgauge_test",
      };
      """;

  /** Two sockets of one process, one of them with the control. */
  private static final String TRANSFER =
      """
      python3 -c '
      import socket, threading
      server = socket.create_server(("127.0.0.1", 0))
      def take():
          peer = server.accept()[0]
          while peer.recv(1 << 16): pass
      taker = threading.Thread(target=take); taker.start()
      client = socket.socket()
      client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bpfgauge_test")
      client.connect(server.getsockname())
      for _ in range(200): client.send(bytes(1000))
      client.close(); taker.join()'
      """;

  /** A way to control congestion, which a connection asks for by its name. */
  @Test
  void aPartOfTheKernelIsMeasuredWhileItsWorkIsMade() throws IOException {
    Requires.bpf();
    Requires.root();
    Compiled.objectOfARun(folder, CONGESTION);
    ProgCell cell = new ProgCell("x.o", "avoid", ProgCell.Task.EVENT, TRANSFER);
    Outcome outcome =
        new ProgMeter().attempt(cell.cell(), Settings.of(20, 50, 1, 42, folder.resolve("log")));

    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
    Map<String, Double> extras = Objects.requireNonNull(measured.extras());
    assertTrue(extras.getOrDefault("runs_per_op", 0.0) >= 10, extras.toString());
    assertTrue(measured.meanNanosPerOp() > 0, extras.toString());
    assertFalse(
        Files.readString(Path.of("/proc/sys/net/ipv4/tcp_available_congestion_control"))
            .contains("bpfgauge_test"));
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
    ObjectInfo.ProgramInfo lsm = program("lsm", 29);
    assertFalse(guest.includes(lsm));
    assertTrue(guest.leftOut(lsm).startsWith("programs of this kind"), guest.leftOut(lsm));
    ObjectInfo.ProgramInfo part = program("struct_ops/init", 27);
    assertFalse(guest.includes(part));
    assertTrue(guest.leftOut(part).contains("--load"), guest.leftOut(part));
    assertFalse(new Attaching("true", false).includes(part));
    assertTrue(new Attaching("true", true).includes(part));
    assertTrue(usual.includes(program("iter/task", 26)));
    assertTrue(usual.includes(program("perf_event", 7)));
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
