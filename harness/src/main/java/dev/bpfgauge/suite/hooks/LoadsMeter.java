package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.HelperProbe;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/**
 * Measures a cell of {@code loads}. Of a hook: its program with a counter is loaded, attached, and
 * runs as often as the operation is done, or the cell says why not; then each {@link Helper} is
 * asked for. The time is that of loading; what counts are the answers, as extras that are 1 or 0.
 */
public final class LoadsMeter implements Meter {
  /** Operations that must run the program. */
  private static final int RUNS = 50;

  /** Types beyond what any libbpf of today knows. */
  private static final int MOST_TYPES = 128;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    return switch (cell.benchmark()) {
      case HookLoads.MAPS ->
          types(
              settings,
              "map_",
              LibBpf::libbpf_bpf_map_type_str,
              type -> LibBpf.libbpf_probe_bpf_map_type(type, MemorySegment.NULL));
      case HookLoads.PROGRAMS ->
          types(
              settings,
              "program_",
              LibBpf::libbpf_bpf_prog_type_str,
              type -> LibBpf.libbpf_probe_bpf_prog_type(type, MemorySegment.NULL));
      default -> hook(HookLoads.hook(cell), settings);
    };
  }

  private static Outcome hook(Hook hook, Settings settings) {
    String absent = hook.absent().orElse("");
    if (!absent.isEmpty()) {
      return new Outcome.Unavailable(absent);
    }
    try (Traced traced = hook.traced()) {
      SortedMap<String, Double> extras = new TreeMap<>();
      try (HookProgram program = HookProgram.load(hook, Body.COUNTER)) {
        extras.put("runs_per_op", (double) runs(hook, traced, program) / RUNS);
        HelperProbe probe = program.program().helperProbe();
        for (Helper helper : Helper.values()) {
          extras.put("helper_" + helper.word(), probe.has(helper.number()) ? 1.0 : 0.0);
        }
      }
      return measured(settings, () -> loadNanos(hook), extras);
    } catch (BpfException e) {
      return new Outcome.Unavailable(HooksMeter.refused(hook, e));
    }
  }

  private static long loadNanos(Hook hook) {
    try (HookProgram program = HookProgram.load(hook, Body.COUNTER)) {
      return program.loadNanos();
    }
  }

  private static long runs(Hook hook, Traced traced, HookProgram program) {
    long runs;
    try (Traced.Attachment _ = traced.attach(program.program())) {
      traced.operate(RUNS); // A device just made may lose the first frames.
      long before = program.runs(RUNS);
      traced.operate(RUNS);
      runs = program.runs(before + RUNS) - before;
    }
    if (runs < RUNS) {
      throw new IllegalStateException(
          "the program on %s ran %d times for %d operations".formatted(hook.word(), runs, RUNS));
    }
    return runs;
  }

  /** Asks for every type that this libbpf has a name for; the time is that of one question. */
  private static Outcome types(
      Settings settings, String kind, IntFunction<String> name, IntUnaryOperator probe) {
    SortedMap<String, Double> extras = new TreeMap<>();
    for (int type = 1; type < MOST_TYPES; type++) {
      String word = name.apply(type);
      int answer = word.isEmpty() ? -1 : probe.applyAsInt(type);
      if (answer >= 0) {
        extras.put(kind + word, (double) answer);
      }
    }
    if (extras.isEmpty()) {
      throw Refusal.environment("libbpf gets no answer from this kernel; run as root");
    }
    return measured(
        settings,
        () -> {
          long start = System.nanoTime();
          int _ = probe.applyAsInt(1);
          return System.nanoTime() - start;
        },
        extras);
  }

  /** The median of at least one time, {@code nanos} giving one each. */
  private static Outcome measured(
      Settings settings, LongSupplier nanos, SortedMap<String, Double> extras) {
    List<Double> iterations = new ArrayList<>();
    long count = 0;
    for (int i = 0; i < settings.measureIterations(); i++) {
      List<Double> times = new ArrayList<>();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.measureMillis());
      do {
        times.add((double) nanos.getAsLong());
      } while (System.nanoTime() < end);
      iterations.add(Medians.of(times));
      count += times.size();
    }
    return new Outcome.Measured(
        new Measurement(Medians.of(iterations), iterations, null, count, null, null).with(extras),
        null);
  }
}
