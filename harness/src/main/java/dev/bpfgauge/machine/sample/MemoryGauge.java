package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import java.util.List;
import oshi.hardware.GlobalMemory;

/** Memory in use, by OSHI. */
final class MemoryGauge implements Gauge {

  private final GlobalMemory memory = Oshi.memory();

  @Override
  public List<Column> columns() {
    return List.of(
        new Column(
            "memory_used",
            "bytes",
            "memory that is not available: MemTotal less MemAvailable, so page cache that can be"
                + " given back counts as free (OSHI, /proc/meminfo)"));
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    row[at] = memory.getTotal() - memory.getAvailable();
  }
}
