package dev.bpfgauge.cli;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.sample.Bystanders;
import dev.bpfgauge.machine.stress.Load;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.os.Shown;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether profile idle can be proven now: asked before minutes are spent that end with nothing. */
final class QuietMachine {
  /** The proof itself waits for 10 s in each fork's turn; a machine at work is seen sooner. */
  private static final Duration LONGEST = Duration.ofSeconds(3);

  private static final int MOST_NAMED = 3;

  private QuietMachine() {}

  /** Why nothing can be measured now, and what to do; empty where the machine is quiet. */
  static Optional<String> reason() throws InterruptedException {
    double most = Load.mostWithoutLoadPercent();
    Bystanders seen =
        Bystanders.until(Load.IDLE_WINDOW, percent -> percent <= most, LONGEST, AllowedCpus.read());
    return seen.isQuiet()
        ? Optional.empty()
        : Optional.of(sentence(most, seen.cpuPercent(), seen.busiest()));
  }

  static String sentence(double most, double percent, List<Samples.Other> busiest) {
    String by =
        busiest.stream()
            .filter(other -> other.cpuPercent() >= 1)
            .limit(MOST_NAMED)
            .map(other -> "%s %s".formatted(Shown.name(other.name()), percent(other.cpuPercent())))
            .collect(Collectors.joining(", "));
    return ("it needs a quiet machine, with at most %s of the CPUs in use, and %s are%s."
            + " End what is running, or try again when it has ended.")
        .formatted(
            percent(Math.max(0, most)), percent(percent), by.isEmpty() ? "" : " (" + by + ")");
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.0f %%", value);
  }
}
