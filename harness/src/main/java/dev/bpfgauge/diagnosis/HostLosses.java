package dev.bpfgauge.diagnosis;

import dev.bpfgauge.diagnosis.HostMoment.Resource;
import dev.bpfgauge.suite.tools.LostTime;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What the host's own figures say is lost. */
final class HostLosses {
  private static final double PERCENT = 100;

  private final HostStretch whole;
  private final Threads threads;
  private final Map<String, Double> throttled;

  /**
   * Threads, on average.
   *
   * @param running that ran or could
   * @param blocked that waited for I/O
   */
  record Threads(double running, double blocked) {}

  HostLosses(HostStretch whole, Threads threads, Map<String, Double> throttled) {
    this.whole = whole;
    this.threads = threads;
    this.throttled = throttled;
  }

  Stream<LostTime> all() {
    return Stream.concat(
        Stream.of(queue(), blocked(), steal(), interrupts(), memory()),
        throttled.entrySet().stream().map(each -> quota(each.getKey(), each.getValue())));
  }

  private LostTime queue() {
    double waiting = threads.running - whole.cpus();
    return lost(
        waiting,
        String.format(
            Locale.ROOT,
            "%.1f threads wanted a CPU on average, and there are %d: %.1f waited%s.",
            threads.running,
            whole.cpus(),
            waiting,
            stalled(Resource.CPU)));
  }

  private LostTime blocked() {
    return lost(
        threads.blocked,
        String.format(
            Locale.ROOT,
            "%.1f threads were blocked for I/O on average%s.",
            threads.blocked,
            stalled(Resource.IO)));
  }

  private LostTime steal() {
    return lost(
        whole.steal() / PERCENT * whole.cpus(),
        String.format(
            Locale.ROOT, "The hypervisor gave %.1f %% of the CPU time to others.", whole.steal()));
  }

  private LostTime interrupts() {
    return lost(
        whole.irq() / PERCENT * whole.cpus(),
        String.format(Locale.ROOT, "Interrupts took %.1f %% of the CPU time.", whole.irq()));
  }

  private LostTime memory() {
    double share = whole.stalled(Resource.MEMORY) / PERCENT;
    return lost(
        share,
        String.format(
            Locale.ROOT, "In %.1f %% of the time some task waited for memory.", PERCENT * share));
  }

  private LostTime quota(String group, double seconds) {
    return lost(
        seconds / whole.seconds(),
        String.format(
            Locale.ROOT,
            "The CPU quota of control group %s kept its threads from running for %.2f s of %.0f s.",
            group,
            seconds,
            whole.seconds()));
  }

  private String stalled(Resource resource) {
    double percent = whole.stalled(resource);
    return Double.isNaN(percent)
        ? ""
        : String.format(Locale.ROOT, "; in %.0f %% of the time at least one did", percent);
  }

  private static LostTime lost(double perSecond, String sentence) {
    return new LostTime(Double.isNaN(perSecond) ? 0 : perSecond, sentence);
  }
}
