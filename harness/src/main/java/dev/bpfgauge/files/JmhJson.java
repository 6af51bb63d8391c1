package dev.bpfgauge.files;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * jmh.json: the run in the format of JMH's own {@code -rf json} (1.37), so that its viewers load
 * it. One entry a cell that has an OK fork; the profile is one of its parameters. Score, error and
 * percentiles are JMH's own, pooled over the iterations of all forks: its ± is too narrow, as
 * docs/method.md shows. The intervals to believe are in the report.
 */
public final class JmhJson {
  private static final String JMH_VERSION = "1.37";
  private static final double JMH_CONFIDENCE = 0.999;
  private static final double[] JMH_PERCENTILES = {
    0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999, 100
  };

  private JmhJson() {}

  public static String render(RunData run) {
    Map<Cell, List<Measurement>> cells = new LinkedHashMap<>();
    for (ForkRecord fork : run.forks()) {
      if (fork.status() == ForkStatus.OK && fork.measurement() != null) {
        cells.computeIfAbsent(fork.cell(), cell -> new ArrayList<>()).add(fork.measurement());
      }
    }
    List<Entry> entries = new ArrayList<>();
    cells.forEach((cell, forks) -> entries.add(entry(run.info(), cell, forks)));
    return Json.indented(entries);
  }

  /** Names and order are JMH's. */
  private record Entry(
      String jmhVersion,
      String benchmark,
      String mode,
      int threads,
      int forks,
      String jvm,
      List<String> jvmArgs,
      String jdkVersion,
      String vmName,
      String vmVersion,
      int warmupIterations,
      String warmupTime,
      int warmupBatchSize,
      int measurementIterations,
      String measurementTime,
      int measurementBatchSize,
      Map<String, String> params,
      Metric primaryMetric,
      Map<String, Metric> secondaryMetrics) {}

  private record Metric(
      double score,
      double scoreError,
      List<Double> scoreConfidence,
      Map<String, Double> scorePercentiles,
      String scoreUnit,
      List<List<Double>> rawData) {}

  private static Entry entry(RunInfo info, Cell cell, List<Measurement> forks) {
    int iterations = forks.getFirst().iterationNanosPerOp().size();
    Map<String, String> params = new LinkedHashMap<>(cell.params());
    params.put("profile", cell.profile());
    String jdk = info.fingerprint().getOrDefault("jdk", "");
    return new Entry(
        JMH_VERSION,
        // Viewers take the last two words for class and method, those before for the package.
        "dev.bpfgauge." + cell.benchmark(),
        "avgt",
        threads(cell),
        forks.size(),
        "java",
        List.of(),
        jdk,
        info.environment().getOrDefault("jvm", ""),
        jdk,
        1,
        info.plan().warmupMillis() + " ms",
        1,
        iterations,
        info.plan().measureMillis() / Math.max(1, iterations) + " ms",
        1,
        params,
        metric(
            info.inLab() ? info.clock() + "/op" : "ns/op",
            forks.stream().map(Measurement::iterationNanosPerOp).toList()),
        secondary(forks));
  }

  private static int threads(Cell cell) {
    String threads = cell.param("threads");
    return threads.matches("\\d{1,6}") ? Integer.parseInt(threads) : 1;
  }

  private static Map<String, Metric> secondary(List<Measurement> forks) {
    List<List<Double>> bytes = new ArrayList<>();
    for (Measurement fork : forks) {
      if (fork.bytesPerOp() != null) {
        bytes.add(List.of(fork.bytesPerOp()));
      }
    }
    return bytes.isEmpty() ? Map.of() : Map.of("gc.alloc.rate.norm", metric("B/op", bytes));
  }

  private static Metric metric(String unit, List<List<Double>> byFork) {
    double[] all = byFork.stream().flatMap(List::stream).mapToDouble(Double::doubleValue).toArray();
    double score = StatUtils.mean(all);
    double error = pooledError(all);
    Map<String, Double> percentiles = new LinkedHashMap<>();
    for (double rank : JMH_PERCENTILES) {
      double value = rank == 0 ? StatUtils.min(all) : new Percentile().evaluate(all, rank);
      percentiles.put(Double.toString(rank), value);
    }
    return new Metric(
        score, error, List.of(score - error, score + error), percentiles, unit, byFork);
  }

  /** JMH's ± of the mean: Student's t over all iterations as if they were independent. */
  private static double pooledError(double[] values) {
    if (values.length <= 2) {
      return Double.NaN;
    }
    double t =
        new TDistribution(values.length - 1)
            .inverseCumulativeProbability(1 - (1 - JMH_CONFIDENCE) / 2);
    return t * Math.sqrt(StatUtils.variance(values) / values.length);
  }
}
