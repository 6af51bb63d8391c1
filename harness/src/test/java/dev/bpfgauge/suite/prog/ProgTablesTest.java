package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is said of programs whose rows are known. */
class ProgTablesTest {
  private static final int ROUNDS = 6;
  private static final ProgCell LOADS = new ProgCell("x.o", "filter", ProgCell.Task.LOAD, "");

  private final List<ForkRecord> forks = new ArrayList<>();

  private void row(
      int round, Cell cell, ForkStatus status, double nanos, Map<String, Double> said) {
    ForkRecord any = SampleRuns.usual(1, 1).forks().getFirst();
    forks.add(
        new ForkRecord(
            forks.size(),
            round,
            cell,
            status,
            status == ForkStatus.OK ? "" : "the measuring thread had 20 % of a CPU",
            any.startedAt(),
            1_000L * forks.size(),
            1_000L * forks.size() + 900,
            new Measurement(nanos, List.of(nanos), null, 1, null, null, new TreeMap<>(said)),
            List.of()));
  }

  private ProgTables tables(String... labels) {
    PlanInfo plan = SampleRuns.usual(1, 1).info().plan();
    List<ArmInfo> arms =
        Stream.of(labels).map(label -> new ArmInfo(label, "idle", label, "")).toList();
    RunInfo run =
        SampleRuns.planned(
            new PlanInfo(
                "programs",
                List.of(ProgSuite.NAME),
                arms,
                ROUNDS,
                forks.size(),
                1,
                plan.warmupMillis(),
                plan.measureMillis(),
                0.01,
                null));
    Samples none = new Samples(List.of("elapsed_ms"), List.of(), new TreeMap<>(), Double.NaN);
    return ProgTables.of(RunAnalysis.of(new RunData(run, forks, none, List.of())));
  }

  private static List<String> first(Table table) {
    return table.rows().getFirst().cells().stream().map(Datum::text).toList();
  }

  /** Whether a program loads does not depend on what else the machine does. */
  @Test
  void aProgramWhoseVerificationCouldNotBeTimedLoadsAllTheSame() {
    Cell run = new ProgCell("x.o", "filter", ProgCell.Task.RUN, "udp").cell().on("idle");
    for (int round = 0; round < ROUNDS; round++) {
      row(
          round,
          LOADS.cell().on("idle"),
          ForkStatus.LOAD_NOT_REACHED,
          9_000,
          Map.of("insns", 12.0, "processed_insns", 15.0));
      row(round, run, ForkStatus.OK, 20 + round % 2, Map.of("returned", 2.0));
    }
    ProgTables tables = tables("idle");

    assertEquals(List.of("filter", "✓ loads"), first(tables.loads()));
    assertEquals(List.of(), tables.refusals().rows());
    assertEquals(List.of(), tables.failures());
    List<String> verifier = first(tables.verifier());
    assertEquals(List.of("12", "15"), verifier.subList(2, 4));
    assertEquals("–", verifier.get(8), "how long it took is not known: " + verifier);
    assertEquals("udp", first(tables.costs()).get(1), "its runs have nothing to do with that");
  }

  @Test
  void aGateNamesTheKernel() {
    SortedMap<String, String> params =
        new TreeMap<>(new ProgCell("x.o", "filter", ProgCell.Task.RUN, "udp").cell().params());
    params.put(ProgCell.KERNEL, "6.12");
    Cell cell = new Cell(ProgCell.SUITE, ProgCell.SUITE + ".run", params, "");
    for (int round = 0; round < ROUNDS; round++) {
      row(round, cell.on("old"), ForkStatus.OK, 100 + 0.1 * round, Map.of());
      row(round, cell.on("new"), ForkStatus.OK, 150 + 0.1 * round, Map.of());
    }

    List<String> failures = tables("old", "new").failures();

    assertEquals(1, failures.size(), failures.toString());
    assertTrue(
        failures.getFirst().startsWith("filter costs more on 6.12 (udp): 1.5"),
        failures.toString());
  }

  @Test
  void operationsThatMadeTheEventsAreAllNamed() {
    Cell event = new ProgCell("x.o", "filter", ProgCell.Task.EVENT, "").cell().on("idle");
    row(0, LOADS.cell().on("idle"), ForkStatus.OK, 9_000, Map.of("insns", 12.0));
    row(0, event, ForkStatus.OK, 90, Map.of("made_by_getppid", 1.0));
    row(1, event, ForkStatus.OK, 99, Map.of("made_by_open", 1.0));

    assertEquals("getppid, open", first(tables("idle").events()).get(1));
  }

  /** The figure is the verifier's, not that of who waits for a CPU meanwhile. */
  @Test
  void ofManyLoadsThoseCountThatHardlyWaited() {
    ProgMeter.Load good = new ProgMeter.Load(10_000, 500);
    ProgMeter.Load late = new ProgMeter.Load(90_000, 80_000);
    assertEquals(
        List.of(good, good, good),
        ProgMeter.Load.leastDisturbed(List.of(good, late, good, late, good)));
    assertEquals(
        List.of(good, late, late),
        ProgMeter.Load.leastDisturbed(List.of(late, late, good, late)),
        "where they are few, the best of the others as well");
  }
}
