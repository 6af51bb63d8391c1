package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one decision takes in BPF, in nanoseconds: batches of decisions, less batches of the same
 * loop without the network in the same round.
 *
 * @param floorNanos of one turn of that loop, the median over rounds
 * @param batch decisions in a batch
 * @param rounds of all programs, in turns
 * @param times one for each network and form
 * @param published what others measured, elsewhere
 */
public record InferenceTimes(
    double floorNanos, int batch, int rounds, List<Time> times, List<Published> published) {

  private static final int BATCHES_OF_A_ROUND = 10;
  private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** As much as stays in the first cache beside the weights. */
  static final int VECTORS = 256;

  /**
   * A network in one form.
   *
   * @param madeUp its weights are random, which makes no difference to the time
   * @param nanos mean over rounds of the rounds' medians, the floor subtracted
   * @param interval95 of that mean; absent below five rounds
   * @param p50 of all batches
   * @param p99 of all batches
   * @param instructions of the program with all it calls, as the verifier left them
   * @param jitedBytes of machine code; 0 where the JIT is off or hidden
   */
  public record Time(
      String shape,
      String form,
      boolean madeUp,
      double nanos,
      @Nullable Interval interval95,
      double p50,
      double p99,
      long instructions,
      long jitedBytes) {}

  /** A figure of others. */
  public record Published(String what, String figure, String source) {}

  private static final List<Published> PUBLISHED =
      List.of(
          new Published(
              "MLLB, 15-10-1 in a patched kernel: added to a decision",
              "1.9 µs",
              "APSys 2020, doi 10.1145/3409963.3410492"),
          new Published(
              "the same network in kernel floats", "about 206 ns", "LAKE, CPU, batch of 1024"),
          new Published("a network in XDP, int8", "15.3 % of the user-space time", "NoF 2023"),
          new Published("intrusion detection in eBPF", "3 to 5 µs a flow", "DSN 2024"));

  /** Measures a model, and the other of the MLLB paper's and guide's shapes. */
  public static InferenceTimes of(Model model, int rounds) {
    List<Candidate> candidates = new ArrayList<>();
    try {
      candidates.add(new Candidate(model.fixed(FixedNet.Format.Q16), model.int8(), false));
      Stream.of(List.of(10), List.of(64, 32))
          .map(MadeUp::new)
          .filter(madeUp -> !madeUp.fixed().shape().equals(model.shape()))
          .forEach(madeUp -> candidates.add(new Candidate(madeUp.fixed(), madeUp.int8(), true)));
      return measured(candidates, rounds);
    } finally {
      candidates.forEach(candidate -> candidate.kernel.close());
    }
  }

  /** Random weights, for what does not depend on them. */
  static final class MadeUp {
    private final Net net;
    private final Scaler scaler;
    private final int[][] inputs = inputs();

    MadeUp(List<Integer> hidden) {
      scaler =
          new Scaler(
              Collections.nCopies(Feature.COUNT, 0.0), Collections.nCopies(Feature.COUNT, 1.0));
      net = Net.random(hidden, scaler, new SplittableRandom(1));
    }

    FixedNet fixed() {
      return FixedNet.of(net, FixedNet.Format.Q16);
    }

    Int8Net int8() {
      double[] most = new double[net.layers() - 1];
      double[][] activations = net.activations();
      for (int[] row : inputs) {
        for (int i = 0; i < row.length; i++) {
          activations[0][i] = row[i] / (double) Feature.ONE;
        }
        net.forward(activations);
        for (int layer = 0; layer < most.length; layer++) {
          most[layer] =
              Math.max(most[layer], Arrays.stream(activations[layer + 1]).max().orElse(1));
        }
      }
      return Int8Net.of(net, scaler, Arrays.stream(most).boxed().toList());
    }

    /** {@link #VECTORS} rows. */
    static int[][] inputs() {
      SplittableRandom random = new SplittableRandom(2);
      return Stream.generate(() -> Agreement.random(random)).limit(VECTORS).toArray(int[][]::new);
    }
  }

  /** A network in the kernel. */
  private static final class Candidate {
    private final FixedNet net;
    private final boolean madeUp;
    private final List<Form> forms;
    private final Inference kernel;

    Candidate(FixedNet net, Int8Net bytes, boolean madeUp) {
      this.net = net;
      this.madeUp = madeUp;
      this.forms = Arrays.stream(Form.values()).filter(form -> form.computes(net)).toList();
      this.kernel = Inference.load(net, bytes, forms);
      kernel.fill(MadeUp.inputs());
      forms.forEach(form -> requireRight(kernel, form, net, bytes));
    }
  }

  /**
   * Makes sure that a form gives what Java gives.
   *
   * @throws IllegalStateException where it does not
   */
  static void requireRight(Inference kernel, Form form, FixedNet net, Int8Net bytes) {
    int[][] inputs = MadeUp.inputs();
    long[] found = kernel.logits(form, inputs);
    for (int i = 0; i < inputs.length; i++) {
      long right = form == Form.INT8 ? bytes.logit(inputs[i]) : net.logit(inputs[i]);
      if (found[i] != right) {
        throw new IllegalStateException(
            "%s %s gave %d where %d is right".formatted(net.shape(), form.word(), found[i], right));
      }
    }
  }

  /** A program, and what its batches took in all rounds. */
  private static final class Line {
    private final Candidate candidate;
    private final Form form;
    private final int batch;
    private final List<Double> medians = new ArrayList<>();
    private final List<Double> batches = new ArrayList<>();

    Line(Candidate candidate, Form form) {
      this.candidate = candidate;
      this.form = form;
      this.batch = calibrated(candidate.kernel, form.word(), BATCH_NANOS);
    }

    void round(double floor) {
      List<Double> round = batches(candidate.kernel, form.word(), batch);
      round.replaceAll(nanos -> nanos - floor);
      medians.add(Medians.of(round));
      batches.addAll(round);
    }

    Time time() {
      double[] sorted = batches.stream().mapToDouble(b -> b).sorted().toArray();
      double[] each = medians.stream().mapToDouble(m -> m).toArray();
      return new Time(
          candidate.net.shape(),
          form.word(),
          candidate.madeUp,
          ForkStatistics.mean(each),
          ForkStatistics.interval95(each),
          sorted[sorted.length / 2],
          sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)],
          candidate.kernel.info(form.word()).translatedBytes() / Long.BYTES,
          candidate.kernel.info(form.word()).jitedBytes());
    }
  }

  private static InferenceTimes measured(List<Candidate> candidates, int rounds) {
    List<Line> lines = new ArrayList<>();
    for (Candidate candidate : candidates) {
      candidate.forms.forEach(form -> lines.add(new Line(candidate, form)));
    }
    Inference any = candidates.getFirst().kernel;
    int idle = calibrated(any, Inference.EMPTY, BATCH_NANOS);
    List<Double> floors = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (Line line : round % 2 == 0 ? lines : lines.reversed()) {
        double floor = Medians.of(batches(line.candidate.kernel, Inference.EMPTY, idle));
        floors.add(floor);
        line.round(floor);
      }
    }
    return new InferenceTimes(
        Medians.of(floors),
        lines.getFirst().batch,
        rounds,
        lines.stream().map(Line::time).toList(),
        PUBLISHED);
  }

  private static List<Double> batches(Inference kernel, String program, int batch) {
    List<Double> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES_OF_A_ROUND; i++) {
      batches.add(kernel.run(program, batch, VECTORS - 1).nanos() / (double) batch);
    }
    return batches;
  }

  /** How many decisions take that time, a power of two. */
  static int calibrated(Inference kernel, String program, long nanos) {
    int count = VECTORS;
    while (count < 1 << 22 && kernel.run(program, count, VECTORS - 1).nanos() < nanos) {
      count *= 2;
    }
    return count;
  }
}
