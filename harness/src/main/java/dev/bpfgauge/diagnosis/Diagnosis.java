package dev.bpfgauge.diagnosis;

import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.OwnCost;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Modules of {@code diagnose} at once, and the host's own figures each second.
 *
 * @param startedAt when it began to count
 * @param each the host, second by second
 * @param whole the host from the beginning to the end
 * @param throttled seconds that control groups lost to their CPU quota, by path
 * @param modules what each module showed
 * @param cost what it took itself
 */
public record Diagnosis(
    Instant startedAt,
    List<HostStretch> each,
    HostStretch whole,
    Map<String, Double> throttled,
    List<ModuleRun.Result> modules,
    OwnCost.Took cost) {
  private static final Path PROC = Path.of("/proc");
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** In less most is this program's own attaching and detaching. */
  private static final double SHORTEST_SECONDS = 0.5;

  public Diagnosis {
    each = List.copyOf(each);
    throttled = Map.copyOf(throttled);
    modules = List.copyOf(modules);
  }

  /**
   * A module with its options.
   *
   * @param options as its own subcommand takes them
   */
  public record Chosen(ToolSpec module, ToolSpec.Options options) {}

  /**
   * Looks. Where this thread is interrupted it ends early, with what there is.
   *
   * @param time how long
   * @param budgetPercent more of this machine's CPU time than that, and the module with the most
   *     events ends; NaN for none
   */
  public static Diagnosis look(List<Chosen> modules, Duration time, double budgetPercent)
      throws InterruptedException {
    List<ModuleRun> runs = new ArrayList<>();
    try {
      for (Chosen chosen : modules) {
        runs.add(ModuleRun.of(chosen.module, chosen.options));
      }
      return together(runs, time, budgetPercent);
    } finally {
      runs.forEach(ModuleRun::close);
    }
  }

  private static Diagnosis together(List<ModuleRun> runs, Duration time, double budgetPercent)
      throws InterruptedException {
    AtomicBoolean isAbove = new AtomicBoolean();
    // What comes before, names of its stacks above all, is much and nobody's.
    runs.forEach(run -> run.begin(time.plus(time)));
    Instant startedAt = Instant.now();
    Quotas quotas = Quotas.read(CGROUPS);
    HostMoment first = HostMoment.read(PROC);
    List<HostStretch> each = new ArrayList<>();
    HostMoment last = first;
    try (OwnCost cost =
        new OwnCost(took -> isAbove.compareAndSet(false, took.percent() > budgetPercent))) {
      long end = first.atNanos() + time.toNanos();
      boolean interrupted = false;
      while (!interrupted && last.atNanos() < end) {
        try {
          Thread.sleep(Duration.ofNanos(Math.min(SECOND.toNanos(), end - last.atNanos())));
        } catch (InterruptedException e) {
          interrupted = true;
        }
        HostMoment now = HostMoment.read(PROC);
        each.add(HostStretch.between(last, now));
        last = now;
        if (isAbove.getAndSet(false)) {
          endTheBusiest(runs, budgetPercent);
        }
      }
      OwnCost.Took took = cost.end();
      Map<String, Double> throttled = Quotas.read(CGROUPS).since(quotas);
      List<ModuleRun.Result> results = new ArrayList<>();
      for (ModuleRun run : runs) {
        results.add(run.end());
      }
      return new Diagnosis(
          startedAt, each, HostStretch.between(first, last), throttled, results, took);
    }
  }

  private static void endTheBusiest(List<ModuleRun> runs, double budgetPercent)
      throws InterruptedException {
    Optional<ModuleRun> busiest =
        runs.stream().filter(run -> run.seen() > 0).max(Comparator.comparingLong(ModuleRun::seen));
    if (busiest.isPresent()) {
      busiest
          .get()
          .end(
              "it had the most events when all modules together took more than %s %% of this machine's CPU time"
                  .formatted(budgetPercent));
    }
  }

  /** Whether this machine takes none of the modules. */
  public boolean isNothingAttached() {
    return modules.stream().allMatch(each -> each.taken() == null);
  }

  /** Whether no module had to end before the others. */
  public boolean isWhole() {
    return modules.stream().allMatch(each -> each.taken() == null || each.why().isEmpty());
  }

  /** What is lost to what, the worst first. */
  public List<LostTime> lostTimes() {
    return Stream.concat(
            new HostLosses(whole, mean(), throttled).all(),
            modules.stream()
                .flatMap(each ->
                    each.taken() == null || each.seconds() < SHORTEST_SECONDS
                        ? Stream.empty()
                        : each.spec().lostTimes(each.taken(), each.seconds()).stream()))
        .filter(LostTime::isWorthASentence)
        .sorted(Comparator.comparingDouble(LostTime::perSecond).reversed())
        .toList();
  }

  /** Threads that ran or could, and that were blocked, on average of the looks. */
  private HostLosses.Threads mean() {
    return new HostLosses.Threads(
        each.stream().mapToDouble(HostStretch::running).average().orElse(Double.NaN),
        each.stream().mapToDouble(HostStretch::blocked).average().orElse(Double.NaN));
  }
}
