package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.ffm.Uapi;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was seen over a while, and what stands out in it: a pure function of the looks.
 *
 * @param whole from the first look to the last
 * @param each between two looks, in order
 * @param before when the programs of the first look were loaded, which names them for good
 */
public record Audit(TopView whole, List<TopView> each, Set<Long> before) {
  /** A map that is so full is near its end. */
  static final double NEARLY_FULL = 0.9;

  /** Less than so much of a CPU nobody looks for. */
  static final double WORTH_A_LOOK_PERCENT = 1;

  /** A program with so much of a CPU stands out. */
  static final double DEAR_PERCENT = 5;

  private static final Set<String> EVICTING = Set.of("lru_hash", "lru_percpu_hash");
  private static final double PERCENT_A_CPU = 100;

  public Audit {
    each = List.copyOf(each);
    before = Set.copyOf(before);
  }

  /** What stands out. */
  public enum Kind {
    /** The kernel left runs out, so events were not seen. */
    MISSED("misses events"),
    /** A map has no room left. */
    FULL("map full"),
    /** A map has hardly any room left. */
    NEARLY_FULL("map nearly full"),
    /** The way to the program costs more than what it does there. */
    HOT_HOOK("hook costs more than its program"),
    /** Much of a CPU. */
    DEAR("expensive"),
    /** Others time every run. */
    STATISTICS("statistics on"),
    /** Programs that come and go. */
    RESTLESS("programs come and go"),
    /** Nobody who keeps the program alive is seen. */
    UNOWNED("no owner seen");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** In words. */
    public String word() {
      return word;
    }
  }

  /**
   * Something that stands out.
   *
   * @param subject which program, map or process
   * @param sentence what and how much
   */
  public record Standout(Kind kind, String subject, String sentence) {}

  /**
   * Programs of one name that were there for a while only.
   *
   * @param owner of the last of them, in words
   */
  public record Passing(String name, String type, String owner, int seen) {}

  /** What stands out, the worst kind first. */
  public List<Standout> standouts() {
    List<Standout> found = new ArrayList<>();
    whole.rows().stream().filter(row -> !row.ours()).forEach(row -> of(row, found));
    if (!whole.statistics().isEmpty()) {
      found.add(
          new Standout(
              Kind.STATISTICS,
              "run-time statistics",
              "are also switched on by %s: each run of every program takes longer meanwhile."
                  .formatted(String.join(", ", whole.statistics()))));
    }
    int seen = passing().stream().mapToInt(Passing::seen).sum();
    int passing = Math.max(whole.sum().unseen(), seen);
    if (passing > 0) {
      found.add(
          new Standout(
              Kind.RESTLESS,
              passing + (passing == 1 ? " program" : " programs"),
              "came and went within %s; %d of them were seen."
                  .formatted(seconds(whole.seconds()), seen)));
    }
    return found.stream().sorted(Comparator.comparing(Standout::kind)).toList();
  }

  private void of(ProgramRow row, List<Standout> found) {
    if (row.missed().orElse(0) > 0) {
      found.add(
          new Standout(
              Kind.MISSED,
              name(row),
              "missed %d runs in %s, beside %d that took place: on that CPU it, or the kernel on"
                      .formatted(row.missed().getAsLong(), seconds(row.seconds()), row.runs())
                  + " its way to it, was already running."));
    }
    row.maps().stream()
        .filter(map -> map.counted() && map.fill() >= NEARLY_FULL)
        .filter(map -> !EVICTING.contains(map.type()))
        .forEach(map ->
            found.add(
                new Standout(
                    map.fill() >= 1 ? Kind.FULL : Kind.NEARLY_FULL,
                    "map %d %s of %s".formatted(map.id(), map.name(), name(row)),
                    "holds %d of %d entries: %s."
                        .formatted(
                            map.entries().orElse(0),
                            map.mostEntries(),
                            map.fill() >= 1
                                ? "new ones are refused until some are deleted"
                                : "once it is full, new ones are refused"))));
    double way = row.totalPercent() - row.insidePercent();
    if (row.totalPercent() >= WORTH_A_LOOK_PERCENT && way > row.insidePercent()) {
      found.add(
          new Standout(
              Kind.HOT_HOOK,
              name(row),
              "%s of a CPU goes to its hook %s, %s to its own work: a cheaper hook, or one that is hit less often, would save most of it."
                  .formatted(percent(way), row.hookWords(), percent(row.insidePercent()))));
    }
    if (row.totalPercent() >= DEAR_PERCENT) {
      found.add(
          new Standout(
              Kind.DEAR,
              name(row),
              "takes %s of a CPU: %s runs a second of %s ns each%s."
                  .formatted(
                      percent(row.totalPercent()),
                      TopTable.count(row.runsPerSecond()),
                      TopTable.count(
                          row.totalPercent() / PERCENT_A_CPU * 1e9 / row.runsPerSecond()),
                      row.dispatch().knowledge() == ProgramRow.Knowledge.UNKNOWN
                          ? ", without the hook's own cost"
                          : "")));
    }
    boolean kept = !row.holders().isEmpty() || !row.pins().isEmpty();
    if (!kept && row.program().type() != Uapi.BPF_PROG_TYPE_SOCKET_FILTER) {
      found.add(
          new Standout(
              Kind.UNOWNED,
              name(row),
              row.hooks().isEmpty()
                  ? "is held by no process or file that can be seen; another network namespace, or"
                      + " a program that calls it, may hold it."
                  : "is attached to %s and held by that alone: the process that attached it is"
                          .formatted(row.hookWords())
                      + " gone, or is in another PID namespace."));
    }
  }

  /** Those that were not there in the first look and are not there in the last. */
  public List<Passing> passing() {
    Set<Long> last =
        whole.rows().stream().map(row -> row.program().loadedAtNanos()).collect(Collectors.toSet());
    Map<Long, ProgramRow> gone = new TreeMap<>();
    for (TopView view : each) {
      for (ProgramRow row : view.rows()) {
        long loaded = row.program().loadedAtNanos();
        if (!last.contains(loaded) && !before.contains(loaded)) {
          gone.put(loaded, row);
        }
      }
    }
    Map<String, Passing> byName = new LinkedHashMap<>();
    for (ProgramRow row : gone.values()) {
      Passing one =
          new Passing(row.program().name(), row.program().typeWord(), row.ownerWords(), 1);
      byName.merge(
          one.name + "\n" + one.type,
          one,
          (before, now) -> new Passing(now.name, now.type, now.owner, before.seen + 1));
    }
    return List.copyOf(byName.values());
  }

  static String name(ProgramRow row) {
    String owner = row.ownerWords();
    return "program %d %s%s"
        .formatted(
            row.id(),
            row.program().name().isEmpty() ? "(no name)" : row.program().name(),
            owner.isEmpty() ? "" : " of " + owner);
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f %%", value);
  }

  private static String seconds(double seconds) {
    return Math.round(seconds) + " s";
  }
}
