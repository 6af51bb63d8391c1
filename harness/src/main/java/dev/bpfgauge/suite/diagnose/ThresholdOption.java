package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --threshold}, where a module shows either sums or each wait that took long. */
final class ThresholdOption {
  private static final double NANOS_PER_MILLI = 1e6;

  @Option(
      names = {"-m", "--threshold"},
      paramLabel = "MS",
      description = "A row for each wait that takes as long, in place of sums.")
  private @Nullable Double millis;

  /**
   * In nanoseconds; 0 where sums are wanted.
   *
   * @throws Refusal where it is no time
   */
  long nanos() {
    if (millis == null) {
      return 0;
    }
    double nanos = millis * NANOS_PER_MILLI;
    if (!(nanos >= 1 && nanos < Long.MAX_VALUE)) {
      throw Refusal.option(
          "--threshold wants milliseconds, from 0.000001 to 9e12, e.g. 10, not " + millis + ".");
    }
    return (long) nanos;
  }
}
