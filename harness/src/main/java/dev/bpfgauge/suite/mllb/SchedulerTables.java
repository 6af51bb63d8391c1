package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.List;

/** What the schedulers decided and what the machine did meanwhile: medians over the rounds. */
final class SchedulerTables {
  private static final double NANOS_A_MILLI = 1e6;
  private static final double MEBI = 1024 * 1024;
  private static final double THOUSAND = 1000;
  private static final String ENERGY = "energy_joules";

  private final Evidence evidence;
  private final SchedulerRounds rounds;

  SchedulerTables(Evidence evidence, SchedulerRounds rounds) {
    this.evidence = evidence;
    this.rounds = rounds;
  }

  List<Table> all() {
    return List.of(decisions(), latencies(), machine(), energy());
  }

  private Table decisions() {
    Table.Builder table =
        Table.of(
            "schedulers-decisions",
            "Decisions of the sched_ext schedulers, medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "Decisions per second",
            "Moved per second",
            "The native rule says yes, %",
            "Agreement with it, %",
            "One decision, " + evidence.unit());
    for (CellSummary summary : rounds.cells()) {
      Cell cell = summary.cell();
      if (Double.isNaN(median(cell, "decisions_per_s"))) {
        continue;
      }
      table.row(
          SchedulerRounds.scenario(cell),
          cell.profile(),
          Words.decimals(median(cell, "decisions_per_s"), 0),
          Words.decimals(median(cell, "decided_migrations_per_s"), 0),
          Words.decimals(median(cell, "native_yes_percent"), 1),
          Words.decimals(median(cell, "agreement_percent"), 1),
          Words.decimals(median(cell, "decision_ns"), 0));
    }
    return table.build();
  }

  private Table latencies() {
    Table.Builder table =
        Table.of(
            "schedulers-latencies",
            "Latencies in ms, medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "Wake-up latency, mean",
            "p95",
            "p99",
            "max",
            "An operation of the load takes, mean",
            "p95",
            "p99",
            "max");
    for (CellSummary summary : rounds.cells()) {
      Cell cell = summary.cell();
      if (summary.forks() == 0) {
        continue;
      }
      boolean timed = PerformanceMetrics.hasLatency(summary.extras());
      table.row(
          SchedulerRounds.scenario(cell),
          cell.profile(),
          millis(cell, "wakeup_mean_ns"),
          millis(cell, "wakeup_p95_ns"),
          millis(cell, "wakeup_p99_ns"),
          millis(cell, "wakeup_max_ns"),
          timed ? millis(cell, "load_mean_ns") : PerformanceMetrics.NO_LATENCY,
          timed ? millis(cell, "load_p95_ns") : Words.NONE,
          timed ? millis(cell, "load_p99_ns") : Words.NONE,
          timed ? millis(cell, "load_max_ns") : Words.NONE);
    }
    return table.build();
  }

  private Table machine() {
    Table.Builder table =
        Table.of(
            "schedulers-machine",
            "The machine meanwhile, medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "Operations per second",
            "MB/s",
            "CPU, %",
            "Idle, %",
            "Context switches per second",
            "Migrations per second",
            "Longest less shortest queue",
            "A CPU idle while tasks wait, % of samples",
            "Memory, MiB");
    for (CellSummary summary : rounds.cells()) {
      Cell cell = summary.cell();
      if (summary.forks() == 0) {
        continue;
      }
      table.row(
          SchedulerRounds.scenario(cell),
          cell.profile(),
          Words.decimals(median(cell, "throughput_per_s"), 1),
          Words.decimals(median(cell, "megabytes_per_s"), 1),
          Words.decimals(median(cell, "cpu_percent"), 1),
          Words.decimals(median(cell, "idle_percent"), 1),
          Words.decimals(median(cell, "context_switches_per_s"), 0),
          Words.decimals(median(cell, "migrations_per_s"), 0),
          Words.decimals(median(cell, "queue_spread"), 2),
          Words.decimals(median(cell, "idle_while_waiting_percent"), 1),
          Words.decimals(median(cell, "memory_used_bytes") / MEBI, 0));
    }
    return table.build();
  }

  private String millis(Cell cell, String name) {
    return Words.decimals(median(cell, name) / NANOS_A_MILLI, 2);
  }

  private double median(Cell cell, String name) {
    return rounds.median(cell, name);
  }

  /** One row where nothing of it is known. */
  private Table energy() {
    Table.Builder table =
        Table.of(
            "schedulers-energy",
            "Energy of the processor packages (RAPL), medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "One fork, J",
            "A thousand operations, J");
    List<CellSummary> known =
        rounds.cells().stream()
            .filter(summary -> !Double.isNaN(median(summary.cell(), ENERGY)))
            .toList();
    for (CellSummary summary : known) {
      double joules = median(summary.cell(), ENERGY);
      double operations = rounds.operations(summary.cell());
      table.row(
          SchedulerRounds.scenario(summary.cell()),
          summary.cell().profile(),
          Words.decimals(joules, 2),
          Words.decimals(THOUSAND * joules / operations, 3));
    }
    if (known.isEmpty()) {
      table.row(
          "all",
          "all",
          PerformanceMetrics.noEnergy(evidence.analysis().run().samples()),
          Words.NONE);
    }
    return table.build();
  }
}
