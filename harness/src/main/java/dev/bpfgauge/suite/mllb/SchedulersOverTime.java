package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.analysis.ForkFigures.Fork;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.ToDoubleFunction;

/**
 * Suite {@code schedulers} over the run: work done and decisions asked for, scenario by scenario. A
 * drift shows here, and whether a difference is there in each round.
 */
final class SchedulersOverTime {
  private static final double NANOS_A_SECOND = 1e9;

  private final Evidence evidence;
  private final SchedulerRounds rounds;

  /** What is drawn: a figure of a fork. */
  private record Quantity(String id, String title, ToDoubleFunction<Measurement> value) {}

  SchedulersOverTime(Evidence evidence, SchedulerRounds rounds) {
    this.evidence = evidence;
    this.rounds = rounds;
  }

  /** Two for each scenario; none where the run has fewer than two rounds. */
  List<Exhibit> exhibits() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (String scenario : rounds.scenarios()) {
      for (Quantity quantity : quantities()) {
        List<String> arms =
            drawn().stream()
                .filter(arm -> points(scenario, arm, quantity) > 1)
                .limit(Charts.MOST_LINES)
                .toList();
        if (!arms.isEmpty()) {
          exhibits.add(exhibit(scenario, quantity, arms));
        }
      }
    }
    return exhibits;
  }

  private List<Quantity> quantities() {
    return List.of(
        new Quantity(
            "work", "operations " + evidence.aSecond(), m -> NANOS_A_SECOND / m.meanNanosPerOp()),
        decisions());
  }

  private Quantity decisions() {
    return new Quantity(
        "decisions", "decisions " + evidence.aSecond(), ForkFigures.extra("decisions_per_s"));
  }

  /** Those that are never asked come last, so that the others have one colour in all charts. */
  private List<String> drawn() {
    return evidence.armLabels().stream()
        .filter(arm -> !arm.contains("#"))
        .sorted(Comparator.comparing(arm -> isNeverAsked(arm)))
        .toList();
  }

  private boolean isNeverAsked(String arm) {
    return rounds.scenarios().stream()
        .allMatch(scenario -> points(scenario, arm, decisions()) == 0);
  }

  private NavigableMap<Integer, Fork> of(String scenario, String arm) {
    return rounds.figures().of(SchedulerRounds.cell(scenario, arm));
  }

  private long points(String scenario, String arm, Quantity quantity) {
    return of(scenario, arm).values().stream()
        .filter(at -> Double.isFinite(quantity.value.applyAsDouble(at.measurement())))
        .count();
  }

  private Exhibit exhibit(String scenario, Quantity quantity, List<String> arms) {
    String title = scenario + ": " + quantity.title + " over the run";
    List<Charts.Line> lines = new ArrayList<>();
    double high = 0;
    double end = 0;
    for (String arm : arms) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (Fork at : of(scenario, arm).values()) {
        double value = quantity.value.applyAsDouble(at.measurement());
        x.add(at.minutes());
        y.add(value);
        high = value > high ? value : high;
        end = Math.max(end, at.minutes());
      }
      lines.add(new Charts.Line(arm, x, y));
    }
    String id = "schedulers-" + quantity.id + "-" + scenario;
    return new Exhibit(
        Charts.lines(
            new Charts.Name(
                id,
                title,
                "A point for each round and scheduler; the table has least, median and most."),
            lines,
            Plot.Scale.linear(
                0,
                end,
                8,
                Words::axis,
                (evidence.isTime() ? "" : "emulated ") + "minutes since the start"),
            Plot.Scale.linear(0, high, 4, Words::axis, quantity.title),
            List.of(),
            List.of(),
            true),
        table(id, title, scenario, quantity, arms),
        "");
  }

  private Table table(
      String id, String title, String scenario, Quantity quantity, List<String> arms) {
    Table.Builder table =
        Table.of(
            id + "-table", title + ", by round", "~Scheduler", "Least", "Median", "Most", "Rounds");
    for (String arm : arms) {
      double[] values =
          of(scenario, arm).values().stream()
              .mapToDouble(at -> quantity.value.applyAsDouble(at.measurement()))
              .filter(Double::isFinite)
              .sorted()
              .toArray();
      table.row(
          arm,
          Words.decimals(values[0], 1),
          Words.decimals(ForkStatistics.median(values), 1),
          Words.decimals(values[values.length - 1], 1),
          Words.count(values.length));
    }
    return table.build();
  }
}
