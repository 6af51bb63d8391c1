package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.MapReader;
import dev.bpfgauge.libbpf.RunCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be shown between two looks: a pure function of them.
 *
 * @param time wall clock at the second look
 * @param seconds between them
 * @param rows a program each, by id
 * @param sum over the rows
 * @param dispatch what is known of hooks
 * @param own what looking costs
 * @param statistics who besides has run-time statistics on
 * @param notes what could not be seen, a sentence each
 */
public record TopView(
    Instant time,
    double seconds,
    List<ProgramRow> rows,
    Sum sum,
    DispatchCosts dispatch,
    Own own,
    List<String> statistics,
    List<String> notes) {

  public TopView {
    rows = List.copyOf(rows);
    statistics = List.copyOf(statistics);
    notes = List.copyOf(notes);
  }

  /**
   * All programs together.
   *
   * @param programs how many there are
   * @param come how many are new since the look before
   * @param gone how many of that look are gone
   * @param unseen how many came and went between the looks
   * @param runsPerSecond of all
   * @param totalPercent of a CPU, as far as hooks are known
   * @param unknownWays programs that ran on hooks whose own cost is not known
   * @param maps how many there are, those of no program included
   * @param mapBytes their memory, each once
   * @param jitedBytes machine code of all programs
   */
  public record Sum(
      int programs,
      int come,
      int gone,
      int unseen,
      double runsPerSecond,
      double totalPercent,
      int unknownWays,
      int maps,
      long mapBytes,
      long jitedBytes) {}

  /**
   * What looking costs.
   *
   * @param percent of a CPU that this process took
   * @param statisticsNanos what run-time statistics add to each run of everybody's programs,
   *     measured before the first look; NaN where that cannot be told
   * @param statisticsPercent of a CPU that they take so
   */
  public record Own(double percent, double statisticsNanos, double statisticsPercent) {}

  /** Between two looks, the first of which is the older. */
  static TopView between(HostLook before, HostLook after, DispatchCosts costs) {
    return of(before, after, costs, true);
  }

  /** One look, without rates. */
  static TopView of(HostLook look, DispatchCosts costs) {
    return of(look, look, costs, false);
  }

  private static TopView of(HostLook before, HostLook after, DispatchCosts costs, boolean counted) {
    Map<Integer, List<Integer>> users = users(after);
    List<ProgramRow> rows = new ArrayList<>();
    for (HostLook.Seen seen : after.programs().values()) {
      rows.add(row(before, after, seen, costs, users, counted));
    }
    double seconds = (after.atNanos() - before.atNanos()) / 1e9;
    double runs = rows.stream().mapToDouble(ProgramRow::runsPerSecond).filter(r -> r > 0).sum();
    Own own =
        new Own(
            counted ? (after.ownCpuNanos() - before.ownCpuNanos()) / seconds / 1e7 : Double.NaN,
            after.statisticsNanos(),
            counted ? runs * after.statisticsNanos() / 1e7 : Double.NaN);
    return new TopView(
        after.time(),
        seconds,
        rows,
        sum(before, after, rows, runs),
        costs,
        own,
        after.statistics(),
        after.notes());
  }

  private static Sum sum(HostLook before, HostLook after, List<ProgramRow> rows, double runs) {
    int come =
        (int) after.programs().values().stream().filter(now -> then(before, now).isEmpty()).count();
    int gone =
        (int)
            before.programs().keySet().stream()
                .filter(id -> !after.programs().containsKey(id))
                .count();
    return new Sum(
        rows.size(),
        come,
        gone,
        Math.max(0, after.newestId() - before.newestId() - come),
        runs,
        rows.stream().mapToDouble(ProgramRow::totalPercent).filter(p -> p > 0).sum(),
        (int)
            rows.stream()
                .filter(row -> row.runs() > 0 && !row.ours())
                .filter(row -> row.dispatch().knowledge() == ProgramRow.Knowledge.UNKNOWN)
                .count(),
        after.maps().size(),
        after.maps().values().stream().mapToLong(m -> m.map().memoryBytes().orElse(0)).sum(),
        rows.stream().mapToLong(row -> row.program().jitedBytes()).sum());
  }

  /** The same program at the look before; empty where it is new. */
  private static Optional<HostLook.Seen> then(HostLook before, HostLook.Seen now) {
    return Optional.ofNullable(before.programs().get(now.program().id()))
        .filter(then -> then.program().loadedAtNanos() == now.program().loadedAtNanos());
  }

  private static ProgramRow row(
      HostLook before,
      HostLook after,
      HostLook.Seen seen,
      DispatchCosts costs,
      Map<Integer, List<Integer>> users,
      boolean counted) {
    RunCount now = seen.count();
    Optional<HostLook.Seen> seenThen = then(before, seen);
    Optional<RunCount> then = seenThen.map(HostLook.Seen::count);
    long since =
        then.map(RunCount::readAtNanos)
            .orElse(Math.max(before.atNanos(), now.loadedAtNanos() - after.bootAheadNanos()));
    return new ProgramRow(
        seen.program(),
        seen.hooks(),
        seen.holders(),
        seen.pins(),
        seen.ours(),
        counted ? Math.max(0, now.readAtNanos() - since) / 1e9 : 0,
        counted ? now.runs() - then.map(RunCount::runs).orElse(0L) : ProgramRow.NOT_COUNTED,
        counted ? now.nanos() - then.map(RunCount::nanos).orElse(0L) : 0,
        way(seen.hooks(), costs),
        missed(seen, seenThen),
        maps(seen, after, users));
  }

  /** Of several hooks the most expensive, as an estimate. */
  private static ProgramRow.HookCost way(List<LoadedLink> hooks, DispatchCosts costs) {
    List<DispatchCosts.Dispatch> known =
        hooks.stream().flatMap(h -> costs.of(h.hook(), h.target()).stream()).toList();
    if (known.isEmpty() || known.size() < hooks.size()) {
      return ProgramRow.HookCost.UNKNOWN;
    }
    DispatchCosts.Dispatch costliest =
        known.stream().max(Comparator.comparingDouble(DispatchCosts.Dispatch::nanos)).orElseThrow();
    boolean alike =
        known.stream().allMatch(way -> !way.estimate() && way.nanos() == costliest.nanos());
    return new ProgramRow.HookCost(
        alike ? ProgramRow.Knowledge.MEASURED : ProgramRow.Knowledge.ESTIMATE, costliest.nanos());
  }

  /** Recursion, and what kprobes lost by themselves. */
  private static OptionalLong missed(HostLook.Seen now, Optional<HostLook.Seen> then) {
    if (now.count().misses().isEmpty() && ofHooks(now.hooks()).isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Math.max(0, misses(now) - then.map(TopView::misses).orElse(0L)));
  }

  private static long misses(HostLook.Seen seen) {
    return seen.count().misses().orElse(0) + ofHooks(seen.hooks()).orElse(0);
  }

  private static OptionalLong ofHooks(List<LoadedLink> hooks) {
    return hooks.stream().anyMatch(hook -> hook.missed().isPresent())
        ? OptionalLong.of(hooks.stream().mapToLong(hook -> hook.missed().orElse(0)).sum())
        : OptionalLong.empty();
  }

  /** Programs by the id of a map that they use. */
  private static Map<Integer, List<Integer>> users(HostLook look) {
    Map<Integer, List<Integer>> users = new HashMap<>();
    look.programs()
        .forEach((id, seen) ->
            seen.program()
                .mapIds()
                .forEach(map -> users.computeIfAbsent(map, _ -> new ArrayList<>()).add(id)));
    return users;
  }

  private static List<ProgramRow.MapUse> maps(
      HostLook.Seen seen, HostLook look, Map<Integer, List<Integer>> users) {
    List<ProgramRow.MapUse> maps = new ArrayList<>();
    for (int id : seen.program().mapIds()) {
      HostLook.MapSeen map = look.maps().get(id);
      if (map != null) {
        List<Integer> sharers = users.getOrDefault(id, List.of());
        maps.add(
            new ProgramRow.MapUse(
                id,
                map.map().info().name(),
                MapReader.typeWord(map.map().info().type()),
                map.map().memoryBytes(),
                map.entries() == HostLook.MapSeen.UNTOLD
                    ? OptionalLong.empty()
                    : OptionalLong.of(map.entries()),
                map.map().info().maxEntries(),
                sharers.size(),
                sharers.getFirst() == seen.program().id()));
      }
    }
    return maps;
  }
}
