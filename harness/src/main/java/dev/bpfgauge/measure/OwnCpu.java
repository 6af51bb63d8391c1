package dev.bpfgauge.measure;

import dev.bpfgauge.model.Measurement;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * How much of the time the measuring threads had a CPU: whoever waits for one while it measures
 * takes the wait for the operation's. Loaded by JMH in the fork by its name, where threads never
 * sleep and CPU time over wall time is the share; a {@link Meter}'s thread may sleep, so there it
 * is {@link Waiting}.
 */
public final class OwnCpu implements InternalProfiler {
  public static final String LABEL = "own_cpu";
  private static final String WORKER = "-jmh-worker-";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private Map<Long, Long> before = Map.of();
  private long startNanos;

  @Override
  public String getDescription() {
    return "share of a CPU that the measuring threads had";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = workers();
    startNanos = System.nanoTime();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double wall = System.nanoTime() - startNanos;
    if (iteration.getType() == IterationType.WARMUP) {
      return List.of();
    }
    Map<Long, Long> now = workers();
    double spent = 0;
    for (Map.Entry<Long, Long> worker : now.entrySet()) {
      spent += worker.getValue() - before.getOrDefault(worker.getKey(), 0L);
    }
    return now.isEmpty()
        ? List.of()
        : List.of(
            new ScalarResult(
                LABEL, Math.min(1, spent / now.size() / wall), "share", AggregationPolicy.AVG));
  }

  /** Thread → its CPU time so far, ns. */
  private Map<Long, Long> workers() {
    Map<Long, Long> workers = new HashMap<>();
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo info = threads.getThreadInfo(id);
      long nanos = threads.getThreadCpuTime(id);
      if (info != null && nanos >= 0 && info.getThreadName().contains(WORKER)) {
        workers.put(id, nanos);
      }
    }
    return workers;
  }

  /** A measurement with the share beside it, which {@link #share} finds. */
  public static Measurement with(Measurement measurement, @Nullable Double share) {
    if (share == null) {
      return measurement;
    }
    Map<String, Double> extras = new TreeMap<>();
    if (measurement.extras() != null) {
      extras.putAll(measurement.extras());
    }
    extras.put(LABEL, share);
    return measurement.with(extras);
  }

  /** The share from 0 to 1; absent where it is not known. */
  public static @Nullable Double share(Measurement measurement) {
    return measurement.extras() == null ? null : measurement.extras().get(LABEL);
  }

  /** The measurement alone, once the share stands among the proofs. */
  public static Measurement without(Measurement measurement) {
    if (share(measurement) == null) {
      return measurement;
    }
    Map<String, Double> extras = new TreeMap<>(measurement.extras());
    extras.remove(LABEL);
    return extras.isEmpty()
        ? new Measurement(
            measurement.meanNanosPerOp(),
            measurement.iterationNanosPerOp(),
            measurement.batches(),
            measurement.operations(),
            measurement.bytesPerOp(),
            measurement.pooledErrorNanos(),
            null,
            measurement.missing())
        : measurement.with(extras);
  }

  /**
   * Stretches of the calling thread in each of which something is measured whose median is the
   * figure. What lies between them counts for nothing: a JVM's first second is its compilers'.
   */
  public static final class Stretches {
    private final List<Double> shares = new ArrayList<>();

    /** One begins; it ends when the result is closed. */
    public Stretch begin() {
      Waiting before = Waiting.now();
      return () -> Optional.ofNullable(Waiting.shareSince(before)).ifPresent(shares::add);
    }

    /** The same with the greatest share, where the least of what was measured is the figure. */
    public Measurement withBest(Measurement measurement) {
      return shares.isEmpty() ? measurement : OwnCpu.with(measurement, Collections.max(shares));
    }

    /** The measurement with the median of the shares, where there is one. */
    public Measurement with(Measurement measurement) {
      return shares.isEmpty() ? measurement : OwnCpu.with(measurement, Medians.of(shares));
    }
  }

  /** A stretch that goes on. */
  public interface Stretch extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * The calling thread's time on a CPU and in line for one, by {@code /proc/thread-self/schedstat}.
   */
  public record Waiting(long ranNanos, long waitedNanos, long atNanos) {
    private static final Path SCHEDSTAT = Path.of("/proc/thread-self/schedstat");

    /** So far; absent where the kernel does not tell. */
    public static @Nullable Waiting now() {
      try {
        return parse(Files.readString(SCHEDSTAT), System.nanoTime());
      } catch (IOException e) {
        return null;
      }
    }

    /** {@code 1201201 333 12}: ran, waited, turns. */
    static @Nullable Waiting parse(String schedstat, long atNanos) {
      String[] fields = schedstat.strip().split(" ", -1);
      return fields.length == 3 && schedstat.strip().matches("[0-9 ]{5,60}")
          ? new Waiting(Long.parseLong(fields[0]), Long.parseLong(fields[1]), atNanos)
          : null;
    }

    /** How long it stood in line since then, ns; 0 where the kernel does not tell. */
    public static long waitedSince(@Nullable Waiting then) {
      Waiting now = now();
      return then == null || now == null ? 0 : now.waitedNanos - then.waitedNanos;
    }

    /**
     * What it had of the time in which it wanted a CPU, since then; absent where it slept most of
     * the time, as one does that looks after the load of others.
     */
    static @Nullable Double shareSince(@Nullable Waiting then) {
      Waiting now = now();
      if (then == null || now == null) {
        return null;
      }
      double ran = now.ranNanos - then.ranNanos;
      double waited = now.waitedNanos - then.waitedNanos;
      boolean slept = ran + waited < (now.atNanos - then.atNanos) / 2.0;
      return slept || ran <= 0 ? null : ran / (ran + waited);
    }
  }
}
