package dev.bpfgauge.suite;

import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * What an arm of a suite keeps in force while its cells are measured: tools attached, a scheduler.
 * Closing it ends that.
 */
public interface Held extends AutoCloseable {

  /** Measures a cell meanwhile; what goes wrong is an outcome with one sentence. */
  Outcome attempt(Cell cell, Settings settings);

  /**
   * Measures cells of several arms in turns, where {@link Holder#takesTurns}.
   *
   * @param order by which chance orders the turns
   * @return what became of each, in the same order
   */
  default List<Outcome> attempt(List<Cell> cells, Settings settings, Random order) {
    throw new IllegalStateException("the arms of " + cells + " take no turns");
  }

  @Override
  void close();

  /** How a suite's arms are brought into force. */
  interface Holder {

    /** Before the profile's load: under one that takes every CPU it would need long to start. */
    default boolean isBeforeTheLoad() {
      return false;
    }

    /** What is measured is itself the load: nothing is asked of the machine in addition. */
    default boolean isTheLoad() {
      return false;
    }

    /**
     * Whether arms differ in nothing that is held, so that one of them is held for all, and the
     * forks of a process are measured in turns.
     *
     * @param folder the run's
     */
    default boolean takesTurns(Path folder) {
      return false;
    }

    /**
     * Brings an arm into force.
     *
     * @param label the arm's
     * @throws UnavailableException where this machine cannot; nothing is left
     */
    Held hold(String label, Ground ground) throws UnavailableException, InterruptedException;

    /**
     * Takes away what its loads left.
     *
     * @param folder the run's
     * @param work where loads put their files
     */
    void cleanUp(Path folder, Path work);
  }

  /**
   * What arms are held on.
   *
   * @param labels of all arms of the plan
   * @param injectNanos deliberate delays by label, in nanoseconds
   * @param folder the run's
   * @param work where loads put their files
   * @param log what programs complain
   * @param mark variables of an arm's processes, by which they are ended where this one is killed
   * @param setter changes settings of the machine
   * @param joules the packages' energy since it was asked for last; NaN where nothing tells
   */
  record Ground(
      List<String> labels,
      Map<String, Long> injectNanos,
      Path folder,
      Path work,
      Path log,
      Map<String, String> mark,
      Setter setter,
      DoubleSupplier joules) {}

  /** Changes settings of the machine, which are put back behind the arm, however this ends. */
  interface Setter {
    /**
     * Writes a file below /sys or /proc/sys.
     *
     * @return what it reads then, which the kernel may have rounded
     * @throws IOException where it cannot be read or written
     */
    String set(Path file, String value) throws IOException;
  }

  /** Why this machine cannot hold an arm, as one sentence with the fix. */
  final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String reason) {
      super(reason);
    }
  }
}
