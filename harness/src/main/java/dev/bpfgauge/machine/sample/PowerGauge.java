package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Samples;
import java.util.List;

/** Power of the processor packages. */
final class PowerGauge implements Gauge {
  private final PackageEnergy energy;
  private final Column column;

  PowerGauge(Roots roots) {
    energy = new PackageEnergy(roots);
    Column full =
        new Column(
            Samples.POWER, "W", "power of all processor packages (RAPL, /sys/class/powercap)");
    column = full.without(energy.missing());
  }

  @Override
  public List<Column> columns() {
    return List.of(column);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    if (energy.missing().isEmpty()) {
      row[at] = energy.joules() / seconds;
    }
  }

  @Override
  public void close() {
    energy.close();
  }
}
