package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a run is still open: each arm against the first, and on the first arm the kinds of maps
 * that a reader chooses between. What is measured to be held against, such as the floor, asks
 * nothing; nor does what more rounds cannot help: cells that they do not have, and cells without a
 * pair of rounds.
 *
 * @param asked how many questions there are
 * @param open how many of them have no answer yet
 * @param cells what the open ones rest on
 */
public record OpenVerdicts(int asked, int open, Set<Cell> cells) {

  /** Kinds of maps that a reader chooses between: the second is the one known from elsewhere. */
  public static final List<List<String>> CHOICES =
      List.of(
          List.of("array", "hash"),
          List.of("percpu-hash", "hash"),
          List.of("percpu-array", "array"));

  public OpenVerdicts {
    cells = Set.copyOf(cells);
  }

  /**
   * Those whose verdict is inconclusive.
   *
   * @param goOn the cells that further rounds have
   */
  public static OpenVerdicts undecided(RunData run, Set<Cell> goOn) {
    return of(run, goOn, 0);
  }

  /**
   * Those whose interval is wider than that, and the figures whose own interval is. A net cost that
   * is not told from zero has no share to hold against, and is left out.
   *
   * @param goOn the cells that further rounds have
   * @param share of the value, to each side, e.g. 0.05
   */
  public static OpenVerdicts widerThan(double share, RunData run, Set<Cell> goOn) {
    return of(run, goOn, share);
  }

  private static OpenVerdicts of(RunData run, Set<Cell> goOn, double share) {
    RoundMeans rounds = RoundMeans.of(run);
    Count count = new Count();
    for (CellComparison compared : RunAnalysis.of(run).comparisons()) {
      if (goOn.contains(compared.subject())
          && !isReference(compared.subject())
          && compared.pairs() > 1) {
        count.add(
            share == 0
                ? compared.verdict() == Verdict.INCONCLUSIVE
                : isWide(compared.interval95(), compared.ratio(), share),
            compared.subject(),
            compared.reference());
      }
    }
    for (Cell cell : rounds.cells()) {
      if (!goOn.contains(cell) || isReference(cell)) {
        continue;
      }
      if (share > 0) {
        CellSummary summary = rounds.summary(cell);
        if (summary.forks() > 1 && summary.isResolved()) {
          count.add(isWide(summary.interval95(), summary.mean(), share), cell);
        }
      } else if (isOfFirstArm(run, cell) && isOnEveryArm(run, rounds, cell)) {
        choices(rounds, cell).forEach(count::add);
      }
    }
    return new OpenVerdicts(count.asked, count.open, count.cells);
  }

  private static final class Count {
    private int asked;
    private int open;
    private final Set<Cell> cells = new LinkedHashSet<>();

    void add(boolean isOpen, Cell... cellsOfIt) {
      asked++;
      if (isOpen) {
        open++;
        cells.addAll(List.of(cellsOfIt));
      }
    }

    void add(Choice choice) {
      add(choice.isOpen, choice.subject, choice.reference);
    }
  }

  private record Choice(boolean isOpen, Cell subject, Cell reference) {}

  /** The choices in which a cell is the first. */
  private static List<Choice> choices(RoundMeans rounds, Cell cell) {
    List<Choice> choices = new ArrayList<>();
    for (List<String> pair : CHOICES) {
      Cell reference = cell.with("map", pair.get(1));
      if (cell.param("map").equals(pair.get(0))
          && SuiteWords.isCalled(cell, MapsCalled.FROM_USER_SPACE)
          && !rounds.forks(reference).isEmpty()) {
        PairedComparison compared = rounds.compare(cell, reference);
        if (compared.pairs() > 1) {
          choices.add(new Choice(compared.verdict() == Verdict.INCONCLUSIVE, cell, reference));
        }
      }
    }
    return choices;
  }

  private static boolean isOfFirstArm(RunData run, Cell cell) {
    return cell.profile().equals(run.info().plan().arms().getFirst().label());
  }

  /** What is on the first arm alone keeps others company. */
  private static boolean isOnEveryArm(RunData run, RoundMeans rounds, Cell cell) {
    return run.info().plan().arms().stream()
        .allMatch(
            arm -> !arm.unavailable().isEmpty() || !rounds.forks(cell.on(arm.label())).isEmpty());
  }

  private static boolean isReference(Cell cell) {
    return SuiteWords.named(cell.suite()).filter(SuiteWords::isReference).isPresent()
        || RunAnalysis.isAnswer(cell);
  }

  private static boolean isWide(@Nullable Interval interval, double value, double share) {
    return interval == null
        || interval.high() > value * (1 + share)
        || interval.low() < value / (1 + share);
  }
}
