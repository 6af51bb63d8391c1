package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.PerfCounter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Task migrations between CPUs, counted by the scheduler's own software event on every CPU. Reading
 * a counter interrupts its CPU for about a microsecond, once a second.
 */
final class MigrationGauge implements Gauge {

  private final List<PerfCounter> counters = new ArrayList<>();
  private final Column column;
  private long before;

  MigrationGauge(List<Integer> cpus) {
    Column full =
        new Column(
            "migrations",
            "1/s",
            "tasks that moved to another CPU a second (perf software event cpu-migrations, all"
                + " CPUs)");
    String missing = "";
    try {
      for (int cpu : cpus) {
        counters.add(PerfCounter.open(PerfCounter.Event.CPU_MIGRATIONS, cpu));
      }
    } catch (IOException e) {
      close();
      missing = String.valueOf(e.getMessage());
    }
    column = full.without(missing);
    before = total();
  }

  @Override
  public List<Column> columns() {
    return List.of(column);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    if (counters.isEmpty()) {
      return;
    }
    long now = total();
    row[at] = (now - before) / seconds;
    before = now;
  }

  private long total() {
    long sum = 0;
    for (PerfCounter counter : counters) {
      sum += counter.read();
    }
    return sum;
  }

  @Override
  public void close() {
    counters.forEach(PerfCounter::close);
    counters.clear();
  }
}
