package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel tells of attachments, of programs on a loopback device of this test's own. */
class AttachmentsTest {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int LOOPBACK = 1;

  private static final LinkReader.Places PLACES =
      new LinkReader.Places() {
        @Override
        public String device(int ifindex) {
          return "device " + ifindex;
        }

        @Override
        public String cgroup(long id) {
          return "cgroup " + id;
        }
      };

  @BeforeEach
  void bpf() {
    OnThisKernel.requireBpf();
    Requires.root();
  }

  private interface Body {
    void run() throws Exception;
  }

  /** In a thread whose network ends with it. */
  private static void inANetworkOfItsOwn(Body body) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          try (Arena arena = Arena.ofConfined()) {
            assertEquals(0, LibC.unshare(Errno.allocate(arena), CLONE_NEWNET));
          }
          body.run();
          return null;
        });
    Thread thread = Thread.ofPlatform().start(task);
    try {
      task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      thread.join();
    }
  }

  private static BpfObject loaded(String program) {
    BpfObject object = BpfObject.builtIn("hooks/hooks");
    object.mapNames().stream().filter(map -> !map.contains(".")).forEach(object::leaveOut);
    object.program(program).setAutoload(true);
    return object.load();
  }

  @Test
  void aFilterOfClsactIsFoundByItsDevice() throws Exception {
    inANetworkOfItsOwn(() -> {
      assertEquals(List.of(), TcFilters.of(LOOPBACK, "lo"));
      try (BpfObject object = loaded("tc")) {
        BpfProgram program = object.program("tc");
        try (BpfProgram.Filter _ = program.attachIngress(LOOPBACK)) {
          List<LoadedLink> filters = TcFilters.of(LOOPBACK, "lo");
          assertEquals(1, filters.size(), filters::toString);
          assertEquals(program.info().id(), filters.getFirst().programId());
          assertEquals("tc.clsact", filters.getFirst().hook());
          assertEquals("lo ingress", filters.getFirst().target());
        }
        assertEquals(List.of(), TcFilters.of(LOOPBACK, "lo"));
      }
    });
  }

  @Test
  void anXdpProgramIsToldByItsLinkAndItsModeByTheDevice() throws Exception {
    inANetworkOfItsOwn(() -> {
      assertEquals(List.of(), Attachments.ofDevice(LOOPBACK, "lo"));
      try (BpfObject object = loaded("xdp");
          KernelTypes types = new KernelTypes();
          LinkReader reader = new LinkReader(types, PLACES)) {
        BpfProgram program = object.program("xdp");
        List<Integer> before = ids(reader);
        try (BpfLink _ = program.attachDevice(LOOPBACK, Uapi.BPF_XDP, Uapi.XDP_FLAGS_SKB_MODE)) {
          List<LoadedLink> all = Attachments.ofDevice(LOOPBACK, "lo");
          assertEquals(1, all.size(), all::toString);
          LoadedLink onDevice = all.getFirst();
          assertEquals("xdp.generic", onDevice.hook());
          assertEquals(program.info().id(), onDevice.programId());

          LoadedLink link = only(reader, before, program.info().id());
          assertEquals("xdp", link.hook());
          assertEquals("device 1", link.target());
        }
      }
    });
  }

  @Test
  void aTracingProgramIsToldWithTheNameOfItsTracepoint() {
    try (BpfObject object = loaded("tp_btf");
        KernelTypes types = new KernelTypes();
        LinkReader reader = new LinkReader(types, PLACES)) {
      List<Integer> before = ids(reader);
      BpfLink attached;
      try {
        attached = object.program("tp_btf").attach();
      } catch (BpfException e) {
        Requires.machine(false, "a kernel that attaches tp_btf: " + e.getMessage());
        throw e;
      }
      try (attached) {
        LoadedLink link = only(reader, before, object.program("tp_btf").info().id());
        assertEquals("raw_tp", link.hook());
        assertEquals("sys_enter", link.target());
      }
    }
  }

  /** A buffer of rtnetlink that ends in the middle of a message, or says nonsense. */
  @Test
  void whatIsNoMessageEndsTheReading() {
    List<Integer> ids = new ArrayList<>();
    ByteBuffer cut = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    cut.putInt(0, 4_000).putShort(4, (short) 44);
    assertTrue(TcFilters.read(cut, ids));
    ByteBuffer zero = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    assertTrue(!TcFilters.read(zero, ids), "a message of no length ends it");
    assertEquals(List.of(), ids);
  }

  private static List<Integer> ids(LinkReader reader) {
    return Arrays.stream(reader.ids()).boxed().toList();
  }

  private static LoadedLink only(LinkReader reader, List<Integer> before, int program) {
    List<LoadedLink> links =
        ids(reader).stream()
            .filter(id -> !before.contains(id))
            .flatMap(id -> reader.link(id).stream())
            .filter(link -> link.programId() == program)
            .toList();
    assertEquals(1, links.size(), links::toString);
    return links.getFirst();
  }
}
