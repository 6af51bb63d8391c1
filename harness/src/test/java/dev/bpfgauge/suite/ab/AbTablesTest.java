package dev.bpfgauge.suite.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.page.SampleRuns;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.view.Table.Datum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is said of arms whose figures are known. */
class AbTablesTest {
  private static final int ROUNDS = 20;

  private final List<ForkRecord> forks = new ArrayList<>();
  private final Random random = new Random(7);

  /** Some percent of noise. */
  private double noisy(double value, double percent) {
    return value * Math.exp(random.nextGaussian() * percent / 100);
  }

  /** A round of two arms, one after the other or at once. */
  private void round(int round, boolean atOnce, double[] walls, double[] onCpu, double[] rate) {
    for (int arm = 0; arm < 2; arm++) {
      double wall = walls[arm];
      List<Double> runs = IntStream.range(0, 6).mapToObj(_ -> noisy(wall, 1)).toList();
      long start = 2_000L * round + (atOnce ? 0 : 1_000L * arm);
      ForkRecord any = SampleRuns.usual(1, 1).forks().getFirst();
      forks.add(
          new ForkRecord(
              forks.size(),
              round,
              AbSuite.cell(arm == 0 ? "a" : "b"),
              ForkStatus.OK,
              "",
              any.startedAt(),
              start,
              start + 900,
              new Measurement(
                  wall,
                  runs,
                  null,
                  runs.size(),
                  null,
                  null,
                  new TreeMap<>(
                      Map.of("task_clock_ns", onCpu[arm], VariantHeld.METRIC + "rate", rate[arm])),
                  new TreeMap<>(Map.of("cycles", "no unit"))),
              List.of()));
    }
  }

  private AbTables tables() {
    PlanInfo plan = SampleRuns.usual(1, 1).info().plan();
    List<ArmInfo> arms =
        Stream.of("a", "b").map(label -> new ArmInfo(label, "idle", label, "")).toList();
    RunInfo ab =
        SampleRuns.planned(
            new PlanInfo(
                AbSuite.NAME,
                List.of(AbSuite.NAME),
                arms,
                ROUNDS,
                forks.size(),
                1,
                plan.warmupMillis(),
                plan.measureMillis(),
                0.01,
                null));
    Samples none = new Samples(List.of("elapsed_ms"), List.of(), new TreeMap<>(), Double.NaN);
    return new AbTables(RunAnalysis.of(new RunData(ab, forks, none, List.of())));
  }

  private static String verdict(Table table, String measure) {
    List<Datum> row =
        table.rows().stream()
            .map(Table.Row::cells)
            .filter(cells -> cells.getFirst().text().startsWith(measure))
            .findFirst()
            .orElseThrow();
    return row.get(5).text();
  }

  @Test
  void eachMeasureHasItsVerdict() {
    for (int round = 0; round < ROUNDS; round++) {
      double machine = noisy(1e7, 20); // what both arms see alike
      round(
          round,
          false,
          new double[] {noisy(machine, 4), noisy(machine, 4)},
          new double[] {noisy(machine, 0.2), noisy(machine * 1.03, 0.2)},
          new double[] {noisy(500, 0.2), noisy(450, 0.2)});
    }
    AbTables ab = tables();
    Table table = ab.measures().getFirst();

    assertEquals("? inconclusive", verdict(table, "Wall clock"));
    assertEquals("▲ more", verdict(table, "On a CPU"));
    assertEquals("▼ less", verdict(table, "Metric rate"));
    String answer = ab.answers().getFirst();
    assertTrue(answer.contains("wall clock: "), answer);
    assertTrue(answer.contains("Beyond the margin: On a CPU 1.03"), answer);
    assertTrue(answer.contains("Metric rate 0.9"), answer);
    assertEquals(List.of("Not measured: Cycles: no unit."), ab.whatIsNotMeasured());
  }

  /** Noise alone: nothing is beyond the margin, and what is steady is equivalent. */
  @Test
  void armsThatAreAlikeAreNotToldApart() {
    for (int round = 0; round < ROUNDS; round++) {
      double machine = noisy(1e7, 20);
      round(
          round,
          false,
          new double[] {noisy(machine, 0.1), noisy(machine, 0.1)},
          new double[] {noisy(machine, 5), noisy(machine, 5)},
          new double[] {500, 500});
    }
    AbTables ab = tables();
    Table table = ab.measures().getFirst();

    assertEquals("= equivalent", verdict(table, "Wall clock"));
    assertEquals("? inconclusive", verdict(table, "On a CPU"));
    assertEquals("= equivalent", verdict(table, "Metric rate"));
    assertFalse(ab.answers().getFirst().contains("Beyond"), ab.answers().toString());
  }

  /** Between rounds the machine's speed changes, within one it does not. */
  @Test
  void whatTakesTurnsIsHeldAgainstItselfWithinARound() {
    for (boolean atOnce : List.of(true, false)) {
      forks.clear();
      for (int round = 0; round < ROUNDS; round++) {
        double machine = noisy(1e7, 30);
        double[] alike = {machine, machine};
        round(round, atOnce, alike, alike, alike);
      }
      Table table = tables().measures().getFirst();
      assertEquals(atOnce, table.caption().contains("run by run"), table.caption());
      String itself = table.rows().getFirst().cells().get(6).text();
      String[] ends = itself.replaceAll("[\\[\\] ]", "").split(",", -1);
      double width = Double.parseDouble(ends[1]) - Double.parseDouble(ends[0]);
      assertEquals(atOnce, width < 0.02, itself);
    }
  }
}
