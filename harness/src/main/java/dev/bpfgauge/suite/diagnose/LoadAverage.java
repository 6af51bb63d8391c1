package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The kernel's load averages over 1, 5 and 15 minutes, which change each five seconds:
 * proc_loadavg(5).
 */
record LoadAverage(double one, double five, double fifteen) {
  private static final Path FILE = Path.of("/proc/loadavg");

  static LoadAverage read() {
    try {
      return parse(ForeignText.read(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** E.g. {@code 0.20 0.18 0.12 1/80 11206}. */
  static LoadAverage parse(String text) {
    String[] fields = text.strip().split(" ", -1);
    return new LoadAverage(
        Double.parseDouble(fields[0]),
        Double.parseDouble(fields[1]),
        Double.parseDouble(fields[2]));
  }
}
