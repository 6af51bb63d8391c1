package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Programs;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.CpuTicks;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Meminfo;
import dev.bpfgauge.suite.mllb.Scenario.Latency;
import dev.bpfgauge.suite.mllb.Scenario.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures one scenario under the scheduler that is in force: its work, and what it cost. */
public final class SchedulerMeter {
  private static final Path PROC = Path.of("/proc");
  private static final double NANOS = 1e9;

  private final @Nullable Scheduler scheduler;
  private final Path folder;
  private final DoubleSupplier joules;

  /**
   * Made once for each arm.
   *
   * @param scheduler in force; null for the kernel's own
   * @param folder where scenarios put their files
   * @param joules energy the machine took since it was asked last; NaN where that is not known
   */
  public SchedulerMeter(@Nullable Scheduler scheduler, Path folder, DoubleSupplier joules) {
    this.scheduler = scheduler;
    this.folder = folder;
    this.joules = joules;
  }

  /** One attempt; what goes wrong is an outcome with one sentence. */
  public Outcome attempt(Cell cell, Settings settings) {
    try {
      return measure(SchedulersSuite.scenario(cell), settings);
    } catch (Refusal refusal) {
      return Outcome.of(refusal);
    } catch (BpfException e) {
      return new Outcome.Unavailable(e.getMessage() + Collector.lastWords(e));
    } catch (IllegalStateException | UncheckedIOException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Failed("interrupted");
    }
  }

  private Outcome measure(Scenario scenario, Settings settings) throws InterruptedException {
    Duration length =
        Duration.ofMillis((long) settings.measureMillis() * settings.measureIterations());
    long total =
        Meminfo.read(PROC)
            .bytes("MemTotal")
            .orElseThrow(() -> new IllegalStateException("/proc/meminfo has no MemTotal"));
    Scenario.Place place =
        new Scenario.Place(
            length,
            Runtime.getRuntime().availableProcessors(),
            total,
            settings.seed(),
            folder,
            settings.log());
    Map<String, Double> figures = new TreeMap<>();
    Scheduler.Counts decidedBefore = scheduler == null ? null : scheduler.counts();
    Work work;
    Work probe;
    try (Balance balance = Balance.attach()) {
      FutureTask<Work> wakeups = new FutureTask<>(() -> wakeups(place));
      CpuTicks cpuBefore = CpuTicks.read(PROC);
      var _ = joules.getAsDouble(); // What was spent before is nobody's.
      Balance.Reading before = balance.read();
      long began = System.nanoTime();
      Thread prober = Thread.ofPlatform().name("wakeups").start(wakeups);
      try {
        work = scenario.run(place);
        probe = wakeups.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("the wake-up probe: " + e.getCause(), e);
      } finally {
        prober.interrupt();
        prober.join();
      }
      double seconds = (System.nanoTime() - began) / NANOS;
      put("energy_joules", joules.getAsDouble(), figures);
      queues(balance.read().minus(before), seconds, figures);
      cpu(cpuBefore, CpuTicks.read(PROC), figures);
    }
    requireInForce();
    if (work.operations() == 0) {
      throw new IllegalStateException("the scenario " + scenario.word() + " did nothing");
    }
    work(work, figures);
    latency("wakeup", probe.latency(), figures);
    if (scheduler != null && decidedBefore != null) {
      decisions(scheduler.counts().minus(decidedBefore), work.seconds(), figures);
    }
    SortedMap<String, String> missing = new TreeMap<>();
    Meminfo.read(PROC)
        .bytes("MemAvailable")
        .ifPresentOrElse(
            free -> figures.put("memory_used_bytes", (double) (total - free)),
            () -> missing.put("memory_used_bytes", "/proc/meminfo has no MemAvailable"));
    put("load_avg_1m", loadAverage(), figures);
    double nanosPerOperation = work.seconds() * NANOS / work.operations();
    return new Outcome.Measured(
        new Measurement(
            nanosPerOperation,
            List.of(nanosPerOperation),
            null,
            Math.round(work.operations()),
            null,
            null,
            new TreeMap<>(figures),
            missing.isEmpty() ? null : missing),
        null);
  }

  /** A scheduler that the kernel ended in between measured nothing. */
  private void requireInForce() {
    String ended = scheduler == null ? "" : scheduler.ended();
    if (!ended.isEmpty()) {
      throw new IllegalStateException(
          "the kernel ended the scheduler and went back to its own: " + ended);
    }
  }

  private static Work wakeups(Scenario.Place place) throws InterruptedException {
    Path program = CProgram.ofThisSession("wakeups", place.log()).file();
    return Scenario.parseOurs(
        "wake-ups",
        Programs.output(
            List.of(program.toString(), Long.toString(place.length().toMillis())), place.log()));
  }

  private static void work(Work work, Map<String, Double> figures) {
    figures.put("throughput_per_s", work.perSecond());
    work.more().forEach(figures::put);
    if (work.latency() != null) {
      latency("load", work.latency(), figures);
    }
  }

  private static void latency(String of, @Nullable Latency latency, Map<String, Double> figures) {
    if (latency == null) {
      return;
    }
    put(of + "_mean_ns", latency.mean(), figures);
    put(of + "_p50_ns", latency.p50(), figures);
    put(of + "_p95_ns", latency.p95(), figures);
    put(of + "_p99_ns", latency.p99(), figures);
    put(of + "_max_ns", latency.max(), figures);
  }

  private static void put(String name, double value, Map<String, Double> figures) {
    if (!Double.isNaN(value)) {
      figures.put(name, value);
    }
  }

  private static void queues(Balance.Reading seen, double seconds, Map<String, Double> figures) {
    figures.put("context_switches_per_s", seen.switches() / seconds);
    figures.put("migrations_per_s", seen.migrations() / seconds);
    if (seen.samples() > 0) {
      double samples = seen.samples();
      figures.put("queue_spread", seen.spread() / samples);
      figures.put("queue_variance", seen.variance() / 1000.0 / samples);
      figures.put("idle_while_waiting_percent", 100.0 * seen.wasted() / samples);
    }
  }

  private static void decisions(
      Scheduler.Counts decided, double seconds, Map<String, Double> figures) {
    figures.put("decisions_per_s", decided.decisions() / seconds);
    figures.put("decided_migrations_per_s", decided.migrations() / seconds);
    if (decided.decisions() > 0) {
      figures.put("agreement_percent", 100.0 * decided.agreements() / decided.decisions());
      figures.put("native_yes_percent", 100.0 * decided.nativeYes() / decided.decisions());
    }
    if (decided.timed() > 0) {
      figures.put("decision_ns", (double) decided.timedNanos() / decided.timed());
    }
  }

  private static void cpu(CpuTicks before, CpuTicks after, Map<String, Double> figures) {
    double used = CpuTicks.used(after.since(before));
    if (used >= 0) {
      figures.put("idle_percent", 100 - used);
      figures.put("cpu_percent", used);
    }
  }

  private static double loadAverage() {
    return lines("loadavg")
        .map(line -> Double.parseDouble(line.split(" ", -1)[0]))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static Stream<String> lines(String file) {
    try {
      return ForeignText.readLines(PROC.resolve(file)).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
