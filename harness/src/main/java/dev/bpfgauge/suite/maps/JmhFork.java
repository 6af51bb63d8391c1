package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.ForkDeath;
import dev.bpfgauge.measure.ForkJvm;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.os.ProcessTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** One fork of JMH: one benchmark method, one set of parameters, one JVM. */
public final class JmhFork {

  /** Timings of the published loop in one fork. */
  private static final int SEED_TIMINGS = 8;

  static {
    // JMH's lock file in /tmp would outlive us; the harness has a lock of its own.
    System.setProperty("jmh.ignoreLock", "true");
  }

  private final String method;
  private final Map<String, String> params;
  private final int timedTogether;
  private final int timingsPerInvocation;
  private final int threads;
  private final boolean singleShot;
  private final boolean batched;
  private final Settings settings;

  private JmhFork(
      String method,
      Map<String, String> params,
      int timedTogether,
      int timingsPerInvocation,
      int threads,
      boolean singleShot,
      boolean batched,
      Settings settings) {
    this.method = method;
    this.params = params;
    this.timedTogether = timedTogether;
    this.timingsPerInvocation = timingsPerInvocation;
    this.threads = threads;
    this.singleShot = singleShot;
    this.batched = batched;
    this.settings = settings;
  }

  static JmhFork of(MapCell cell, Settings settings) {
    Map<String, String> params = new TreeMap<>(cell.cell().params());
    params.remove("threads");
    params.remove("runtime");
    params.put("seed", Long.toString(settings.seed()));
    params.put("injectNanos", Long.toString(settings.injectNanos()));
    return new JmhFork(
        MapsBenchmark.class.getName() + "." + cell.method(),
        params,
        cell.timedTogether(),
        cell.timingsPerInvocation(),
        cell.threads(),
        false,
        true,
        settings);
  }

  static JmhFork of(FloorStep step, Settings settings) {
    return new JmhFork(
        FloorBenchmark.class.getName() + "." + step.method(),
        Map.of(),
        1,
        1,
        1,
        false,
        false,
        settings);
  }

  static JmhFork of(PublishedLoopCell cell, Settings settings) {
    Map<String, String> params =
        Map.of(
            "operation", EnumWords.of(cell.operation()),
            "map", cell.kind().word(),
            "calls", Integer.toString(cell.calls()),
            "seed", Integer.toString((int) settings.seed()),
            "warmupMillis", Integer.toString(settings.warmupMillis()));
    return new JmhFork(
        PublishedLoopBenchmark.class.getName() + ".loop",
        params,
        cell.calls(),
        1,
        1,
        true,
        false,
        settings);
  }

  /** Many cells in turns; the settings' times are those of all together. */
  static JmhFork turns(Map<String, String> params, Settings settings) {
    return new JmhFork(
        TurnsBenchmark.class.getName() + ".turn", params, 1, 1, 1, false, false, settings);
  }

  /** Runs the fork to its end; whatever that is, no process of it is left. */
  Outcome run() {
    return run(this::measured, outcome -> outcome);
  }

