package dev.bpfgauge.suite;

import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import java.util.List;
import java.util.Optional;

/**
 * Measures cells that take turns of about a millisecond in one process, in random order. What the
 * machine does meanwhile, for seconds or minutes, hits them all alike, so their ratios are steadier
 * than those of processes that follow each other.
 */
public interface InTurns {

  /** A process takes no more slots than this: each needs its warm-up. */
  int MOST = 64;

  /**
   * What shares a process: cells whose words are equal. Empty for a cell that has a process to
   * itself; {@link #ANY} for one that joins the first others of the plan.
   */
  Optional<String> group(Cell cell);

  /** Joins whatever is there. */
  String ANY = "";

  /**
   * Measures once. Never throws for what a cell, the kernel or the process does.
   *
   * @param slots what takes turns
   * @param settings {@code warmupMillis} and {@code measureMillis} are those of the whole process
   * @return what became of each slot, in the same order
   */
  List<Taken> measure(List<Slot> slots, Settings settings);

  /**
   * What has turns of its own.
   *
   * @param cell without its profile
   * @param arm label of its arm, where the suite's arms are more than states of the machine ({@link
   *     dev.bpfgauge.model.SuiteWords#arms}); else empty
   * @param injectNanos busy delay in each operation, 0 for none
   * @param copy tells apart what would be equal: an arm that repeats another
   */
  record Slot(Cell cell, String arm, long injectNanos, int copy) {}

  /** What became of a slot. */
  sealed interface Taken {}

  /** It had turns, and every operation's result was right. */
  record Had(Turns turns) implements Taken {}

  /** It had none of a millisecond; what became of it all the same. */
  record Not(Outcome outcome) implements Taken {}
}
