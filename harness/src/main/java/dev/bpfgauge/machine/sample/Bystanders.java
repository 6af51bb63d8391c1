package dev.bpfgauge.machine.sample;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Samples;
import java.time.Duration;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * How busy the machine is while nothing is measured.
 *
 * @param isQuiet whether a window was as quiet as wanted
 * @param cpuPercent of the CPUs that this process may use, over all the time
 * @param busiest processes that are no part of this one, each % of all CPUs; empty where they
 *     cannot be seen
 */
public record Bystanders(boolean isQuiet, double cpuPercent, List<Samples.Other> busiest) {

  public Bystanders {
    busiest = List.copyOf(busiest);
  }

  /**
   * Watches until a window is quiet.
   *
   * @param window how long to watch at once
   * @param quiet what % of the CPUs is
   * @param longest after which it gives up
   */
  public static Bystanders until(
      Duration window, DoublePredicate quiet, Duration longest, AllowedCpus cpus)
      throws InterruptedException {
    SystemUseWindow all = SystemUseWindow.open(cpus);
    OthersGauge others = new OthersGauge(Roots.SYSTEM);
    boolean isQuiet = false;
    try (others) {
      long end = System.nanoTime() + longest.toNanos();
      while (!isQuiet && System.nanoTime() - end < 0) {
        SystemUseWindow one = SystemUseWindow.open(cpus);
        Thread.sleep(window);
        isQuiet = quiet.test(one.cpuPercent());
      }
    }
    return new Bystanders(isQuiet, all.cpuPercent(), others.busiest());
  }
}
