package dev.bpfgauge.machine.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Samples;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The CPU time of whoever is no part of the run, and the names of the busiest: every process that
 * is neither this one nor below it, and no kernel thread, which works for others.
 *
 * <p>All processes are looked at once in five seconds, more seldom where there are so many that it
 * would cost more than a thousandth of a CPU. A process that ended in between is accounted to the
 * one that waited for it.
 */
final class OthersGauge implements Gauge {
  private static final long PERIOD_NANOS = 5_000_000_000L;
  private static final long COST = 1000;

  /** USER_HZ: ticks of /proc/PID/stat in a second, 100 wherever this is built. */
  private static final double TICKS_A_SECOND = 100;

  private static final int MOST_NAMED = 10;
  private static final long KERNEL_THREADS = 2;

  /**
   * One process, by proc_pid_stat(5).
   *
   * @param parent its parent's number
   * @param name the kernel's name for it
   * @param ticks CPU time, with that of the children it has waited for
   * @param started since boot: with the number it names a process for good
   */
  record Stat(long parent, String name, long ticks, long started) {

    /** The name may hold blanks and parentheses. */
    static Stat parse(String stat) {
      int end = stat.lastIndexOf(')');
      String[] fields = stat.substring(end + 2).strip().split(" ", -1);
      long ticks = 0;
      for (int field = 11; field <= 14; field++) {
        ticks += Long.parseLong(fields[field]);
      }
      return new Stat(
          Long.parseLong(fields[1]),
          stat.substring(stat.indexOf('(') + 1, end),
          ticks,
          Long.parseLong(fields[19]));
    }
  }

  private final Path proc;
  private final int cpus;
  private final long self;
  private final LongSupplier clock;
  private final Column column;

  /** Read by the thread that ends the run, too. */
  private final Map<String, Double> ticksByName = new ConcurrentHashMap<>();

  private Map<Long, Stat> before;
  private final long firstNanos;
  private long beforeNanos;
  private long dueNanos;
  private volatile double elapsedSeconds;
  private double percent = Double.NaN;

  OthersGauge(Roots roots) {
    this(roots, ProcessHandle.current().pid(), System::nanoTime);
  }

  /**
   * @param self the process whose tree is the run
   * @param clock nanoseconds
   */
  OthersGauge(Roots roots, long self, LongSupplier clock) {
    this.proc = roots.proc();
    this.cpus = roots.onlineCpus().size();
    this.self = self;
    this.clock = clock;
    this.before = processes();
    this.firstNanos = clock.getAsLong();
    this.beforeNanos = firstNanos;
    this.dueNanos = beforeNanos;
    Stat kernel = before.get(KERNEL_THREADS);
    this.column =
        new Column(
                Samples.OTHERS_CPU,
                "%",
                "CPU time of all CPUs that processes had which are no part of this run, kernel"
                    + " threads left out; of some five seconds, the same in the rows between"
                    + " (/proc/PID/stat)")
            .without(
                kernel != null && kernel.name().equals("kthreadd")
                    ? ""
                    : "other users' processes cannot be seen from here (a PID namespace, or /proc"
                        + " with hidepid)");
  }

  @Override
  public List<Column> columns() {
    return List.of(column);
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    if (column.missing().isEmpty() && seconds > 0 && clock.getAsLong() >= dueNanos) {
      look();
    }
    row[at] = percent;
  }

  /** Looks a last time, so that what ran since is not left out. */
  @Override
  public void close() {
    if (column.missing().isEmpty()) {
      look();
    }
  }

  private void look() {
    long now = clock.getAsLong();
    Map<Long, Stat> processes = processes();
    double seconds = (now - beforeNanos) / 1e9;
    if (seconds <= 0) {
      return;
    }
    double ticks = 0;
    for (Map.Entry<String, Double> used : used(before, processes, self).entrySet()) {
      ticksByName.merge(used.getKey(), used.getValue(), Double::sum);
      ticks += used.getValue();
    }
    percent = Math.min(100, 100 * ticks / (seconds * TICKS_A_SECOND * cpus));
    elapsedSeconds = (now - firstNanos) / 1e9;
    before = processes;
    beforeNanos = now;
    dueNanos = now + Math.max(PERIOD_NANOS, COST * (clock.getAsLong() - now));
  }

