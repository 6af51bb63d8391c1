package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an operation stands on, measured in the same run on the same arm: the benchmark loop, a
 * native call that does nothing, a cheap system call, a bpf(2) that is refused at once, and the
 * operation itself. Each step's increment is what that layer adds; the increments of a ladder add
 * up to the operation's time, for all of them come from the same rounds.
 *
 * @param operation the cell on top
 * @param rounds rounds in which every step has an OK fork
 * @param steps from the ground up, the operation last
 * @param missing steps without a usable fork on this arm; the step above them carries their share
 */
public record FloorLadder(Cell operation, int rounds, List<Step> steps, List<String> missing) {

  /** The steps below an operation, cheapest first. */
  public static final List<String> FLOOR =
      List.of("floor.empty", "floor.ffm", "floor.getppid", "floor.bpf-refused");

  public FloorLadder {
    steps = List.copyOf(steps);
    missing = List.copyOf(missing);
  }

  /**
   * One layer. An increment below zero is possible where two layers cost about the same; its
   * interval says so.
   *
   * @param cell what was measured
   * @param nanosPerOp mean over the ladder's rounds
   * @param incrementNanos mean of this step minus the one below, paired by round; of the lowest
   *     step its own time
   * @param increment95 95 % t-interval of the increment, absent below five rounds
   */
  public record Step(
      Cell cell, double nanosPerOp, double incrementNanos, @Nullable Interval increment95) {}

  /**
   * The ladders of a run: one for each measured cell of suite {@code maps} that makes one call an
   * operation from Java.
   *
   * @return in plan order
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public static List<FloorLadder> of(RunData run) {
    RoundMeans rounds = RoundMeans.of(run);
    return rounds.cells().stream()
        .filter(FloorLadder::standsOnTheFloor)
        .flatMap(cell -> of(rounds, cell).stream())
        .toList();
  }

  /**
   * Batches and reads of mapped memory are no call for each element, C needs no FFM, and the
   * published loop times more than its calls.
   */
  private static boolean standsOnTheFloor(Cell cell) {
    return SuiteWords.isCalled(cell, SuiteWords.MapsCalled.FROM_USER_SPACE)
        && cell.param("batch").isEmpty()
        && !cell.benchmark().endsWith(".mmap-read")
        && (cell.param("runtime").isEmpty() || cell.param("runtime").equals("java"));
  }

  private static Optional<FloorLadder> of(RoundMeans rounds, Cell operation) {
    List<Cell> cells = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    SortedSet<Integer> common = new TreeSet<>(rounds.of(operation).keySet());
    for (String benchmark : FLOOR) {
      Cell step = new Cell(Cell.FLOOR, benchmark, Map.of(), operation.profile());
      if (rounds.of(step).isEmpty()) {
        missing.add(benchmark);
      } else {
        cells.add(step);
        common.retainAll(rounds.of(step).keySet());
      }
    }
    cells.add(operation);
    if (common.isEmpty() || cells.size() == 1) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    double[] below = new double[0];
    for (Cell cell : cells) {
      double[] times = common.stream().mapToDouble(rounds.of(cell)::get).toArray();
      steps.add(below.length == 0 ? ground(cell, times) : step(cell, times, below));
      below = times;
    }
    return Optional.of(new FloorLadder(operation, common.size(), steps, missing));
  }

  private static Step ground(Cell cell, double[] times) {
    ForkStatistics statistics = ForkStatistics.of(times);
    return new Step(cell, statistics.mean(), statistics.mean(), statistics.interval95());
  }

  private static Step step(Cell cell, double[] times, double[] below) {
    PairedDifference added = PairedDifference.of(times, below);
    return new Step(cell, ForkStatistics.mean(times), added.mean(), added.interval95());
  }
}
