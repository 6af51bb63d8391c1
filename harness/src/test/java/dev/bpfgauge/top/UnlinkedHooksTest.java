package dev.bpfgauge.top;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.machine.host.Cgroups;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs attached by BPF_PROG_ATTACH, as tools did before links: only the place tells. */
class UnlinkedHooksTest {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int SK_MSG = 16;
  private static final int CGROUP_SKB = 8;
  private static final int FLOW_DISSECTOR = 22;

  // enum bpf_attach_type
  private static final int BPF_CGROUP_INET_EGRESS = 1;
  private static final int BPF_SK_MSG_VERDICT = 7;
  private static final int BPF_FLOW_DISSECTOR = 17;

  // enum bpf_cmd
  private static final int BPF_PROG_ATTACH = 8;
  private static final int BPF_PROG_DETACH = 9;

  private static final int BPF_MAP_TYPE_SOCKHASH = 18;

  /** r0 = 1, exit: let it pass. */
  private static final long[] PASS = {1L << 32 | 0xb7L, 0x95L};

  @BeforeEach
  void bpf() {
    Requires.bpf();
  }

  private static Instructions.Loaded loaded(int type) {
    try (Instructions pass = Instructions.of("bpfgauge_pass", type, PASS, List.of())) {
      return pass.load();
    } catch (BpfException e) {
      Requires.machine(false, "a kernel with programs of type " + type + ": " + e.getMessage());
      throw e;
    }
  }

  /** BPF_PROG_ATTACH or _DETACH: union bpf_attr's target_fd, attach_bpf_fd, attach_type. */
  private static void bpf(int command, int target, int program, int type) {
    int fd = LibBpf.bpf_prog_get_fd_by_id(program);
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attr = arena.allocate(128, Long.BYTES);
      attr.setAtIndex(JAVA_INT, 0, target);
      attr.setAtIndex(JAVA_INT, 1, fd);
      attr.setAtIndex(JAVA_INT, 2, type);
      MemorySegment errno = Errno.allocate(arena);
      long result =
          LibC.syscall(errno, arm ? 280 : 321, command, attr.address(), attr.byteSize(), 0, 0, 0);
      assertEquals(0, result, () -> "bpf(" + command + "), errno " + Errno.of(errno));
    } finally {
      close(fd);
    }
  }

  private static int open(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = LibC.open(Errno.allocate(arena), arena.allocateFrom(file.toString()), 0, 0);
      assertTrue(fd >= 0, file::toString);
      return fd;
    }
  }

  private static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      LibC.close(Errno.allocate(arena), fd);
    }
  }

  private static List<String> hooks(HostWatch watch, int program) {
    return TopView.of(watch.look(), DispatchCosts.none("no run")).rows().stream()
        .filter(row -> row.id() == program)
        .flatMap(row -> row.hooks().stream().map(Hooks::words))
        .toList();
  }

  /** It is loaded first, and a look may come before it is attached, and after it is detached. */
  @Test
  void aControlGroupTellsOfItsProgramsWhenTheyComeAndWhenTheyGo() throws Exception {
    Optional<Path> root = Cgroups.read().unifiedRoot();
    Requires.machine(root.isPresent(), "a control group of version 2");
    Path folder = root.orElseThrow().resolve("bpfgauge-test-" + ProcessHandle.current().pid());
    Files.createDirectory(folder);
    try (Instructions.Loaded program = loaded(CGROUP_SKB);
        HostWatch watch = HostWatch.open()) {
      int id = program.info().id();
      assertEquals(List.of(), hooks(watch, id));

      int fd = open(folder);
      try {
        bpf(BPF_PROG_ATTACH, fd, id, BPF_CGROUP_INET_EGRESS);
        List<String> wanted = List.of("cgroup_inet_egress:/" + folder.getFileName());
        Patience.until("the hook", () -> hooks(watch, id).equals(wanted));
        bpf(BPF_PROG_DETACH, fd, id, BPF_CGROUP_INET_EGRESS);
      } finally {
        close(fd);
      }
      Patience.until("no hook", () -> hooks(watch, id).isEmpty());
    } finally {
      Files.delete(folder);
    }
  }

  @Test
  void aMapOfSocketsTellsOfItsPrograms() {
    BpfMap.Spec spec = new BpfMap.Spec("socks", BPF_MAP_TYPE_SOCKHASH, 4, 4, 16, 0);
    try (BpfMap map = BpfMap.create(spec);
        Instructions.Loaded program = loaded(SK_MSG);
        HostWatch watch = HostWatch.open()) {
      int id = program.info().id();
      bpf(BPF_PROG_ATTACH, map.fd(), id, BPF_SK_MSG_VERDICT);

      assertEquals(List.of("sk_msg_verdict:map " + map.info().id()), hooks(watch, id));
    }
  }

  /** It is attached where the caller is: a thread of this test goes there. */
  @Test
  void aNetworkNamespaceTellsOfItsPrograms() throws Exception {
    Requires.root();
    Process inside = new ProcessBuilder("unshare", "-n", "sleep", "600").start();
    try (Instructions.Loaded program = loaded(FLOW_DISSECTOR);
        HostWatch watch = HostWatch.open()) {
      Path namespace = Path.of("/proc/" + inside.pid() + "/ns/net");
      String own = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
      Patience.until("a namespace of its own", () -> !own.equals(link(namespace)));
      int id = program.info().id();
      FutureTask<Boolean> attached = new FutureTask<>(() -> attachDissector(namespace, id), true);
      Thread.ofPlatform().start(attached);
      assertEquals(true, attached.get());

      String number = link(namespace).replaceAll("\\D", "");
      assertEquals(List.of("flow_dissector:netns " + number), hooks(watch, id));
    } finally {
      inside.destroyForcibly().waitFor();
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void attachDissector(Path namespace, int program) {
    int fd = open(namespace);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(0, LibC.setns(Errno.allocate(arena), fd, CLONE_NEWNET));
    } finally {
      close(fd);
    }
    bpf(BPF_PROG_ATTACH, 0, program, BPF_FLOW_DISSECTOR);
  }
}