  /** The busiest so far, at most ten. */
  List<Samples.Other> busiest() {
    double all = elapsedSeconds * TICKS_A_SECOND * cpus;
    return ticksByName.entrySet().stream()
        .filter(used -> used.getValue() > 0)
        .sorted(
            Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_NAMED)
        .map(used ->
            new Samples.Other(used.getKey(), Math.rint(1000 * 100 * used.getValue() / all) / 1000))
        .toList();
  }

  /**
   * Ticks by name of what is outside the tree of {@code self}.
   *
   * <p>A process that ended leaves its time with the one that waited for it; what was known of it
   * before is taken off there, so that nothing counts twice.
   */
  static Map<String, Double> used(Map<Long, Stat> before, Map<Long, Stat> now, long self) {
    Map<Long, Double> ticks = new HashMap<>();
    now.forEach((pid, process) -> {
      Stat earlier = before.get(pid);
      double known =
          earlier != null && earlier.started() == process.started() ? earlier.ticks() : 0;
      ticks.put(pid, process.ticks() - known);
    });
    before.forEach((pid, process) -> {
      Stat later = now.get(pid);
      if (later == null || later.started() != process.started()) {
        ticks.computeIfPresent(heir(process, before, now), (_, own) -> own - process.ticks());
      }
    });
    if (leftToOthers(before, now, self)) {
      forgetWhoTakesOrphans(ticks, now, self);
    }
    Map<String, Double> byName = new HashMap<>();
    ticks.forEach((pid, own) -> {
      Stat process = now.get(pid);
      if (process != null && own > 0 && isForeign(pid, now, self)) {
        byName.merge(process.name(), own, Double::sum);
      }
    });
    return byName;
  }

  /**
   * Whether a process of ours ended together with its parent, or after it: init, or a subreaper,
   * waits for it then, and its time would be theirs.
   */
  private static boolean leftToOthers(Map<Long, Stat> before, Map<Long, Stat> now, long self) {
    return before.entrySet().stream()
        .filter(entry -> !now.containsKey(entry.getKey()))
        .filter(entry -> entry.getValue().parent() != self)
        .filter(entry -> !now.containsKey(entry.getValue().parent()))
        .anyMatch(entry -> !isForeign(entry.getKey(), before, self));
  }

  private static void forgetWhoTakesOrphans(
      Map<Long, Double> ticks, Map<Long, Stat> now, long self) {
    Set<Long> seen = new HashSet<>();
    for (Stat at = now.get(self); at != null && seen.add(at.parent()); at = now.get(at.parent())) {
      ticks.remove(at.parent());
    }
  }

  /** The nearest ancestor that still lives; 0 without one. */
  private static long heir(Stat ended, Map<Long, Stat> before, Map<Long, Stat> now) {
    Set<Long> seen = new HashSet<>();
    long parent = ended.parent();
    while (parent != 0 && !now.containsKey(parent) && seen.add(parent)) {
      Stat next = before.get(parent);
      parent = next == null ? 0 : next.parent();
    }
    return now.containsKey(parent) ? parent : 0;
  }

  private static boolean isForeign(long pid, Map<Long, Stat> now, long self) {
    Set<Long> seen = new HashSet<>();
    for (long each = pid; each != 0 && seen.add(each); ) {
      if (each == self || each == KERNEL_THREADS) {
        return false;
      }
      Stat process = now.get(each);
      each = process == null ? 0 : process.parent();
    }
    return true;
  }

  private Map<Long, Stat> processes() {
    Map<Long, Stat> processes = new HashMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (Path folder : folders) {
        stat(folder)
            .ifPresent(stat ->
                processes.put(
                    Long.valueOf(String.valueOf(folder.getFileName())), Stat.parse(stat)));
      }
    } catch (IOException e) {
      return Map.of();
    }
    return processes;
  }

  /** Empty where it ended meanwhile. */
  private static Optional<String> stat(Path folder) {
    try {
      return Optional.of(new String(Files.readAllBytes(folder.resolve("stat")), UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
