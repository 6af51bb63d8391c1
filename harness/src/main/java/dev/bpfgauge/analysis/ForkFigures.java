package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.PairedComparison;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Everything that a run's OK forks measured, by cell and round: for figures beside the mean, which
 * {@link RoundMeans} has.
 */
public final class ForkFigures {
  private final Map<Cell, NavigableMap<Integer, Fork>> rounds = new HashMap<>();
  private final double margin;

  /** One fork: when it began, in minutes since the run's start, and what it measured. */
  public record Fork(double minutes, Measurement measurement) {}

  private record Pair(Measurement subject, Measurement reference) {}

  public ForkFigures(RunData run) {
    margin = run.info().plan().margin();
    for (ForkRecord fork : run.forks()) {
      Measurement measurement = fork.measurement();
      if (fork.status() == ForkStatus.OK && measurement != null) {
        rounds
            .computeIfAbsent(fork.cell(), _ -> new TreeMap<>())
            .put(fork.round(), new Fork(fork.startMillis() / 60_000.0, measurement));
      }
    }
  }

  /** By round; empty where nothing was measured. */
  public NavigableMap<Integer, Fork> of(Cell cell) {
    return rounds.getOrDefault(cell, new TreeMap<>());
  }

  /** A figure by its name; NaN where the fork has none of that name. */
  public static ToDoubleFunction<Measurement> extra(String name) {
    return measurement -> {
      Map<String, Double> extras = measurement.extras();
      return extras == null ? Double.NaN : extras.getOrDefault(name, Double.NaN);
    };
  }

  /** Of each round that has it, in order. */
  public double[] values(Cell cell, ToDoubleFunction<Measurement> value) {
    return of(cell).values().stream()
        .mapToDouble(fork -> value.applyAsDouble(fork.measurement()))
        .filter(Double::isFinite)
        .toArray();
  }

  /** Over the rounds; NaN where none has it. */
  public double median(Cell cell, ToDoubleFunction<Measurement> value) {
    double[] values = values(cell, value);
    return values.length == 0 ? Double.NaN : ForkStatistics.median(values);
  }

  /** The same of a figure by its name. */
  public double median(Cell cell, String extra) {
    return median(cell, extra(extra));
  }

  /** Subject less reference in each round that has both. */
  public double[] differences(Cell subject, Cell reference, ToDoubleFunction<Measurement> value) {
    return pairs(subject, reference).stream()
        .mapToDouble(
            pair -> value.applyAsDouble(pair.subject) - value.applyAsDouble(pair.reference))
        .toArray();
  }

  /** Subject divided by reference in each round that has both; those that are finite. */
  public double[] ratios(Cell subject, Cell reference, ToDoubleFunction<Measurement> value) {
    return pairs(subject, reference).stream()
        .mapToDouble(
            pair -> value.applyAsDouble(pair.subject) / value.applyAsDouble(pair.reference))
        .filter(Double::isFinite)
        .toArray();
  }

  /** The reference's values in the rounds that {@link #differences} are of. */
  public double[] references(Cell subject, Cell reference, ToDoubleFunction<Measurement> value) {
    return pairs(subject, reference).stream()
        .mapToDouble(pair -> value.applyAsDouble(pair.reference))
        .toArray();
  }

  /** Paired by the rounds in which both are above zero. */
  public PairedComparison compare(
      Cell subject, Cell reference, ToDoubleFunction<Measurement> value) {
    List<Pair> positive =
        pairs(subject, reference).stream()
            .filter(pair ->
                value.applyAsDouble(pair.subject) > 0 && value.applyAsDouble(pair.reference) > 0)
            .toList();
    return PairedComparison.of(
        positive.stream().mapToDouble(pair -> value.applyAsDouble(pair.subject)).toArray(),
        positive.stream().mapToDouble(pair -> value.applyAsDouble(pair.reference)).toArray(),
        margin);
  }

  private List<Pair> pairs(Cell subject, Cell reference) {
    NavigableMap<Integer, Fork> others = of(reference);
    return of(subject).entrySet().stream()
        .flatMap(round ->
            Optional.ofNullable(others.get(round.getKey())).stream()
                .map(other -> new Pair(round.getValue().measurement(), other.measurement())))
        .toList();
  }
}
