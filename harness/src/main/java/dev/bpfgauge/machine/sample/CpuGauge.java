package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.os.CpuTicks;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import oshi.hardware.CentralProcessor;

/**
 * CPU use of the system and of each CPU by the kernel's ticks, context switches and the load
 * average by OSHI. A CPU that goes offline leaves its column empty; use is of those that are there.
 */
final class CpuGauge implements Gauge {

  private final CentralProcessor processor = Oshi.processor();
  private final Roots roots;
  private final List<Column> columns;
  private final List<Integer> cpus;
  private final List<String> news = new ArrayList<>();
  private CpuTicks ticks;
  private long switches = processor.getContextSwitches();

  CpuGauge(Roots roots) {
    this.roots = roots;
    ticks = CpuTicks.read(roots.proc());
    cpus = List.copyOf(ticks.cpus().keySet());
    List<Column> made = new ArrayList<>();
    made.add(
        new Column(
            "cpu_usage",
            "%",
            "CPU time of all online CPUs that was neither idle nor waiting for I/O (/proc/stat)"));
    made.add(new Column("load_avg_1m", "tasks", "load average of one minute (/proc/loadavg)"));
    made.add(new Column("context_switches", "1/s", "context switches a second (/proc/stat, ctxt)"));
    made.add(new Column("steal", "%", "CPU time the hypervisor gave to somebody else"));
    made.add(new Column("irq", "%", "CPU time in hard interrupts"));
    made.add(new Column("softirq", "%", "CPU time in soft interrupts"));
    made.add(new Column("iowait", "%", "CPU time idle while I/O was waited for"));
    for (int number : cpus) {
      made.add(new Column("cpu" + number, "%", "as cpu_usage, of CPU " + number + " alone"));
    }
    columns = List.copyOf(made);
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    CpuTicks now = CpuTicks.read(roots.proc());
    long switchesNow = processor.getContextSwitches();
    long[] system = now.since(ticks);
    int next = at;
    row[next++] = CpuTicks.used(system);
    double load = processor.getSystemLoadAverage(1)[0];
    row[next++] = load < 0 ? Double.NaN : load;
    row[next++] = (switchesNow - switches) / seconds;
    row[next++] = CpuTicks.share(system, CpuTicks.STEAL);
    row[next++] = CpuTicks.share(system, CpuTicks.IRQ);
    row[next++] = CpuTicks.share(system, CpuTicks.SOFTIRQ);
    row[next++] = CpuTicks.share(system, CpuTicks.IOWAIT);
    for (int cpu : cpus) {
      row[next++] = CpuTicks.used(now.since(ticks, cpu));
    }
    compare(ticks.cpus().keySet(), now.cpus().keySet());
    ticks = now;
    switches = switchesNow;
  }

  private void compare(Set<Integer> before, Set<Integer> now) {
    Set<Integer> gone = new TreeSet<>(before);
    gone.removeAll(now);
    gone.forEach(cpu ->
        news.add("CPU " + cpu + " went offline: its column is empty, and use is of the others"));
    Set<Integer> come = new TreeSet<>(now);
    come.removeAll(before);
    come.forEach(cpu -> news.add("CPU " + cpu + " came online"));
  }

  @Override
  public List<String> news() {
    List<String> told = List.copyOf(news);
    news.clear();
    return told;
  }
}
