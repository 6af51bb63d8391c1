package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that BPF_PROG_RUN gives a context of the user's, on the real kernel. */
class ContextRunTest {
  @TempDir Path folder;

  private LoadedProgram loaded(String source) throws Exception {
    byte[] elf = Files.readAllBytes(Compiled.object(folder, "x", "long runs;\n" + source));
    return LoadedProgram.load("x", elf, "counts");
  }

  private static long runs(LoadedProgram loaded) {
    return loaded.object().variable("runs").get(ValueLayout.JAVA_LONG, 0);
  }

  /** So many bytes, with numbers at offsets: offset, number, offset, number. */
  private static byte[] context(int bytes, int... numbers) {
    ByteBuffer context = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    for (int i = 0; i < numbers.length; i += 2) {
      context.putInt(numbers[i], numbers[i + 1]);
    }
    return context.array();
  }

  /** A batch of so many runs, and what the first one gave. */
  private void assertRuns(int returned, boolean isNet, ProgInput input, String source)
      throws Exception {
    Requires.bpf();
    LoadedProgram loaded = loaded(source);
    try (ProgramRun run = ProgramRun.of(loaded, input)) {
      assertEquals(returned, run.returned());
      assertEquals(isNet, run.isNet());
      assertFalse(run.changesPacket());
      run.calibrate(500);
      long before = runs(loaded);
      run.nanos();
      assertEquals(500, run.runs());
      assertEquals(isNet ? 500 : 501, runs(loaded) - before);
    }
  }

  @Test
  void aRawTracepointReadsItsArguments() throws Exception {
    ByteBuffer arguments = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    arguments.putLong(40).putLong(2);
    assertRuns(
        42,
        true,
        ProgInput.context(arguments.array()),
        """
        SEC("raw_tp/sys_enter") int counts(struct bpf_raw_tracepoint_args *c) {
          runs++; return c->args[0] + c->args[1];
        }
        """);
  }

  /** What it writes into its context is not there the next time. */
  @Test
  void aSyscallProgramGetsTheSameContextEachTime() throws Exception {
    assertRuns(
        7,
        true,
        ProgInput.context(context(8, 0, 7, 4, 1)),
        """
        struct given { int value; int more; };
        SEC("syscall") int counts(struct given *c) {
          int value = c->value;
          c->value += c->more;
          if (value == 7) runs++;
          return value;
        }
        """);
  }

  /** Its context: AF_INET, TCP, local port 80. */
  @Test
  void aSocketLookupIsRepeated() throws Exception {
    assertRuns(
        0,
        false,
        ProgInput.context(context(72, 8, 2, 12, 6, 60, 80)),
        """
        SEC("sk_lookup") int counts(struct bpf_sk_lookup *c) {
          runs++; return c->local_port == 80 ? SK_DROP : SK_PASS;
        }
        """);
  }

  private static ProgInput on(Packet packet, byte[] context) {
    return new ProgInput(MemorySegment.ofArray(packet.bytes()), MemorySegment.ofArray(context));
  }

  @Test
  void aPacketProgramReadsItsContext() throws Exception {
    assertRuns(
        1234,
        false,
        on(Packet.UDP, context(192, 8, 1234)),
        "SEC(\"tc\") int counts(struct __sk_buff *c) { runs++; return c->mark; }\n");
    int length = Packet.UDP.bytes().length;
    assertRuns(
        8,
        false,
        on(Packet.UDP, context(24, 0, 8, 4, length)),
        """
        SEC("xdp") int counts(struct xdp_md *c) {
          runs++; return c->data - c->data_meta;
        }
        """);
  }

  private void assertRefused(String words, ProgInput input, String source) throws Exception {
    Requires.bpf();
    LoadedProgram loaded = loaded(source);
    String said =
        assertThrows(LoadRefusedException.class, () -> ProgramRun.of(loaded, input)).reason();
    assertTrue(said.contains(words), said);
  }

  private static final String PASS =
      "SEC(\"xdp\") int counts(struct xdp_md *c) { runs++; return XDP_PASS; }\n";

  @Test
  void whatTheKernelDoesNotTakeIsSaidWithItsRule() throws Exception {
    int length = Packet.UDP.bytes().length;
    assertRefused(
        "data_end is the packet's length, " + length,
        on(Packet.UDP, context(24, 4, length + 1)),
        PASS);
    assertRefused(
        "EINVAL; its context has 8 bytes: a raw tracepoint's arguments are 8 bytes each",
        ProgInput.context(new byte[8]),
        """
        SEC("raw_tp/sys_enter") int counts(struct bpf_raw_tracepoint_args *c) {
          runs++; return c->args[1];
        }
        """);
    assertRefused(
        "a struct __sk_buff has mark",
        on(Packet.UDP, context(192, 0, 1)),
        "SEC(\"tc\") int counts(struct __sk_buff *c) { runs++; return 0; }\n");
    assertRefused(
        "the packet has 13 bytes, and an Ethernet header has 14",
        ProgInput.packet(new byte[13]),
        PASS);
  }

  /** Newer kernels take longer ones than older do; none takes these. */
  @Test
  void aPacketLargerThanThePageIsRefusedAndNothingElse() throws Exception {
    assertRefused(
        "the packet has 200000 bytes, and kernels take",
        ProgInput.packet(large(200_000)),
        "SEC(\"cgroup_skb/ingress\") int counts(void *c) { runs++; return 1; }\n");
    assertRefused(
        "the packet has 200000 bytes, and kernels take", ProgInput.packet(large(200_000)), PASS);
  }

  private static byte[] large(int bytes) {
    return Arrays.copyOf(Packet.UDP.bytes(), bytes);
  }
}
