package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.KernelTypes;
import dev.bpfgauge.libbpf.LinkReader;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.LoadedMap;
import dev.bpfgauge.libbpf.MapFills;
import dev.bpfgauge.libbpf.MapReader;
import dev.bpfgauge.libbpf.ProcessClock;
import dev.bpfgauge.libbpf.ProgramFacts;
import dev.bpfgauge.libbpf.ProgramReader;
import dev.bpfgauge.libbpf.RunCount;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all programs of this host, again and again. What does not change is read once; who keeps
 * a program alive is looked for when there are new ones, and so seldom that it takes no more than a
 * hundredth of a CPU. Run-time statistics are on from the first look after {@link #switchOn} until
 * {@link #switchOff}, and end with this process however it ends. For one thread.
 */
public final class HostWatch implements AutoCloseable {
  private static final Path SETTING = Path.of("/proc/sys/kernel/bpf_stats_enabled");
  private static final int CLOCK_BOOTTIME = 7;

  /** Memory and fill of maps, and links that may have got another program, are read so seldom. */
  private static final int SELDOM = 5;

  /** A walk over all descriptors waits so many times as long as it took. */
  private static final int REST = 100;

  /** Even where nothing new came: somebody else may have opened it. */
  private static final long AT_LATEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** BPF_MAP_TYPE_… of sockets: sockmap, sockhash. */
  private static final Set<Integer> SOCKET_MAPS = Set.of(15, 18);

  private final KernelTypes types = new KernelTypes();
  private final HostPlaces places = new HostPlaces();
  private final ProgramReader reader = new ProgramReader(types);
  private final LinkReader links = new LinkReader(types, places);
  private final Map<Integer, ProgramFacts> programs = new HashMap<>();
  private final Map<Integer, LoadedLink> linksById = new HashMap<>();
  private final SortedMap<Integer, HostLook.MapSeen> maps = new TreeMap<>();
  private final UnlinkedHooks unlinked = new UnlinkedHooks(places);
  private final List<String> notes = new ArrayList<>();
  private @Nullable MapFills fills;
  private int ours; // id of the program that it loaded; 0 without one
  private String noFills = "";
  private String noLinks = "";
  private Holdings holdings = Holdings.NONE;
  private Set<Integer> linkedAtScan = Set.of();
  private long scannedAt;
  private long scanNanos;
  private int looks;
  private int newestId;
  private double statisticsNanos = Double.NaN;
  private @Nullable RunTimeStats statistics;

  private HostWatch() {}

  /**
   * Makes ready to look.
   *
   * @throws BpfException without CAP_SYS_ADMIN
   */
  public static HostWatch open() {
    HostWatch watch = new HostWatch();
    try {
      watch.statisticsNanos = StatisticsCost.nanosPerRun();
      watch.openFills();
      return watch;
    } catch (RuntimeException e) {
      watch.close();
      throw e;
    }
  }

  private void openFills() {
    try {
      fills = MapFills.open();
      ours = fills.programId();
    } catch (BpfException e) {
      noFills =
          "how many entries maps hold is not known, which Linux 6.6 and newer tell: %s."
              .formatted(e.errno() == 0 ? e.getMessage() : e.call() + ", " + e.errnoName());
    }
  }

  /**
   * Switches run-time statistics on; nothing where they are.
   *
   * @throws BpfException where this kernel has none, or the right is missing
   */
  public void switchOn() {
    if (statistics == null) {
      statistics = RunTimeStats.enable();
    }
  }

  /** Whether it has them on. */
  boolean isOn() {
    return statistics != null;
  }

  /** Switches them off again, unless somebody else has them on. */
  public void switchOff() {
    if (statistics != null) {
      statistics.close();
      statistics = null;
    }
  }

  /** Looks at everything. */
  HostLook look() {
    notes.clear();
    long at = System.nanoTime();
    Instant time = Instant.now();
    Map<Integer, RunCount> counts = counts();
    boolean whole = looks % SELDOM == 0;
    boolean anyNew = programs(counts);
    anyNew |= links(whole);
    maps(whole);
    scan(anyNew);
    if (anyNew || whole) {
      unlinked.ask(withoutLink(), socketMaps());
    }
    if (!unlinked.note().isEmpty()) {
      notes.add(unlinked.note());
    }
    looks++;
    return new HostLook(
        time,
        at,
        bootAhead(),
        seen(counts),
        new TreeMap<>(maps),
        newestId,
        statisticsOfOthers(),
        statisticsNanos,
        ProcessClock.cpuNanos(ProcessHandle.current().pid()).orElse(0),
        List.copyOf(notes));
  }

  private Map<Integer, RunCount> counts() {
    Map<Integer, RunCount> counts = new TreeMap<>();
    for (int id : reader.ids()) {
      newestId = Math.max(newestId, id);
      reader.count(id).ifPresent(count -> counts.put(id, count));
    }
    return counts;
  }

  /** Whether there are new ones. */
  private boolean programs(Map<Integer, RunCount> counts) {
    programs.keySet().retainAll(counts.keySet());
    boolean anyNew = false;
    for (RunCount count : counts.values()) {
      ProgramFacts known = programs.get(count.id());
      if (known == null || known.loadedAtNanos() != count.loadedAtNanos()) {
        programs.remove(count.id());
        reader.program(count.id()).ifPresent(program -> programs.put(count.id(), program));
        anyNew = true;
      }
    }
    return anyNew;
  }

  private boolean links(boolean whole) {
    if (!noLinks.isEmpty()) {
      notes.add(noLinks);
      return false;
    }
    Set<Integer> now = new HashSet<>();
    boolean anyNew = false;
    try {
      for (int id : links.ids()) {
        now.add(id);
        if (whole || !linksById.containsKey(id)) {
          anyNew |= !linksById.containsKey(id);
          links.link(id).ifPresent(link -> linksById.put(id, link));
        }
      }
    } catch (BpfException e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
      noLinks = "this kernel does not list links (Linux 5.8 does): hooks are those of perf events.";
    }
    linksById.keySet().retainAll(now);
    return anyNew;
  }

  private void maps(boolean whole) {
    Set<Integer> now = new HashSet<>();
    Map<Integer, Long> entries = whole ? entries() : Map.of();
    if (fills == null) {
      notes.add(noFills);
    }
    for (int id : MapReader.ids()) {
      now.add(id);
      if (whole || !maps.containsKey(id)) {
        MapReader.map(id).ifPresent(map -> maps.put(id, seen(id, map, entries)));
      }
    }
    maps.keySet().retainAll(now);
  }

  private HostLook.MapSeen seen(int id, LoadedMap map, Map<Integer, Long> entries) {
    boolean counted = MapFills.isCounted(map.info().type());
    return new HostLook.MapSeen(
        map, counted ? entries.getOrDefault(id, HostLook.MapSeen.UNTOLD) : HostLook.MapSeen.UNTOLD);
  }

  private Map<Integer, Long> entries() {
    if (fills == null) {
      return Map.of();
    }
    try {
      return fills.entries();
    } catch (BpfException e) {
      noFills = "how many entries maps hold is not known: " + e.errnoName() + ".";
      fills.close();
      fills = null;
      return Map.of();
    }
  }

  private void scan(boolean anyNew) {
    long now = System.nanoTime();
    long since = now - scannedAt;
    boolean first = looks == 0;
    if (first || (since > REST * scanNanos && (anyNew || since > AT_LATEST_NANOS))) {
      holdings = HoldingsScan.scan();
      linkedAtScan = linked();
      scannedAt = System.nanoTime();
      scanNanos = scannedAt - now;
    }
    if (holdings.unseen() > 0) {
      notes.add(
          "%d processes or mounts cannot be looked into: programs of theirs show no owner."
              .formatted(holdings.unseen()));
    }
  }

  /** Programs that have a link. */
  private Set<Integer> linked() {
    Set<Integer> linked = new HashSet<>();
    linksById.values().forEach(link -> linked.add(link.programId()));
    return linked;
  }

  /** Programs whose hook only its place may tell; of XDP it tells the mode, which links do not. */
  private Map<Integer, Integer> withoutLink() {
    Set<Integer> linked = linked();
    Map<Integer, Integer> open = new HashMap<>();
    for (ProgramFacts program : programs.values()) {
      boolean unknown = program.type() == UnlinkedHooks.XDP || !linked.contains(program.id());
      if (unknown && UnlinkedHooks.isPossible(program.type())) {
        open.put(program.id(), program.type());
      }
    }
    return open;
  }

  private List<Integer> socketMaps() {
    return maps.entrySet().stream()
        .filter(map -> SOCKET_MAPS.contains(map.getValue().map().info().type()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private SortedMap<Integer, HostLook.Seen> seen(Map<Integer, RunCount> counts) {
    Map<Integer, List<LoadedLink>> hooks = new HashMap<>();
    Map<Integer, List<Holder>> holders = new HashMap<>();
    Map<Integer, List<String>> pins = new HashMap<>();
    for (LoadedLink link : linksById.values()) {
      add(hooks, link.programId(), List.of(link));
      add(holders, link.programId(), holdings.ofLinks().getOrDefault(link.id(), List.of()));
      add(pins, link.programId(), holdings.pinnedLinks().getOrDefault(link.id(), List.of()));
    }
    Set<Integer> linked = linked();
    for (Holdings.PerfEventUse use : holdings.perfEvents()) {
      if (linkedAtScan.contains(use.hook().programId())
          && !linked.contains(use.hook().programId())) {
        continue; // Its link is gone, and the perf event with it.
      }
      add(hooks, use.hook().programId(), List.of(use.hook()));
      add(holders, use.hook().programId(), List.of(use.holder()));
    }
    holdings.ofPrograms().forEach((id, some) -> add(holders, id, some));
    holdings.pinnedPrograms().forEach((id, some) -> add(pins, id, some));
    SortedMap<Integer, HostLook.Seen> seen = new TreeMap<>();
    counts.forEach((id, count) -> {
      ProgramFacts program = programs.get(id);
      if (program != null) {
        seen.put(
            id,
            new HostLook.Seen(
                program,
                count,
                Hooks.of(program, hooks.getOrDefault(id, List.of()), unlinked.of(id)),
                List.copyOf(holders.getOrDefault(id, List.of())),
                List.copyOf(pins.getOrDefault(id, List.of())),
                id == ours));
      }
    });
    return seen;
  }

  private static <T> void add(Map<Integer, List<T>> all, int id, List<T> more) {
    List<T> some = all.computeIfAbsent(id, _ -> new ArrayList<>());
    more.stream().filter(one -> !some.contains(one)).forEach(some::add);
  }

  private List<String> statisticsOfOthers() {
    List<String> others = new ArrayList<>();
    if (setting().equals("1")) {
      others.add("the setting kernel.bpf_stats_enabled");
    }
    holdings
        .statistics()
        .forEach(holder -> others.add("%s (%d)".formatted(holder.command(), holder.pid())));
    return others;
  }

  private static String setting() {
    try {
      return ForeignText.read(SETTING).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static long bootAhead() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
      LibC.clock_gettime(Errno.allocate(arena), CLOCK_BOOTTIME, time);
      long boot =
          TimeUnit.SECONDS.toNanos(time.getAtIndex(ValueLayout.JAVA_LONG, 0))
              + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
      return boot - System.nanoTime();
    }
  }

  @Override
  public void close() {
    switchOff();
    Optional.ofNullable(fills).ifPresent(MapFills::close);
    links.close();
    reader.close();
    types.close();
  }
}
