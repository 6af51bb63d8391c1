package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How much longer than on the first arm operations take on another, waits for a CPU included: the
 * figures that are compared hold none. One observation a round: the geometric mean over the
 * operations.
 *
 * @param operations that both arms have
 * @param ratio geometric mean over the rounds
 * @param interval95 95 % t-interval of it, absent below five rounds
 */
public record Waits(int operations, double ratio, @Nullable Interval interval95) {

  /**
   * Of an arm against the first; empty where none of its cells took turns.
   *
   * @param wanted cells to look at
   */
  public static Optional<Waits> of(RunData run, String arm, Predicate<Cell> wanted) {
    String reference = run.info().plan().arms().getFirst().label();
    Map<List<Object>, Double> first = new HashMap<>();
    for (ForkRecord fork : run.forks()) {
      if (fork.cell().profile().equals(reference)) {
        withWaits(fork).ifPresent(nanos -> first.put(key(fork), nanos));
      }
    }
    Map<Integer, List<Double>> logs = new TreeMap<>();
    Map<String, Integer> operations = new HashMap<>();
    for (ForkRecord fork : run.forks()) {
      Double other = first.get(key(fork));
      if (fork.cell().profile().equals(arm) && wanted.test(fork.cell()) && other != null) {
        withWaits(fork)
            .ifPresent(nanos -> {
              logs.computeIfAbsent(fork.round(), _ -> new ArrayList<>())
                  .add(Math.log(nanos / other));
              operations.merge(fork.cell().key(), 1, Integer::sum);
            });
      }
    }
    if (logs.isEmpty()) {
      return Optional.empty();
    }
    double[] rounds = logs.values().stream().mapToDouble(Waits::mean).toArray();
    Interval interval = ForkStatistics.interval95(rounds);
    return Optional.of(
        new Waits(
            operations.size(),
            Math.exp(ForkStatistics.mean(rounds)),
            interval == null
                ? null
                : new Interval(Math.exp(interval.low()), Math.exp(interval.high()))));
  }

  private static double mean(List<Double> values) {
    return ForkStatistics.mean(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static List<Object> key(ForkRecord fork) {
    return List.of(fork.round(), fork.cell().key());
  }

  /** Of a net cost, a difference of two times, waits are mostly noise, and may be negative. */
  private static Optional<Double> withWaits(ForkRecord fork) {
    Measurement measured = fork.measurement();
    return fork.status() != ForkStatus.OK
            || measured == null
            || measured.extras() == null
            || SuiteWords.isNetCost(fork.cell())
        ? Optional.empty()
        : Optional.ofNullable(measured.extras().get(Measurement.WITH_WAITS));
  }
}
