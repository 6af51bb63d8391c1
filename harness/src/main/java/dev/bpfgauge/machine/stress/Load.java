package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.stress.Profile.Churn;
import dev.bpfgauge.machine.stress.Profile.CpuLoad;
import dev.bpfgauge.model.LoadCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A profile's load while it runs, and the proof that it is really there.
 *
 * <p>Proven before each fork by what the whole system does, during it by what the stressors got;
 * the rules and the figures behind them are in docs/profiles.md. Power states are the host
 * package's.
 *
 * <p>Used by one thread; {@link #close} may come from any.
 */
public final class Load implements AutoCloseable {
  /** For what competes unseen during a fork: its compiler and collector threads, the sampler. */
  private static final double UNSEEN_POINTS = 10;

  private static final Duration WINDOW = Duration.ofMillis(500);

  /** Without load there is nothing to average: two CPUs' ticks of 10 ms resolve 2 points in it. */
  public static final Duration IDLE_WINDOW = Duration.ofMillis(300);

  /** Caches and the scheduler's figures after a load came or went. */
  private static final Duration SETTLING = Duration.ofMillis(5);

  /** A load that takes longer has no turns: most of them would not count. */
  private static final Duration LONGEST_SETTLING = Duration.ofMillis(200);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ALIVE = "stressors alive";
  private static final double MEBI = 1 << 20;

  private final Profile profile;
  private final LoadSettings settings;
  private final Optional<Stressors> stressors;

  /** The processes of the complete load, from the first time it stood. */
  private Set<Long> complete = Set.of();

  private Load(Profile profile, LoadSettings settings, Optional<Stressors> stressors) {
    this.profile = profile;
    this.settings = settings;
    this.stressors = stressors;
  }

  /**
   * How the load was made, for the report.
   *
   * @param command the stress-ng command, empty where the profile asks for no load
   * @param containment what holds the stressors together, and why where it is not a cgroup
   */
  public record Description(List<String> command, String containment) {}

  /** Why this machine cannot carry the profile's load, empty where it can. Starts nothing. */
  public static Optional<String> unavailable(Profile profile, LoadSettings settings) {
    try {
      if (profile.cpu().isPresent()) {
        requireWholeCpus(settings.cpus());
      }
      if (!profile.isWithoutLoad()) {
        StressNg.find(settings.stressNg());
        Stressors.memoryBytes(profile);
        Stressors.churnedBytes(profile);
      }
      return Optional.empty();
    } catch (ProfileException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Under a quota the kernel stops load and benchmark alike for a part of each tenth second. */
  private static void requireWholeCpus(AllowedCpus cpus) {
    if (cpus.isThrottled()) {
      throw new ProfileException(
          String.format(
              Locale.ROOT,
              "the CPU quota of this cgroup (cpu.max) is %.2f CPUs for %d: a load on every CPU"
                  + " would be stopped again and again; take the quota away, or give whole CPUs"
                  + " instead (docker run --cpuset-cpus)",
              cpus.quota().orElseThrow(),
              cpus.cpus().size()));
    }
  }

  /** What of this machine's CPUs a load leaves out, as a sentence; empty where it is nothing. */
  public static Optional<String> leftOut(Profile profile, AllowedCpus cpus) {
    if (cpus.isThrottled()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "the CPU quota of this cgroup (cpu.max) is %.2f CPUs for %d: where a fork needs more"
                  + " it is stopped, and its times have the pauses in them",
              cpus.quota().orElseThrow(),
              cpus.cpus().size()));
    }
    if (cpus.areAll()) {
      return Optional.empty();
    }
    return Optional.of(
        (profile.cpu().isPresent() ? "loaded and proven is" : "looked at is")
            + " CPU %s alone, which this process may use (taskset or a cpuset)"
                .formatted(cpus.describe()));
  }

  /**
   * Starts the load; {@link #before} then waits until it stands.
   *
   * @throws ProfileException where this machine cannot; the message is the reason and the fix
   */
  public static Load start(Profile profile, LoadSettings settings) {
    return new Load(
        profile,
        settings,
        profile.isWithoutLoad()
            ? Optional.empty()
            : Optional.of(Stressors.start(profile, settings)));
  }

  public Description describe() {
    return stressors
        .map(s -> new Description(s.command(), s.containment().describe()))
        .orElse(new Description(List.of(), "no stressors"));
  }

  /**
   * Waits until the system stands at the profile's target, and says what it saw: CPU use within 5
   * points (a profile without CPU load: at most 5 %), memory use within 5 points, all stressors
   * there. Gives up after 10 s in which the load did not grow, or when stress-ng has ended.
   */
  public List<LoadCheck> before(SystemUse use) throws InterruptedException {
    long taken = 0;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<LoadCheck> checks = look(use);
      if (checks.stream().allMatch(LoadCheck::reached)) {
        rememberComplete();
        return checks;
      }
      if (isBroken() || System.nanoTime() - deadline > 0 || isShortOfMemory()) {
        return checks;
      }
      long now = stressors.map(s -> s.containment().memoryBytes()).orElse(0L);
      if (now > taken + MEBI * 16) { // filling: slow on a busy machine, but it comes
        taken = now;
        deadline = System.nanoTime() + PATIENCE.toNanos();
      }
    }
  }

  /** What is dead does not come back. */
  private boolean isBroken() {
    return stressors.isPresent()
        && (stressors.get().exitCode().isPresent()
            || (!complete.isEmpty() && !alive(stressors.get(), "before").reached()));
  }

  private List<LoadCheck> look(SystemUse use) throws InterruptedException {
    List<LoadCheck> checks = new ArrayList<>();
    double cpu = use.cpuPercent(profile.isWithoutLoad() ? IDLE_WINDOW : WINDOW);
    checks.add(
        within(
            cpuName(), "before", cpuTarget(), Tolerance.points(Tolerance.USUAL_POINTS), cpu, "%"));
    profile
        .memory()
        .ifPresent(memory ->
            checks.add(
                within(
                    "memory in use",
                    "before",
                    memory.usedPercent(),
                    MemoryRoom.TOLERANCE_POINTS,
                    use.memoryUsedPercent(),
                    "%")));
    stressors.filter(s -> s.memoryBytes() > 0).ifPresent(s -> checks.add(memory(s, "before")));
    stressors.ifPresent(s -> checks.add(alive(s, "before")));
    return checks;
  }

  /** Whose use it is that counts. */
  private String cpuName() {
    return settings.cpus().areAll() ? "system cpu" : "use of cpu " + settings.cpus().list();
  }

  /** What of the CPUs may be in use under a profile that asks for no load, in percent. */
  public static double mostWithoutLoadPercent() {
    return Tolerance.points(Tolerance.USUAL_POINTS);
  }

  private double cpuTarget() {
    return profile.cpu().map(CpuLoad::percent).orElse(0);
  }

  private void rememberComplete() {
    if (complete.isEmpty()) {
      complete = stressors.map(s -> Set.copyOf(s.containment().pids())).orElse(Set.of());
    }
  }

  /** Fewer than half of the head-room left: others took it. Gives the memory back at once. */
  private boolean isShortOfMemory() {
    if (stressors.isEmpty() || profile.memory().isEmpty()) {
      return false;
    }
    try {
      MemoryFigures memory = MemoryFigures.read();
      if (memory.availableBytes() > MemoryRoom.headRoomBytes(memory) / 2) {
        return false;
      }
    } catch (IOException e) {
      return false;
    }
    close();
    return true;
  }

  /** The system's use alone would say "reached" 5 points early, with the workers still writing. */
  private static LoadCheck memory(Stressors running, String when) {
    double wanted = running.memoryBytes() / MEBI;
    double seen = running.containment().memoryBytes() / MEBI;
    return within("stressor memory", when, wanted, wanted / 20, seen, "MiB");
  }

  /** How many processes of the load live. */
  int alive() {
    return stressors.map(s -> s.containment().pids().size()).orElse(0);
  }

  private LoadCheck alive(Stressors running, String when) {
    Set<Long> now = new HashSet<>(running.containment().pids());
    if (complete.isEmpty()) {
      int least = running.leastProcesses();
      return new LoadCheck(ALIVE, when, least, 0, now.size(), "processes", now.size() >= least);
    }
    now.retainAll(complete); // one started again is not the one that was proven
    return within(ALIVE, when, complete.size(), 0, now.size(), "processes");
  }

  /**
   * Stops the stressors where they are and waits for that, at most a tenth of a second.
   *
   * @return whether all have stopped
   */
  public boolean pause() {
    return stressors.map(s -> s.containment().pause()).orElse(true);
  }

  /** Lets them go on. */
  public void go() {
    stressors.ifPresent(s -> s.containment().go());
  }

  /** {@link #settling(Profile)} of this load. */
  public Duration settling() {
    return settling(profile);
  }

  /**
   * How long a load takes after a pause until it is as it was, whatever the pause's length. A cpu
   * worker takes a pause in its sleep for sleep, and leaves out its next one: so it is busier for
   * one slice and one cycle of slice and sleep (docs/profiles.md has the figures).
   */
  private static Duration settling(Profile profile) {
    double cycle = profile.cpu().map(cpu -> 1 + 100.0 / cpu.percent()).orElse(0.0);
    return SETTLING.plusNanos((long) (cycle * StressNg.SLICE.toNanos()));
  }

  /**
   * Why a load cannot work by turns of a tenth of a second, as a sentence; empty where it can. What
   * fills memory holds it while it is paused; a small load sleeps longer than its turn.
   */
  public static Optional<String> inOnePiece(Profile profile) {
    if (profile.memory().isPresent()) {
      return Optional.of("its load holds memory, so it takes no turns: arms follow each other");
    }
    Duration settling = settling(profile);
    return settling.compareTo(LONGEST_SETTLING) <= 0
        ? Optional.empty()
        : Optional.of(
            "its load is as it was only %d ms after a pause, so it takes no turns: arms follow each other"
                .formatted(settling.toMillis()));
  }

  /**
   * Begins the proof during a fork.
   *
   * @param busyThreads benchmark threads that compete with the stressors for the CPUs
   */
  public DuringProbe during(int busyThreads) {
    return new DuringProbe(busyThreads);
  }

  /** Watches the stressors from its making to {@link #end}. */
  public final class DuringProbe {
    private final int busyThreads;
    private final Optional<Figures> atStart = Load.this.stressors.map(Figures::of);

    private DuringProbe(int busyThreads) {
      this.busyThreads = busyThreads;
    }

    /** What the stressors got meanwhile; nothing where the profile asks for no load. */
    public List<LoadCheck> end() {
      return end(Optional.empty());
    }

    /** The same where they worked for so long, and were paused for the rest. */
    public List<LoadCheck> end(Duration worked) {
      return end(Optional.of(worked));
    }

    private List<LoadCheck> end(Optional<Duration> worked) {
      if (stressors.isEmpty() || atStart.isEmpty()) {
        return List.of();
      }
      Figures start = atStart.get();
      Figures end = Figures.of(stressors.get());
      List<LoadCheck> checks = new ArrayList<>();
      profile.cpu().ifPresent(cpu -> checks.addAll(cpuChecks(cpu, start, end, worked)));
      if (profile.memory().isPresent()) {
        checks.add(memory(stressors.get(), "during"));
      }
      checks.add(alive(stressors.get(), "during"));
      return List.copyOf(checks);
    }

    private List<LoadCheck> cpuChecks(
        CpuLoad cpu, Figures start, Figures end, Optional<Duration> worked) {
      List<LoadCheck> checks = new ArrayList<>();
      long nanos = worked.map(Duration::toNanos).orElse(end.atNanos - start.atNanos);
      double allCpus = (double) nanos * settings.cpuCount();
      double got = 100 * (end.cpuNanos - start.cpuNanos) / allCpus;
      double fair = FairShare.percent(cpu.percent(), settings.cpuCount(), busyThreads);
      checks.add(
          within(
              "stressor cpu",
              "during",
              cpu.percent(),
              cpu.percent() - fair + Tolerance.points(UNSEEN_POINTS),
              got,
              "%"));
      if (start.demandNanos.isPresent() && end.demandNanos.isPresent()) {
        long demand = end.demandNanos.getAsLong() - start.demandNanos.getAsLong();
        double demanded = 100 * demand / allCpus;
        double tolerance = Tolerance.points(Tolerance.USUAL_POINTS);
        checks.add(
            new LoadCheck(
                "stressor cpu demand",
                "during",
                cpu.percent(),
                tolerance,
                demanded,
                "%",
                demanded >= cpu.percent() - tolerance));
      }
      return checks;
    }
  }

  /** The stressors' counters at one moment. */
  private record Figures(long atNanos, long cpuNanos, OptionalLong demandNanos) {

    static Figures of(Stressors stressors) {
      var containment = stressors.containment();
      return new Figures(System.nanoTime(), containment.cpuNanos(), containment.demandNanos());
    }
  }

  /**
   * Ends the load in order and proves its work by stress-ng's own count of operations, which it
   * gives only at the end: one check for each stressor, seen in operations, reached above 0. A
   * paused load goes on for that.
   *
   * @throws ProfileException where its figures cannot be read; the load has ended all the same
   */
  public List<LoadCheck> finish() throws InterruptedException {
    if (stressors.isEmpty()) {
      return List.of();
    }
    Set<String> wanted = new HashSet<>();
    profile.cpu().ifPresent(_ -> wanted.add("cpu"));
    profile.memory().ifPresent(_ -> wanted.add("vm"));
    profile.churn().ifPresent(churn -> wanted.addAll(stressors(churn)));
    go();
    var seen =
        stressors.get().finish().stream()
            .collect(
                Collectors.toMap(StressNg.Metric::stressor, StressNg.Metric::bogoOps, Long::sum));
    return wanted.stream()
        .sorted()
        .map(name -> {
          long ops = seen.getOrDefault(name, 0L);
          return new LoadCheck("bogo ops " + name, "after", 1, 0, ops, "ops", ops > 0);
        })
        .toList();
  }

  private static Set<String> stressors(Churn churn) {
    Set<String> names = new HashSet<>();
    if (churn.memoryPercent() > 0) {
      names.add("vm");
    }
    if (churn.files()) {
      names.add("hdd");
    }
    if (churn.sockets()) {
      names.add("sock");
    }
    return names;
  }

  /** What stress-ng said last, where it has ended; empty while it runs. */
  public String lastWords() {
    return stressors
        .filter(s -> s.exitCode().isPresent())
        .map(s ->
            "stress-ng ended with code %d: %s".formatted(s.exitCode().getAsInt(), s.lastLogLine()))
        .orElse("");
  }

  /** Kills all stressors and waits until none is left. May be called again. */
  @Override
  public void close() {
    stressors.ifPresent(Stressors::close);
  }

  /** What dead harnesses left on this machine. */
  public static List<Leftover> leftovers() {
    return Leftover.all();
  }

  private static LoadCheck within(
      String what, String when, double wanted, double tolerance, double seen, String unit) {
    boolean reached = Math.abs(seen - wanted) <= tolerance;
    return new LoadCheck(what, when, wanted, tolerance, seen, unit, reached);
  }
}
