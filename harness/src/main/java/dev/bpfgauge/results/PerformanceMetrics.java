package dev.bpfgauge.results;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * performance_metrics.csv: the columns of the founding document's script, one row for each fork of
 * suite {@code schedulers}, with scheduler, scenario and round behind them. Context switches and
 * migrations are those of the fork, not since boot.
 */
public final class PerformanceMetrics {
  public static final String FILE = "performance_metrics.csv";

  private static final String SUITE = "schedulers";
  private static final double MEBI = 1024 * 1024;

  private PerformanceMetrics() {}

  /** The file's text; empty where the run has nothing of the suite. */
  public static String render(RunData run) {
    StringBuilder out = new StringBuilder();
    for (ForkRecord fork : run.forks()) {
      Measurement measurement = fork.measurement();
      if (fork.status() == ForkStatus.OK
          && measurement != null
          && measurement.extras() != null
          && fork.cell().suite().equals(SUITE)) {
        out.append(row(fork, measurement.extras(), seconds(measurement)));
      }
    }
    return out.isEmpty()
        ? ""
        : "timestamp,cpu_usage,load_avg_1m,context_switches,migrations,memory_used,scheduler,scenario,round\n"
            + out;
  }

  private static double seconds(Measurement measurement) {
    return measurement.meanNanosPerOp() * measurement.operations() / 1e9;
  }

  private static String row(ForkRecord fork, Map<String, Double> extras, double seconds) {
    StringJoiner row = new StringJoiner(",", "", "\n");
    row.add(Long.toString(fork.startedAt().getEpochSecond()));
    row.add(number(extras.get("cpu_percent"), 1, 1));
    row.add(number(extras.get("load_avg_1m"), 1, 2));
    row.add(number(extras.get("context_switches_per_s"), seconds, 0));
    row.add(number(extras.get("migrations_per_s"), seconds, 0));
    row.add(number(extras.get("memory_used_bytes"), 1 / MEBI, 0));
    List.of(
            fork.cell().profile(),
            fork.cell().benchmark().substring(SUITE.length() + 1),
            Integer.toString(fork.round() + 1))
        .forEach(row::add);
    return row.toString();
  }

  private static String number(@Nullable Double value, double factor, int digits) {
    return value == null ? "" : String.format(Locale.ROOT, "%." + digits + "f", value * factor);
  }
}
