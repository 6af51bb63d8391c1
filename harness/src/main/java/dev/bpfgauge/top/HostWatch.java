package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.Attachments;
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
import dev.bpfgauge.libbpf.TcFilters;
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

  /** BPF_PROG_TYPE_… that are attached to control groups: skb, sock, sock_ops, device, … */
  private static final Set<Integer> ON_CGROUPS = Set.of(8, 9, 13, 15, 18, 23, 25);

  private static final int XDP = 6;

  /** BPF_PROG_TYPE_… on network devices: sched_cls, sched_act, xdp. */
  private static final Set<Integer> ON_DEVICES = Set.of(3, 4, XDP);

  /** enum bpf_attach_type of control groups. */
  private static final List<Integer> CGROUP_TYPES =
      List.of(0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 29, 30, 31, 32, 34);

  private final KernelTypes types = new KernelTypes();
  private final HostPlaces places = new HostPlaces();
  private final ProgramReader reader = new ProgramReader(types);
  private final LinkReader links = new LinkReader(types, places);
  private final Map<Integer, ProgramFacts> programs = new HashMap<>();
  private final Map<Integer, LoadedLink> linksById = new HashMap<>();
  private final SortedMap<Integer, HostLook.MapSeen> maps = new TreeMap<>();
  private final Map<Integer, List<LoadedLink>> withoutLink = new HashMap<>();
  private final Set<Integer> askedWithoutLink = new HashSet<>();
  private final Set<Integer> ours = new HashSet<>();
  private final List<String> notes = new ArrayList<>();
  private @Nullable MapFills fills;
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
      Set<Integer> before = watch.idsNow();
      watch.openFills();
      Set<Integer> after = watch.idsNow();
      after.removeAll(before);
      watch.ours.addAll(after);
      return watch;
    } catch (RuntimeException e) {
      watch.close();
      throw e;
    }
  }

  private Set<Integer> idsNow() {
    Set<Integer> ids = new HashSet<>();
    for (int id : reader.ids()) {
      ids.add(id);
    }
    return ids;
  }

  private void openFills() {
    try {
      fills = MapFills.open();
    } catch (BpfException e) {
      noFills =
          "how many entries maps hold is not told, as Linux 6.6 and newer do: %s."
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
      attachmentsWithoutLink();
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
      noLinks = "this kernel does not tell of links (Linux 5.8): hooks are those of perf events.";
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
      noFills = "how many entries maps hold is not told: " + e.errnoName() + ".";
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
          "%d processes or mounts may not be looked into: a program of theirs shows no owner."
              .formatted(holdings.unseen()));
    }
  }

  /** Programs that have a link. */
  private Set<Integer> linked() {
    Set<Integer> linked = new HashSet<>();
    linksById.values().forEach(link -> linked.add(link.programId()));
    return linked;
  }

  /** Control groups and devices are asked once for a program whose hook is not known. */
  private void attachmentsWithoutLink() {
    Set<Integer> linked = linked();
    withoutLink.keySet().retainAll(programs.keySet());
    askedWithoutLink.retainAll(programs.keySet());
    Set<Integer> open = new HashSet<>();
    for (ProgramFacts program : programs.values()) {
      boolean onDevice = ON_DEVICES.contains(program.type());
      boolean asks = onDevice || ON_CGROUPS.contains(program.type());
      boolean unknown = program.type() == XDP || !linked.contains(program.id());
      if (asks && unknown && askedWithoutLink.add(program.id())) {
        open.add(program.id());
      }
    }
    if (open.stream().anyMatch(id -> ON_DEVICES.contains(typeOf(id)))) {
      HostPlaces.devices()
          .forEach((ifindex, name) -> {
            Attachments.ofDevice(ifindex, name).ifPresent(this::addOnce);
            TcFilters.of(ifindex, name).forEach(this::addOnce);
          });
    }
    if (open.stream().anyMatch(id -> ON_CGROUPS.contains(typeOf(id)))) {
      for (Path folder : places.cgroups()) {
        Attachments.ofCgroup(folder, CGROUP_TYPES, places.name(folder)).stream()
            .filter(link -> open.contains(link.programId()))
            .forEach(this::addOnce);
      }
    }
  }

  private int typeOf(int id) {
    ProgramFacts program = programs.get(id);
    return program == null ? 0 : program.type();
  }

  private void addOnce(LoadedLink link) {
    List<LoadedLink> some = withoutLink.computeIfAbsent(link.programId(), _ -> new ArrayList<>());
    if (!some.contains(link)) {
      some.add(link);
    }
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
                Hooks.of(
                    program,
                    hooks.getOrDefault(id, List.of()),
                    withoutLink.getOrDefault(id, List.of())),
                List.copyOf(holders.getOrDefault(id, List.of())),
                List.copyOf(pins.getOrDefault(id, List.of())),
                ours.contains(id)));
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