  /**
   * The same with another reading of its result.
   *
   * @param read what it measured
   * @param not why it did not
   */
  <T> T run(Function<RunResult, T> read, Function<Outcome, T> not) {
    Set<Long> before = ProcessTree.children();
    try (PrintStream log = openLog()) {
      Collection<RunResult> results =
          new Runner(options(), OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL))
              .run();
      return results.isEmpty()
          ? not.apply(
              new Outcome.Failed("the fork gave no result; see " + settings.log().getFileName()))
          : read.apply(results.iterator().next());
    } catch (RunnerException e) {
      return not.apply(failed(e));
    } finally {
      ProcessTree.childrenSince(before).forEach(ProcessTree::kill);
    }
  }

  private PrintStream openLog() {
    try {
      return new PrintStream(
          Files.newOutputStream(
              settings.log(), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
          true,
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the fork's log cannot be written: " + settings.log(), e);
    }
  }

  private Options options() {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + method.replace(".", "\\.") + "$")
            .forks(1)
            .threads(threads)
            .operationsPerInvocation(timedTogether * timingsPerInvocation)
            .shouldFailOnError(true)
            .jvmArgs(ForkJvm.arguments(settings).toArray(String[]::new));
    params.forEach(options::param);
    if (!settings.javaHome().equals(Path.of(System.getProperty("java.home")))) {
      options.jvm(settings.javaHome().resolve("bin/java").toString());
    }
    if (singleShot) {
      return shots(options);
    }
    if (method.startsWith(TurnsBenchmark.class.getName())) {
      return iterations(options.addProfiler(TurnTimes.class).addProfiler(GCProfiler.class));
    }
    if (batched) {
      // Before the gc profiler: JMH ends profilers in the opposite order, so what this one
      // allocates at an iteration's end is not counted as the benchmark's.
      options.addProfiler(BatchTimes.class);
    }
    return iterations(options.addProfiler(OwnCpu.class).addProfiler(GCProfiler.class));
  }

  private static Options shots(ChainedOptionsBuilder options) {
    return options
        .warmupIterations(0)
        .measurementIterations(SEED_TIMINGS)
        .addProfiler(OwnCpu.class)
        .build();
  }

  /** The warm-up is two iterations, so that the second enters what the first had compiled. */
  private Options iterations(ChainedOptionsBuilder options) {
    return options
        .warmupIterations(2)
        .warmupTime(new TimeValue(Math.max(1, settings.warmupMillis() / 2), TimeUnit.MILLISECONDS))
        .measurementIterations(settings.measureIterations())
        .measurementTime(new TimeValue(settings.measureMillis(), TimeUnit.MILLISECONDS))
        .build();
  }

  private Outcome measured(RunResult run) {
    Result<?> primary = run.getPrimaryResult();
    List<Double> iterations = new ArrayList<>();
    long operations = 0;
    for (BenchmarkResult fork : run.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        iterations.add(iteration.getPrimaryResult().getScore());
        operations += iteration.getMetadata().getMeasuredOps();
      }
    }
    double error = primary.getScoreError();
    Measurement measurement =
        new Measurement(
            primary.getScore(),
            iterations,
            batches(run),
            operations,
            bytes(run),
            Double.isNaN(error) ? null : error);
    Double share = secondary(run, OwnCpu.LABEL).map(Result::getScore).orElse(null);
    return new Outcome.Measured(OwnCpu.with(measurement, share), json(run));
  }

  private Measurement.@Nullable Batches batches(RunResult run) {
    return secondary(run, BatchTimes.LABEL)
        .map(Result::getStatistics)
        .map(this::perOperation)
        .orElse(null);
  }

  private Measurement.Batches perOperation(Statistics whole) {
    double size = timedTogether;
    return new Measurement.Batches(
        timedTogether,
        whole.getN(),
        whole.getPercentile(50) / size,
        whole.getPercentile(90) / size,
        whole.getPercentile(99) / size,
        whole.getMax() / size);
  }

  /** Bytes allocated for each operation, or turn; absent where the JVM does not tell. */
  static @Nullable Double bytes(RunResult run) {
    return secondary(run, "gc.alloc.rate.norm").map(Result::getScore).orElse(null);
  }

  private static Optional<Result<?>> secondary(RunResult run, String label) {
    Result<?> found = run.getSecondaryResults().get(label);
    return Optional.ofNullable(found);
  }

  /** JMH writes an array of results; the journal keeps its one element. */
  private static String json(RunResult run) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(List.of(run));
    }
    String array = bytes.toString(StandardCharsets.UTF_8).strip();
    return array.substring(array.indexOf('{'), array.lastIndexOf('}') + 1);
  }

  private Outcome failed(RunnerException e) {
    if (Thread.currentThread().isInterrupted() || ForkDeath.interrupted(e)) {
      return new Outcome.Failed("interrupted");
    }
    if (!loopbackWorks()) {
      return new Outcome.Unavailable(
          "JMH talks to its fork over the loopback interface, which does not answer: ip link set lo"
              + " up");
    }
    return new Outcome.Failed(ForkDeath.sentence(e, settings.log()));
  }

  private static boolean loopbackWorks() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, server.getLocalPort())) {
      return client.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
