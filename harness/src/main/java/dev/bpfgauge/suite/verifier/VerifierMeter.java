package dev.bpfgauge.suite.verifier;

import dev.bpfgauge.libbpf.BpfProgram.Info;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.VerifierStatistics;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.VerifierFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

/**
 * Measures a cell of {@code verifier}: BPF_PROG_LOAD of a generated program again and again,
 * unloading it outside the time. Before that the program has run and given the right result, and
 * the verifier's own statistics agree with what the kernel says of the program.
 */
public final class VerifierMeter implements Meter {
  /** Bytes of the packet; a socket filter does not see the Ethernet header. */
  private static final int PACKET_BYTES = 64;

  private static final int ETHERNET_HEADER_BYTES = 14;

  /** Runs in one BPF_PROG_RUN; the kernel gives their mean in whole nanoseconds. */
  private static final int RUNS = 10_000;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    VerifierCell wanted = VerifierCell.of(cell);
    Code code = new Code();
    wanted.shape().write(code, wanted.size());
    try (Instructions program =
        Instructions.of(
            wanted.shape().name().toLowerCase(Locale.ROOT),
            Uapi.BPF_PROG_TYPE_SOCKET_FILTER,
            code.toArray(),
            wanted.shape().functions())) {
      return new Outcome.Measured(
          wanted.task() == VerifierCell.Task.LOAD
              ? loads(wanted, program, settings)
              : runs(wanted, program, settings),
          null);
    }
  }

  private static Measurement loads(VerifierCell cell, Instructions program, Settings settings) {
    Map<String, Double> extras = extras(cell, program);
    return timed(
            settings,
            1,
            () -> {
              long start = System.nanoTime();
              Instructions.Loaded loaded = program.load();
              long nanos = System.nanoTime() - start;
              loaded.close();
              return nanos;
            })
        .with(extras);
  }

  private static Map<String, Double> extras(VerifierCell cell, Instructions program) {
    VerifierStatistics statistics = VerifierStatistics.parse(program.verifierStatistics());
    try (Instructions.Loaded loaded = program.load()) {
      Info info = loaded.info();
      requireResult(cell, loaded);
      info.verifiedInstructions()
          .ifPresent(verified -> requireSame(statistics.processed(), verified));
      Map<String, Double> extras = VerifierFigures.of(program.count(), statistics, info);
      statistics.micros().ifPresent(micros -> extras.put("verification_us", (double) micros));
      return extras;
    }
  }

  private static void requireSame(long log, long info) {
    if (log != info) {
      throw new IllegalStateException(
          "the verifier's log says %d instructions were processed, the program's own record %d"
              .formatted(log, info));
    }
  }

  private static void requireResult(VerifierCell cell, Instructions.Loaded loaded) {
    try (Arena arena = Arena.ofConfined()) {
      int result = loaded.run(RunInput.packet(packet(arena), 1)).returnValue();
      int right = cell.shape().result(cell.size(), PACKET_BYTES - ETHERNET_HEADER_BYTES);
      if (result != right) {
        throw new IllegalStateException(
            "%s of size %d gave %d, not %d"
                .formatted(cell.shape().word(), cell.size(), result, right));
      }
    }
  }

  private static MemorySegment packet(Arena arena) {
    return arena.allocate(PACKET_BYTES, Long.BYTES);
  }

  private static Measurement runs(VerifierCell cell, Instructions program, Settings settings) {
    try (Instructions.Loaded loaded = program.load();
        Arena arena = Arena.ofConfined()) {
      requireEngine(cell.task(), loaded.info().jitedBytes() > 0);
      requireResult(cell, loaded);
      RunInput input = RunInput.packet(packet(arena), RUNS);
      return timed(settings, RUNS, () -> loaded.run(input).nanosPerRun());
    }
  }

  private static void requireEngine(VerifierCell.Task task, boolean compiled) {
    if (task == VerifierCell.Task.RUN_INTERPRETER && compiled) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          JitSwitch.alwaysOn()
              ? "this kernel has no interpreter, it compiles every program"
                  + " (CONFIG_BPF_JIT_ALWAYS_ON=y)"
              : "the JIT compiler is on: sysctl net.core.bpf_jit_enable=0 switches it off for every"
                  + " program loaded from then on; measure again, and set it back");
    }
    if (task == VerifierCell.Task.RUN_JIT && !compiled) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "the program was not compiled: sysctl net.core.bpf_jit_enable=1 switches the JIT compiler"
              + " on");
    }
  }

  /** Measures as the settings say; {@code nanos} gives the time of one operation each. */
  private static Measurement timed(Settings settings, int size, DoubleSupplier nanos) {
    spend(Math.min(LONGEST_WARMUP_MILLIS, settings.warmupMillis()), nanos);
    List<double[]> iterations = new ArrayList<>();
    for (int i = 0; i < settings.measureIterations(); i++) {
      iterations.add(spend(settings.measureMillis(), nanos));
    }
    List<Double> means =
        iterations.stream().map(times -> Arrays.stream(times).average().orElseThrow()).toList();
    double[] all = iterations.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    return new Measurement(
        means.stream().mapToDouble(mean -> mean).average().orElseThrow(),
        means,
        Measurement.Batches.ofSorted(size, all),
        (long) size * all.length,
        null,
        null);
  }

  private static double[] spend(int millis, DoubleSupplier nanos) {
    DoubleStream.Builder times = DoubleStream.builder();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      times.add(nanos.getAsDouble());
    } while (System.nanoTime() < end);
    return times.build().toArray();
  }
}
