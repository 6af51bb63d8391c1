package dev.bpfgauge.run;

import dev.bpfgauge.machine.stress.Tolerance;
import dev.bpfgauge.model.CpuWaits;
import dev.bpfgauge.model.LoadCheck;
import java.util.List;
import java.util.Locale;

/**
 * Whether a fork's measuring thread had the CPU time that was its due. Its due is a fair part of
 * the CPUs beside the profile's own stressors; docs/method.md has the simulation behind the two
 * limits.
 */
public final class OwnShare {
  /** Below this part of its due, other processes made the figure: four times too slow and more. */
  static final double LOST = 0.25;

  private static final double PERCENT = 100;

  private OwnShare() {}

  /**
   * The part of a CPU that a thread can count on.
   *
   * @param cpus that it may use, less where a quota leaves it less of their time
   * @param others threads that want a CPU all the time, at most
   */
  static double due(double cpus, int others) {
    return Math.min(1, cpus / (others + 1));
  }

  /**
   * The proof for one fork.
   *
   * @param share of a CPU that a measuring thread had, 0 to 1
   * @param threads that measured
   * @param load the fork's other proofs, which say how many stressors there were
   */
  static LoadCheck check(double share, double cpus, int threads, List<LoadCheck> load) {
    int stressors =
        (int)
            load.stream()
                .filter(check -> check.what().equals("stressors alive"))
                .mapToDouble(LoadCheck::wanted)
                .max()
                .orElse(0);
    double due = due(cpus, stressors + threads - 1);
    double tolerance = Tolerance.points(PERCENT * due * (1 - LOST));
    return new LoadCheck(
        CpuWaits.PROOF,
        "during",
        PERCENT * due,
        tolerance,
        PERCENT * share,
        "%",
        PERCENT * share >= PERCENT * due - tolerance);
  }

  /** Why a fork does not count, as a sentence. */
  static String words(LoadCheck check) {
    return String.format(
        Locale.ROOT,
        "the measuring thread had %.3g %% of a CPU where %.3g %% was its due: other processes took"
            + " the rest, and the figure holds the wait",
        check.seen(),
        check.wanted());
  }
}
