package dev.bpfgauge.sample;

import dev.bpfgauge.host.Roots;
import dev.bpfgauge.results.SamplesFile.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Power of the processor packages by RAPL (Documentation/power/powercap/powercap.rst): energy
 * counters in µJ that wrap at max_energy_range_uj.
 */
final class PowerGauge implements Gauge {

  private record Socket(KernelFile energy, long range) {}

  private final List<Socket> packages = new ArrayList<>();
  private final Column column;
  private long[] before;

  PowerGauge(Roots roots) {
    List<Path> zones = Roots.children(roots.sys().resolve("class/powercap"), "intel-rapl:\\d+");
    String missing = zones.isEmpty() ? "no RAPL: /sys/class/powercap has no package" : "";
    for (Path zone : zones) {
      try {
        KernelFile energy = new KernelFile(zone.resolve("energy_uj"));
        String range = Roots.text(zone.resolve("max_energy_range_uj")).orElse("");
        packages.add(new Socket(energy, range.isEmpty() ? 0 : Long.parseLong(range)));
      } catch (IOException e) {
        missing = "RAPL's energy_uj is readable by root only";
      }
    }
    before = energies();
    Column full =
        new Column("power", "W", "power of all processor packages (RAPL, /sys/class/powercap)");
    column = full.without(packages.isEmpty() ? missing : "");
  }

  @Override
  public List<Column> columns() {
    return List.of(column);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    if (packages.isEmpty()) {
      return;
    }
    long[] now = energies();
    double joules = 0;
    for (int i = 0; i < now.length; i++) {
      joules += joules(before[i], now[i], packages.get(i).range());
    }
    row[at] = joules / seconds;
    before = now;
  }

  /** Energy between two readings, in J; NaN where one of them failed. */
  static double joules(long before, long now, long range) {
    if (before < 0 || now < 0) {
      return Double.NaN;
    }
    long micros = now >= before ? now - before : now - before + range;
    return micros < 0 ? Double.NaN : micros / 1e6;
  }

  private long[] energies() {
    long[] energies = new long[packages.size()];
    for (int i = 0; i < energies.length; i++) {
      try {
        energies[i] = packages.get(i).energy().readLong();
      } catch (IOException | NumberFormatException e) {
        energies[i] = -1;
      }
    }
    return energies;
  }

  @Override
  public void close() {
    packages.forEach(one -> one.energy().close());
    packages.clear();
  }
}
