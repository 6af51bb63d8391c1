package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Spent;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures a cell as {@link KernelMapsMeter} does, by a C program and libbpf: the same BPF object,
 * map, keys and batches ({@code c/programs.c} in the jar). What differs is whatever Java adds.
 */
public final class KernelMapsInC implements Meter {
  private static final Set<KernelOperation> OPERATIONS =
      Set.of(KernelOperation.LOOKUP, KernelOperation.UPDATE);

  /** What the program prints: nanoseconds per operation of each batch, in order. */
  record Answer(int batch, List<Iteration> iterations, @Nullable Double share) {

    /** Batches of the operation, and of the loop without it. */
    record Iteration(List<Double> operation, List<Double> loop) {}
  }

  /** It is one of the few that C does as well. */
  static boolean measures(KernelMapCell cell) {
    return OPERATIONS.contains(cell.operation())
        && cell.subject().operations().contains(cell.operation())
        && cell.subject() != Subject.LPM_TRIE
        && cell.threads() == 1
        && !cell.sleepable();
  }

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    KernelMapCell wanted = KernelMapCell.of(cell);
    if (!measures(wanted)) {
      throw Refusal.usage(
          "the C runner measures lookup and update on one CPU, in programs that do not sleep");
    }
    byte[] object = BpfObject.builtInBytes(KernelLoop.OBJECT);
    int[] sequence = KernelLoop.sequence(wanted, settings.seed());
    ByteBuffer stdin =
        ByteBuffer.allocate(2 * Integer.BYTES + object.length + sequence.length * Integer.BYTES)
            .order(ByteOrder.nativeOrder());
    stdin.putInt(object.length).put(object).putInt(sequence.length * Integer.BYTES);
    stdin.asIntBuffer().put(sequence);
    return CProgram.ofThisSession("programs", settings.log())
        .run(arguments(wanted, settings), stdin.array(), settings, KernelMapsInC::parse);
  }

  private static List<String> arguments(KernelMapCell cell, Settings settings) {
    List<String> arguments =
        new ArrayList<>(List.of("run", KernelLoop.program(cell), KernelLoop.empty(cell)));
    Stream.of(
            cell.subject().type(),
            cell.subject().flags(),
            cell.mapKeyBytes(),
            cell.valueBytes(),
            cell.subject().perCpu() ? BpfMap.possibleCpus() : 1,
            cell.entries(),
            cell.filled(),
            settings.warmupMillis(),
            settings.measureMillis(),
            settings.measureIterations())
        .map(String::valueOf)
        .forEach(arguments::add);
    return arguments;
  }

  /**
   * Reads the program's line.
   *
   * @throws Refusal where it is not what {@code programs.c} prints
   */
  static Outcome parse(String line) {
    Answer answer = Json.parse(line, Answer.class, "the C runner's answer");
    return new Outcome.Measured(
        OwnCpu.with(
            Spent.measurement(
                answer.iterations.stream()
                    .map(iteration ->
                        new Spent(
                            iteration.operation,
                            iteration.loop,
                            (long) answer.batch * iteration.operation.size()))
                    .toList(),
                answer.batch,
                false,
                false),
            answer.share),
        null);
  }
}
