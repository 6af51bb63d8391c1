package dev.bpfgauge.sample;

import dev.bpfgauge.results.SamplesFile.Column;
import java.util.ArrayList;
import java.util.List;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.LogicalProcessor;
import oshi.hardware.CentralProcessor.TickType;

/** CPU use of the system and of each CPU, context switches and the load average, by OSHI. */
final class CpuGauge implements Gauge {

  private final CentralProcessor processor = Oshi.processor();
  private final List<Column> columns;
  private final int cpus;
  private long[] system = processor.getSystemCpuLoadTicks();
  private long[][] each = processor.getProcessorCpuLoadTicks();
  private long switches = processor.getContextSwitches();

  CpuGauge() {
    List<Column> made = new ArrayList<>();
    made.add(
        new Column(
            "cpu_usage",
            "%",
            "CPU time of all CPUs that was neither idle nor waiting for I/O (OSHI, /proc/stat)"));
    made.add(new Column("load_avg_1m", "tasks", "load average of one minute (/proc/loadavg)"));
    made.add(new Column("context_switches", "1/s", "context switches a second (/proc/stat, ctxt)"));
    made.add(new Column("steal", "%", "CPU time the hypervisor gave to somebody else"));
    made.add(new Column("irq", "%", "CPU time in hard interrupts"));
    made.add(new Column("softirq", "%", "CPU time in soft interrupts"));
    made.add(new Column("iowait", "%", "CPU time idle while I/O was waited for"));
    for (LogicalProcessor cpu : processor.getLogicalProcessors()) {
      int number = cpu.getProcessorNumber();
      made.add(new Column("cpu" + number, "%", "as cpu_usage, of CPU " + number + " alone"));
    }
    cpus = processor.getLogicalProcessorCount();
    columns = List.copyOf(made);
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    long[] systemNow = processor.getSystemCpuLoadTicks();
    long[][] eachNow = processor.getProcessorCpuLoadTicks();
    long switchesNow = processor.getContextSwitches();
    int next = at;
    row[next++] = 100 * processor.getSystemCpuLoadBetweenTicks(system, systemNow);
    double load = processor.getSystemLoadAverage(1)[0];
    row[next++] = load < 0 ? Double.NaN : load;
    row[next++] = (switchesNow - switches) / seconds;
    row[next++] = share(system, systemNow, TickType.STEAL);
    row[next++] = share(system, systemNow, TickType.IRQ);
    row[next++] = share(system, systemNow, TickType.SOFTIRQ);
    row[next++] = share(system, systemNow, TickType.IOWAIT);
    // A CPU that went offline on the way shortens the list; its column stays empty then.
    if (eachNow.length == cpus && each.length == cpus) {
      double[] loads = processor.getProcessorCpuLoadBetweenTicks(each, eachNow);
      for (int cpu = 0; cpu < cpus; cpu++) {
        row[next + cpu] = 100 * loads[cpu];
      }
    }
    system = systemNow;
    each = eachNow;
    switches = switchesNow;
  }

  /** One kind's share of all ticks, in percent. */
  static double share(long[] before, long[] now, TickType type) {
    long total = 0;
    for (int i = 0; i < now.length; i++) {
      total += now[i] - before[i];
    }
    int kind = type.getIndex();
    return total <= 0 ? Double.NaN : 100.0 * (now[kind] - before[kind]) / total;
  }
}
