package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The CPUs' frequency. Asking for it may wake the CPU on older kernels, so no more than eight
 * frequency domains are asked, spread evenly.
 */
final class FrequencyGauge implements Gauge {

  private static final int MOST = 8;

  private final List<KernelFile> files = new ArrayList<>();
  private final Column column;

  FrequencyGauge(Roots roots) {
    List<Path> policies = Roots.children(roots.cpus().resolve("cpufreq"), "policy\\d+");
    int step = Math.max(1, (policies.size() + MOST - 1) / MOST);
    for (int i = 0; i < policies.size(); i += step) {
      try {
        KernelFile file = new KernelFile(policies.get(i).resolve("scaling_cur_freq"));
        files.add(file);
        file.readLong();
      } catch (IOException | NumberFormatException e) {
        files.removeLast().close();
      }
    }
    Column full =
        new Column("freq", "MHz", "mean frequency of up to 8 frequency domains (scaling_cur_freq)");
    column = full.without(files.isEmpty() ? "no cpufreq on this machine" : "");
  }

  @Override
  public List<Column> columns() {
    return List.of(column);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    if (files.isEmpty()) {
      return;
    }
    long kilohertz = 0;
    try {
      for (KernelFile file : files) {
        kilohertz += file.readLong();
      }
      row[at] = kilohertz / 1000.0 / files.size();
    } catch (IOException | NumberFormatException e) {
      row[at] = Double.NaN;
    }
  }

  @Override
  public void close() {
    files.forEach(KernelFile::close);
    files.clear();
  }
}
