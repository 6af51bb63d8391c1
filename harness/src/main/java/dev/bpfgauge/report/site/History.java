package dev.bpfgauge.report.site;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.Point;
import dev.bpfgauge.trend.Role;
import dev.bpfgauge.trend.Series;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Store.DamagedException;
import dev.bpfgauge.trend.StoredRun;
import dev.bpfgauge.trend.Trend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One history of the site: nights of one fingerprint, and with it of one clock, up to the newest
 * that measured its cells.
 *
 * @param trend what it says; its cells are those that no newer night of the fingerprint has
 * @param nights the nights that have a point of these cells, oldest first
 * @param fingerprint the parts of the fingerprint
 * @param names what its cells are called
 * @param file its page
 */
record History(
    Trend trend,
    List<StoredRun> nights,
    SortedMap<String, String> fingerprint,
    CellNames names,
    String file) {

  /** Every history of a store, the one with the newest night first. Every cell is in one. */
  static List<History> all(Store store, List<StoredRun> runs, List<Anchor> anchors)
      throws DamagedException {
    Set<String> fingerprints = new LinkedHashSet<>();
    runs.reversed().stream()
        .filter(run -> run.role() == Role.NIGHT)
        .forEach(run -> fingerprints.add(run.fingerprint()));
    List<History> all = new ArrayList<>();
    for (String fingerprint : fingerprints) {
      addAll(all, store, runs, fingerprint, anchors);
    }
    all.sort((a, b) -> b.trend().newest().startedAt().compareTo(a.trend().newest().startedAt()));
    return all;
  }

  private static void addAll(
      List<History> all,
      Store store,
      List<StoredRun> runs,
      String fingerprint,
      List<Anchor> anchors)
      throws DamagedException {
    Map<Cell, Long> last = new LinkedHashMap<>();
    for (Series series : store.series(fingerprint)) {
      if (series.role() == Role.NIGHT) {
        store.points(series, 1).forEach(point -> last.put(series.cell(), point.run()));
      }
    }
    SortedMap<String, String> parts = store.fingerprint(fingerprint);
    Set<Cell> shown = new HashSet<>();
    for (StoredRun run : runs.reversed()) {
      boolean isLast =
          last.entrySet().stream()
              .anyMatch(cell -> cell.getValue() == run.key() && !shown.contains(cell.getKey()));
      if (run.role() == Role.NIGHT && isLast) {
        Trend trend = without(shown, Trend.of(store, runs, run, anchors));
        trend.cells().forEach(cell -> shown.add(cell.cell()));
        all.add(of(trend, parts));
      }
    }
  }

  private static Trend without(Set<Cell> shown, Trend trend) {
    return new Trend(
        trend.newest(),
        trend.nights(),
        trend.withoutFigure(),
        trend.changed(),
        trend.anchor(),
        trend.correction(),
        trend.canary(),
        trend.repeats(),
        trend.cells().stream().filter(cell -> !shown.contains(cell.cell())).toList());
  }

  private static History of(Trend trend, SortedMap<String, String> fingerprint) {
    Set<Long> measured =
        trend.cells().stream()
            .flatMap(cell -> cell.nights().stream())
            .map(Point::run)
            .collect(Collectors.toSet());
    return new History(
        trend,
        trend.nights().stream().filter(night -> measured.contains(night.key())).toList(),
        fingerprint,
        new CellNames(trend.cells().stream().map(CellTrend::cell).toList()),
        SiteNames.trend(trend.newest().fingerprint(), suites(trend)));
  }

  private static TreeSet<String> suites(Trend trend) {
    return trend.cells().stream()
        .map(cell -> cell.cell().suite())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  TreeSet<String> suites() {
    return suites(trend);
  }

  /** What the figures count. */
  String unit() {
    return trend.newest().clock().replace("nanoseconds", "ns");
  }

  /**
   * Whether another one went on where this ended: it counts the same, began after this one's last
   * night, and has one of its suites. Two machines that take turns each keep their own.
   */
  boolean isOver(List<History> all) {
    return all.stream()
        .filter(other -> other.trend().newest().clock().equals(trend.newest().clock()))
        .filter(other -> other.suites().stream().anyMatch(suites()::contains))
        .anyMatch(
            other -> other.nights().getFirst().startedAt().isAfter(nights.getLast().startedAt()));
  }

  /** Whether no cell has the nights that a baseline needs. */
  boolean isYoung() {
    return trend.cells().stream()
        .map(CellTrend::rolling)
        .allMatch(rolling -> rolling == null || rolling.nights() < NightComparison.ENOUGH_NIGHTS);
  }

  boolean isLab() {
    return fingerprint.containsKey("clock");
  }

  /** The machine in a few words. */
  String machine() {
    String processor = fingerprint.getOrDefault("cpu", "");
    String kernel = fingerprint.getOrDefault("kernel", "");
    List<String> parts = new ArrayList<>();
    if (isLab()) {
      List<String> kernels =
          fingerprint.keySet().stream()
              .filter(part -> part.matches("kernel \\d.*"))
              .map(part -> part.substring("kernel ".length()))
              // One that is named twice is one kernel.
              .filter(name -> !name.matches(".+#\\d+"))
              .sorted(CellNames::compareNatural)
              .toList();
      parts.add("Lab guests" + (kernels.isEmpty() ? "" : " with Linux " + Words.list(kernels)));
    } else if (!processor.isEmpty()) {
      parts.add(processor);
    }
    if (!kernel.isEmpty()) {
      parts.add("Linux " + kernel.split(" ", 2)[0]);
    }
    if (parts.isEmpty()) {
      parts.add("machine " + trend.newest().fingerprint());
    }
    return String.join(", ", parts);
  }

  String name(CellTrend cell) {
    return names.name(cell.cell()) + ", " + cell.cell().profile();
  }

  String page(CellTrend cell) {
    return SiteNames.cell(trend.newest().fingerprint(), cell.cell());
  }

  /** The night of a point; absent for a run that was taken out. */
  Optional<StoredRun> night(long run) {
    return nights.stream().filter(night -> night.key() == run).findFirst();
  }
}
