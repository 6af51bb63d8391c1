package dev.bpfgauge.run;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.LoadCheck;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** The machine in the state of one arm: its power state set, its load up; closing undoes both. */
interface ArmState extends AutoCloseable {

  /** Why this machine cannot be brought into an arm's state. */
  final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    UnavailableException(String reason) {
      super(reason);
      this.reason = reason;
    }

    /** One sentence with the fix. */
    String reason() {
      return reason;
    }
  }

  /** Brings the machine in a state. */
  interface Source {
    /**
     * Enters the state of an arm.
     *
     * @param label the arm's label
     * @throws UnavailableException where this machine cannot do it; nothing is left changed
     * @throws InterruptedException where the run was cancelled; nothing is left changed
     */
    ArmState enter(String label) throws UnavailableException, InterruptedException;

    /**
     * The same for an arm that takes turns with others: where they differ in settings of the
     * machine, {@link ArmState#pause} puts these back too.
     *
     * @param all the labels of those that take turns
     */
    default ArmState enter(String label, Collection<String> all)
        throws UnavailableException, InterruptedException {
      return enter(label);
    }

    /** Whether arms can be in force by turns, a tenth of a second each; then none is entered. */
    default boolean canTakeTurns(Collection<String> labels) {
      return false;
    }

    /** What tells an arm's state: arms of equal words are in force at the same time. */
    default String stateOf(String label) {
      return label;
    }
  }

  /** What was done to the machine, and what could not be done, as sentences. */
  List<String> notes();

  /**
   * Waits until the load is there, for a bounded time, and proves it.
   *
   * @return the checks, reached or not
   */
  List<LoadCheck> before() throws InterruptedException;

  /** What the load's program said last, where it has ended; empty where it has not. */
  default String lastWords() {
    return "";
  }

  /** Whether there are stressors. */
  default boolean hasLoad() {
    return false;
  }

  /**
   * Stops the stressors where they are, and puts back settings that take turns, until {@link #go};
   * nothing where there are none.
   *
   * @return whether all have stopped; where not, they are about to, and may be asked again
   */
  default boolean pause() {
    return true;
  }

  /** Lets them go on. */
  default void go() {}

  /** How long the load takes after a pause to be as it was. */
  default Duration settling() {
    return Duration.ofMillis(5);
  }

  /** Starts to watch the stressors; ask when the cell's fork is over. */
  During during(Cell cell);

  /** The stressors' own proof over one fork. */
  interface During {
    List<LoadCheck> end();

    /** The same where they worked for a part of the time only. */
    default List<LoadCheck> end(Duration worked) {
      return end();
    }
  }

  /** Ends the load in order, so that the stressors can say how much they did. */
  void finish() throws InterruptedException;

  /** Ends the load and puts the power state back. Never throws; what failed is a note. */
  @Override
  void close();
}
