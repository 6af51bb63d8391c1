package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.Csv;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * performance_metrics.csv: the columns of the MLLB guide's script, one row for each fork of suite
 * {@code schedulers}; behind them what the fork was, and its other metrics. Context switches and
 * migrations are those of the fork, not since boot.
 */
public final class PerformanceMetrics {
  public static final String FILE = "performance_metrics.csv";

  /** Where a load has no latencies of its own: it is stress-ng then. */
  public static final String NO_LATENCY = "unavailable: stress-ng times none of its operations";

  private static final double MEBI = 1024 * 1024;
  private static final double MILLIS_A_NANO = 1e-6;
  private static final List<String> LATENCIES = List.of("mean", "p95", "p99", "max");

  private PerformanceMetrics() {}

  /** The file's text; empty where the run has nothing of the suite. */
  public static String render(RunData run) {
    String rows =
        run.forks().stream()
            .filter(fork -> fork.cell().suite().equals(SchedulersSuite.NAME))
            .map(fork -> row(fork, noEnergy(run.samples())))
            .collect(Collectors.joining());
    return rows.isEmpty() ? "" : header() + rows;
  }

  /** Why there is no energy. */
  public static String noEnergy(Samples samples) {
    return "unavailable: "
        + samples.missing().getOrDefault(Samples.POWER, "RAPL's counters could not be read");
  }

  /** Whether a fork's load timed its own operations. */
  public static boolean hasLatency(Map<String, Double> extras) {
    return extras.containsKey("load_p95_ns");
  }

  private static String header() {
    List<String> columns =
        new ArrayList<>(
            List.of(
                "timestamp",
                "cpu_usage",
                "load_avg_1m",
                "context_switches",
                "migrations",
                "memory_used",
                "scheduler",
                "scenario",
                "round",
                "throughput_per_s"));
    LATENCIES.forEach(which -> columns.add("wakeup_" + which + "_ms"));
    LATENCIES.forEach(which -> columns.add("load_" + which + "_ms"));
    columns.add("energy_joules");
    return Csv.line(columns) + "\n";
  }

  private static String row(ForkRecord fork, String noEnergy) {
    Measurement measurement = fork.measurement();
    if (fork.status() != ForkStatus.OK || measurement == null || measurement.extras() == null) {
      return "";
    }
    Map<String, Double> extras = measurement.extras();
    double seconds = measurement.meanNanosPerOp() * measurement.operations() / 1e9;
    List<String> row = new ArrayList<>();
    row.add(Long.toString(fork.startedAt().getEpochSecond()));
    row.add(number(extras.get("cpu_percent"), 1, 1));
    row.add(number(extras.get("load_avg_1m"), 1, 2));
    row.add(number(extras.get("context_switches_per_s"), seconds, 0));
    row.add(number(extras.get("migrations_per_s"), seconds, 0));
    row.add(number(extras.get("memory_used_bytes"), 1 / MEBI, 0));
    row.add(fork.cell().profile());
    row.add(fork.cell().operation());
    row.add(Integer.toString(fork.round() + 1));
    row.add(number(extras.get("throughput_per_s"), 1, 2));
    for (String which : LATENCIES) {
      row.add(number(extras.get("wakeup_" + which + "_ns"), MILLIS_A_NANO, 3));
    }
    for (String which : LATENCIES) {
      row.add(
          hasLatency(extras)
              ? number(extras.get("load_" + which + "_ns"), MILLIS_A_NANO, 3)
              : NO_LATENCY);
    }
    Double joules = extras.get("energy_joules");
    row.add(joules == null ? noEnergy : number(joules, 1, 2));
    return Csv.line(row) + "\n";
  }

  private static String number(@Nullable Double value, double factor, int digits) {
    return value == null ? "" : String.format(Locale.ROOT, "%." + digits + "f", value * factor);
  }
}
