package dev.bpfgauge.machine.sample;

import dev.bpfgauge.machine.host.Roots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Energy of the processor packages by RAPL (Documentation/power/powercap/powercap.rst): counters in
 * µJ that wrap at max_energy_range_uj, after some minutes on a large machine.
 */
public final class PackageEnergy implements AutoCloseable {

  private record Socket(KernelFile energy, long range) {}

  private final List<Socket> packages = new ArrayList<>();
  private final String missing;
  private long[] before;

  /** Of the machine whose sysfs is below these roots. */
  public PackageEnergy(Roots roots) {
    List<Path> zones = Roots.children(roots.sys().resolve("class/powercap"), "intel-rapl:\\d+");
    String reason = zones.isEmpty() ? "no RAPL: /sys/class/powercap has no package" : "";
    for (Path zone : zones) {
      try {
        KernelFile energy = new KernelFile(zone.resolve("energy_uj"));
        String range = Roots.text(zone.resolve("max_energy_range_uj")).orElse("");
        packages.add(new Socket(energy, range.isEmpty() ? 0 : Long.parseLong(range)));
      } catch (IOException e) {
        reason = "RAPL's energy_uj is readable by root only";
      }
    }
    missing = packages.isEmpty() ? reason : "";
    before = energies();
  }

  /** Why there is none; empty where there is. */
  String missing() {
    return missing;
  }

  /**
   * Energy of all packages since the last call, or since this was made, in J; NaN where there is
   * none, or a counter could not be read. A counter that wrapped twice since is not noticed.
   */
  public double joules() {
    if (packages.isEmpty()) {
      return Double.NaN;
    }
    long[] now = energies();
    double joules = 0;
    for (int i = 0; i < now.length; i++) {
      joules += joules(before[i], now[i], packages.get(i).range());
    }
    before = now;
    return joules;
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
