package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A network in the kernel: bpf/mllb/infer.bpf.c with its weights. Each run is one BPF_PROG_RUN of
 * many decisions.
 */
public final class Inference implements AutoCloseable {
  static final String OBJECT = "mllb/infer";

  /** The program that does everything but the network. */
  static final String EMPTY = "empty";

  /** From {@code struct net_facts} to inputs, and on to the decision. */
  static final String INPUTS = "inputs";

  static final String WHOLE = "whole";

  /** As in infer.h. */
  static final int VECTORS = 16_384;

  private static final int VECTOR = 16;
  private static final int REQUEST_OFFSET = 16;
  private static final int PACKET_BYTES = 64;

  /** {@code struct infer_request}. */
  static final StructLayout REQUEST =
      MemoryLayout.structLayout(
              ValueLayout.JAVA_INT.withName("count"),
              ValueLayout.JAVA_INT.withName("mask"),
              ValueLayout.JAVA_LONG.withName("nanos"),
              ValueLayout.JAVA_LONG.withName("migrate"))
          .withName("infer_request");

  /** {@code struct net_facts}. */
  static final StructLayout FACTS =
      MemoryLayout.structLayout(
              ValueLayout.JAVA_LONG.withName("delta"),
              ValueLayout.JAVA_LONG.withName("src_load"),
              ValueLayout.JAVA_LONG.withName("dst_load"),
              ValueLayout.JAVA_LONG.withName("delta_faults"),
              ValueLayout.JAVA_LONG.withName("total_faults"),
              ValueLayout.JAVA_INT.withName("src_len"),
              ValueLayout.JAVA_INT.withName("src_preferred_len"),
              ValueLayout.JAVA_INT.withName("dst_len"),
              ValueLayout.JAVA_INT.withName("nr_fails"),
              ValueLayout.JAVA_INT.withName("cache_nice_tries"),
              ValueLayout.JAVA_BYTE.withName("cpu_idle"),
              ValueLayout.JAVA_BYTE.withName("cpu_not_idle"),
              ValueLayout.JAVA_BYTE.withName("cpu_newly_idle"),
              ValueLayout.JAVA_BYTE.withName("same_node"),
              ValueLayout.JAVA_BYTE.withName("prefer_src"),
              ValueLayout.JAVA_BYTE.withName("prefer_dst"),
              ValueLayout.JAVA_BYTE.withName("buddy_hot"),
              MemoryLayout.paddingLayout(5))
          .withName("net_facts");

  private final BpfObject object;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment packet = arena.allocate(PACKET_BYTES, Long.BYTES);
  private final MemorySegment request = packet.asSlice(REQUEST_OFFSET, REQUEST.byteSize());

  private Inference(BpfObject object) {
    this.object = object;
  }

  /**
   * What a run took.
   *
   * @param nanos by the kernel's clock, inside the program
   * @param migrate how many answers were "may migrate"
   */
  record Ran(long nanos, long migrate) {}

  /**
   * Loads a network in some forms, all of which compute it.
   *
   * @throws dev.bpfgauge.model.Refusal where it is too large
   * @throws BpfException where the kernel refuses the programs
   */
  public static Inference load(FixedNet net, Int8Net bytes, List<Form> forms) {
    BpfObject object = BpfObject.builtIn(OBJECT);
    try {
      object.program(EMPTY).setAutoload(true);
      forms.forEach(form -> object.program(form.word()).setAutoload(true));
      if (forms.contains(Form.UNROLLED)) {
        object.program(INPUTS).setAutoload(true);
        object.program(WHOLE).setAutoload(true);
        NetObject.set(object, net);
      }
      if (forms.contains(Form.INT8)) {
        NetObject.set(object, bytes);
      }
      NetObject.setShape(object, net);
      object.load();
      NetObject.setWeights(object, net);
      return new Inference(object);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** Instructions of a loaded form's program and its callback, after the verifier. */
  BpfProgram.Info info(String program) {
    return object.program(program).info();
  }

  /** Lays vectors out, at most {@link #VECTORS}; the rest stays. */
  void fill(int[][] inputs) {
    MemorySegment vectors = object.variable("vectors");
    for (int i = 0; i < inputs.length; i++) {
      MemorySegment.copy(
          inputs[i], 0, vectors, ValueLayout.JAVA_INT, 4L * VECTOR * i, Feature.COUNT);
    }
  }

  /**
   * The outputs of a form for inputs of any number.
   *
   * @param inputs rows as {@link Feature#inputs} gives them
   */
  public long[] logits(Form form, int[][] inputs) {
    long[] logits = new long[inputs.length];
    for (int from = 0; from < inputs.length; from += VECTORS) {
      int count = Math.min(VECTORS, inputs.length - from);
      fill(Arrays.copyOfRange(inputs, from, from + count));
      run(form.word(), count, VECTORS - 1);
      MemorySegment.copy(object.variable("outputs"), ValueLayout.JAVA_LONG, 0, logits, from, count);
    }
    return logits;
  }

  /** Inputs and output of the network that a program comes to from what the kernel knows. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record FromFacts(int[] inputs, long logit) {}

  /** What BPF makes of decisions, at most {@link #VECTORS}; the unrolled form must be loaded. */
  List<FromFacts> fromFacts(List<Decision> decisions) {
    MemorySegment facts = object.variable("facts");
    for (int i = 0; i < decisions.size(); i++) {
      write(decisions.get(i), facts.asSlice(i * FACTS.byteSize(), FACTS.byteSize()));
    }
    run(INPUTS, decisions.size(), VECTORS - 1);
    run(WHOLE, decisions.size(), VECTORS - 1);
    MemorySegment vectors = object.variable("vectors");
    MemorySegment outputs = object.variable("outputs");
    return IntStream.range(0, decisions.size())
        .mapToObj(i -> {
          int[] inputs = new int[Feature.COUNT];
          MemorySegment.copy(
              vectors, ValueLayout.JAVA_INT, 4L * VECTOR * i, inputs, 0, Feature.COUNT);
          return new FromFacts(inputs, outputs.getAtIndex(ValueLayout.JAVA_LONG, i));
        })
        .toList();
  }

  private static void write(Decision decision, MemorySegment facts) {
    for (MemoryLayout member : FACTS.memberLayouts()) {
      if (member.name().isEmpty()) {
        continue;
      }
      String name = member.name().get();
      long at = FACTS.byteOffset(PathElement.groupElement(name));
      long value = decision.get(Column.valueOf(name.toUpperCase(Locale.ROOT)));
      switch ((int) member.byteSize()) {
        case 8 -> facts.set(ValueLayout.JAVA_LONG, at, value);
        case 4 -> facts.set(ValueLayout.JAVA_INT, at, (int) value);
        default -> facts.set(ValueLayout.JAVA_BYTE, at, (byte) value);
      }
    }
  }

  /**
   * Runs a program once.
   *
   * @param count decisions
   * @param mask of how many vectors, a power of two, less one
   */
  Ran run(String program, int count, int mask) {
    request.set(ValueLayout.JAVA_INT, offset("count"), count);
    request.set(ValueLayout.JAVA_INT, offset("mask"), mask);
    object.program(program).run(new RunInput(packet, packet, null, 1));
    return new Ran(
        request.get(ValueLayout.JAVA_LONG, offset("nanos")),
        request.get(ValueLayout.JAVA_LONG, offset("migrate")));
  }

  private static long offset(String field) {
    return REQUEST.byteOffset(PathElement.groupElement(field));
  }

  @Override
  public void close() {
    object.close();
    arena.close();
  }
}
