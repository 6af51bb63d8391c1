package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The hottest of the processors' temperatures: hwmon's CPU drivers, else the thermal zones that
 * name a CPU.
 */
final class HeatGauge implements Gauge {

  private static final String CPU_DRIVERS = "coretemp|k10temp|zenpower|cpu_thermal|fam15h_power";
  private static final String CPU_ZONES = "x86_pkg_temp|(cpu|soc|cluster)\\S*";

  private final List<KernelFile> files = new ArrayList<>();
  private final Column column;

  HeatGauge(Roots roots) {
    for (Path sensor : sensors(roots)) {
      try {
        KernelFile file = new KernelFile(sensor);
        files.add(file);
        file.readLong();
      } catch (IOException | NumberFormatException e) {
        files.removeLast().close();
      }
    }
    Column full =
        new Column("temperature", "°C", "hottest CPU sensor (hwmon, else the thermal zones)");
    column = full.without(files.isEmpty() ? "no CPU temperature sensor is visible" : "");
  }

  private static List<Path> sensors(Roots roots) {
    List<Path> found = new ArrayList<>();
    for (Path hwmon : Roots.children(roots.sys().resolve("class/hwmon"), "hwmon\\d+")) {
      if (named(hwmon.resolve("name"), CPU_DRIVERS)) {
        // coretemp has one input a core; the first is the package or Tctl.
        Roots.children(hwmon, "temp\\d+_input").stream().findFirst().ifPresent(found::add);
      }
    }
    if (found.isEmpty()) {
      for (Path zone : Roots.children(roots.sys().resolve("class/thermal"), "thermal_zone\\d+")) {
        if (named(zone.resolve("type"), CPU_ZONES)) {
          found.add(zone.resolve("temp"));
        }
      }
    }
    return found;
  }

  private static boolean named(Path file, String regex) {
    return Roots.text(file).filter(name -> name.matches(regex)).isPresent();
  }

  @Override
  public List<Column> columns() {
    return List.of(column);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    double hottest = Double.NaN;
    for (KernelFile file : files) {
      try {
        double celsius = file.readLong() / 1000.0;
        hottest = Double.isNaN(hottest) ? celsius : Math.max(hottest, celsius);
      } catch (IOException | NumberFormatException e) {
        // One sensor that does not answer leaves the others.
      }
    }
    row[at] = hottest;
  }

  @Override
  public void close() {
    files.forEach(KernelFile::close);
    files.clear();
  }
}
