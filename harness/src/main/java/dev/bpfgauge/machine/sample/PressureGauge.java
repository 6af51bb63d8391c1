package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Pressure stall information (Documentation/accounting/psi.rst), where the kernel keeps it. */
final class PressureGauge implements Gauge {

  private static final List<String> RESOURCES = List.of("cpu", "memory", "io");

  private final List<Column> columns = new ArrayList<>();
  private final List<KernelFile> files = new ArrayList<>();

  PressureGauge(Roots roots) {
    String missing = "";
    try {
      for (String resource : RESOURCES) {
        KernelFile file = new KernelFile(roots.proc().resolve("pressure").resolve(resource));
        files.add(file);
        someAvg10(file.read());
      }
    } catch (IOException e) {
      close();
      missing = "pressure stall information is off: boot with psi=1";
    }
    for (String resource : RESOURCES) {
      Column full =
          new Column(
              "psi_" + resource,
              "%",
              "time in which some task waited for "
                  + resource
                  + ", running average of 10 s (/proc/pressure/"
                  + resource
                  + ")");
      columns.add(full.without(missing));
    }
  }

  @Override
  public List<Column> columns() {
    return List.copyOf(columns);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    for (int i = 0; i < files.size(); i++) {
      try {
        row[at + i] = someAvg10(files.get(i).read());
      } catch (IOException e) {
        row[at + i] = Double.NaN;
      }
    }
  }

  /** {@code some avg10=83.11 avg60=…} → 83.11. */
  static double someAvg10(String pressure) {
    int from = pressure.indexOf("some avg10=");
    if (from < 0) {
      return Double.NaN;
    }
    from += "some avg10=".length();
    int to = pressure.indexOf(' ', from);
    return to < 0 ? Double.NaN : Double.parseDouble(pressure.substring(from, to));
  }

  @Override
  public void close() {
    files.forEach(KernelFile::close);
    files.clear();
  }
}
