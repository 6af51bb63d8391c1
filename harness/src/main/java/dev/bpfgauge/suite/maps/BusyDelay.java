package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Spends a known time: the truth against which the whole harness is tested.
 *
 * <p>Waiting until the clock has advanced would overshoot by up to one reading of it, some 25 ns.
 * So this runs a chain of dependent multiplications, then reads the clock once, which on x86-64 and
 * aarch64 waits for the chain's end. A part of the reading overlaps with the system call that
 * follows, so the length of the chain is calibrated before one: getppid with it less getppid alone,
 * by the median of many trials, at the speed this CPU typically has while the fork runs.
 *
 * <p>Where the clock counts instructions nothing overlaps, so the chain does alone. There a delayed
 * call takes a little more than the delay, 14 instructions on amd64: with a second class of calls
 * the compiler inlines neither.
 */
final class BusyDelay {
  private static final int PROBE_LINKS = 100;
  private static final int MOST_TRIALS = 600;
  private static final int FEWEST_TRIALS = 20;

  /** Where instructions are counted they are all alike but the first, which are interpreted. */
  private static final int COUNTED_TRIALS = 100;

  private static final int MOST_CALLS = 200;

  /** A reading of the clock adds at least one of so many parts of itself. */
  private static final int MOST_OF_A_READING = 10;

  /** About how long a trial takes, and all of them for one delay: long delays have fewer. */
  private static final double TRIAL_NANOS = 50_000;

  private static final double ALL_TRIALS_NANOS = 30e6;

  private record Wanted(long nanos, boolean counted) {}

  /** Links of what was calibrated in this process. */
  private static final Map<Wanted, Integer> CALIBRATED = new ConcurrentHashMap<>();

  /** A chain costs a little more than its links, for leaving the loop is mispredicted. */
  private static final int CORRECTIONS = 6;

  private final int links;
  private final boolean counted;
  private long chain = 1;

  private BusyDelay(int links, boolean counted) {
    this.links = links;
    this.counted = counted;
  }

  /**
   * A delay of so many nanoseconds.
   *
   * @param counted the clock counts instructions, one a nanosecond
   * @throws Refusal where the shortest delay takes longer
   */
  static BusyDelay of(long nanos, boolean counted) {
    int links =
        CALIBRATED.computeIfAbsent(new Wanted(nanos, counted), _ -> calibrated(nanos, counted));
    return new BusyDelay(links, counted);
  }

  private static int calibrated(long nanos, boolean counted) {
    BusyDelay none = new BusyDelay(0, counted);
    Effort small = Effort.of(0, counted);
    if (!counted) {
      typical(none, small); // The first ones are interpreted.
    }
    double without = typical(none, small);
    if (!counted) {
      // It overlaps with a call, but not all of it: what is less than this is noise.
      without = Math.max(without, alone(none, MOST_CALLS) / MOST_OF_A_READING);
    }
    double slope = (typical(new BusyDelay(PROBE_LINKS, counted), small) - without) / PROBE_LINKS;
    if (without > nanos) {
      throw Refusal.environment(
          (counted
                  ? "a delay of %d instructions is shorter than the call of it (%.0f): give a"
                      + " longer one"
                  : "a delay of %d ns is shorter than what one reading of the clock adds (%.0f ns):"
                      + " give a longer one")
              .formatted(nanos, without));
    }
    double wanted = nanos - without;
    int links = (int) Math.round(wanted / slope);
    for (int correction = 0; correction < CORRECTIONS && links > 0; correction++) {
      double added = typical(new BusyDelay(links, counted), Effort.of(nanos, counted)) - without;
      // By what a link takes in this chain: the compiler may have been at work meanwhile.
      links = added > 0 ? (int) Math.round(links * wanted / added) : links;
    }
    return links;
  }

  /** Spends the time; the result depends on all of it. */
  void spend() {
    long x = chain;
    for (int i = 0; i < links; i++) {
      x = x * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    }
    chain = counted ? x : x ^ (System.nanoTime() & 1);
  }

  /** How many trials of how many calls. */
  private record Effort(int trials, int calls) {
    static Effort of(long nanos, boolean counted) {
      int calls = (int) Math.clamp(TRIAL_NANOS / (nanos + 1), 1, MOST_CALLS);
      double trials = ALL_TRIALS_NANOS / (calls * (nanos + 1.0));
      return new Effort(
          (int) Math.clamp(trials, FEWEST_TRIALS, counted ? COUNTED_TRIALS : MOST_TRIALS), calls);
    }
  }

  /**
   * What it adds to a system call, by pairs: a call may have two levels that come and go. Where
   * instructions are counted, what it takes.
   */
  private static double typical(BusyDelay delay, Effort effort) {
    double[] added = new double[effort.trials];
    for (int trial = 0; trial < effort.trials; trial++) {
      added[trial] =
          delay.counted
              ? alone(delay, effort.calls)
              : beforeACall(delay, effort.calls) - aCall(effort.calls);
    }
    return ForkStatistics.median(added);
  }

  private static double alone(BusyDelay delay, int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      delay.spend();
    }
    return (double) (System.nanoTime() - start) / calls;
  }

  private static double beforeACall(BusyDelay delay, int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      delay.spend();
      LibC.getppid();
    }
    return (double) (System.nanoTime() - start) / calls;
  }

  private static double aCall(int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      LibC.getppid();
    }
    return (double) (System.nanoTime() - start) / calls;
  }
}
