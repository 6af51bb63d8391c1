package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend.Confirmation;
import dev.bpfgauge.trend.Store.DamagedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the history says of its newest night, cell by cell. docs/trend.md states the rule.
 *
 * @param newest the night judged
 * @param nights nights of the same fingerprint, oldest first, the newest last
 * @param withoutFigure those nights that have not one good fork, and so do not count
 * @param changed what the fingerprint was before this history began, where there was another: the
 *     one most like it
 * @param anchor the anchor in force; absent where none was set: then the oldest nights are it
 * @param correction how far nights lie apart as measured and corrected by what {@code getppid} took
 *     beside each; absent where too few nights have it
 * @param canary whether a frozen program measured the newest night as well
 * @param repeats repetitions of the newest night
 * @param cells one a cell, by name
 */
public record Trend(
    StoredRun newest,
    List<StoredRun> nights,
    List<StoredRun> withoutFigure,
    List<FingerprintDifference> changed,
    @Nullable Anchor anchor,
    @Nullable Correction correction,
    boolean canary,
    int repeats,
    List<CellTrend> cells) {

  public Trend {
    nights = List.copyOf(nights);
    withoutFigure = List.copyOf(withoutFigure);
    changed = List.copyOf(changed);
    cells = List.copyOf(cells);
  }

  /**
   * The trend up to the newest night in the store.
   *
   * @param anchors all that were ever set
   * @throws Refusal where there is no night
   */
  public static Trend newest(Store store, List<Anchor> anchors) throws DamagedException {
    List<StoredRun> runs = store.runs();
    StoredRun newest =
        runs.stream()
            .filter(run -> run.role() == Role.NIGHT)
            .reduce((_, later) -> later)
            .orElseThrow(() ->
                Refusal.usage(
                    "there is no run in the history; `%s` makes one, `%s FOLDER` reads a folder of them."
                        .formatted(Program.command("run"), Program.command("trend", "import"))));
    return of(store, runs, newest, anchors);
  }

  /**
   * The trend up to a night.
   *
   * @param runs all runs of the store, oldest first
   */
  public static Trend of(Store store, List<StoredRun> runs, StoredRun newest, List<Anchor> anchors)
      throws DamagedException {
    return new NightJudge(
            new StoredNights(store, runs, newest),
            Anchors.inForce(anchors, store.fingerprint(newest.fingerprint())).orElse(null))
        .trend();
  }

  /** Whether the gate fails: a confirmed regression. */
  public boolean failed() {
    return cells.stream().anyMatch(cell -> cell.verdict() == NightVerdict.REGRESSED);
  }

  /** Nights that have a figure. */
  public int countedNights() {
    return nights.size() - withoutFigure.size();
  }

  /** Whether the newest night says something: it has a good fork. */
  public boolean isAnswered() {
    return !withoutFigure.contains(newest);
  }

  /** Cells that look changed and have no repetition yet. */
  public List<Cell> unconfirmed() {
    return cells.stream()
        .filter(cell -> cell.confirmation() == Confirmation.PENDING)
        .map(CellTrend::cell)
        .toList();
  }
}
