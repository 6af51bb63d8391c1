package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Measures one load while some tools are attached, or none: first its operations, then, in a run of
 * its own because the statistics cost time, how long the tools' programs ran.
 */
public final class OverheadMeter {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final String NO_RESIDENT = "/proc/PID/status of the tool has no VmRSS";
  private static final String NO_MISSED =
      "this kernel does not count runs that it left out (recursion_misses, Linux 5.12)";
  private static final String UNTOLD = " of libbpf-tools does not say what it saw and lost";

  private final List<ToolProcess> tools;
  private final Path folder;

  /**
   * Made once for each state of the tools.
   *
   * @param tools attached now
   * @param folder where loads put their files
   */
  public OverheadMeter(List<ToolProcess> tools, Path folder) {
    this.tools = List.copyOf(tools);
    this.folder = folder;
  }

  /** One attempt; what goes wrong is an outcome with one sentence. */
  public Outcome attempt(Cell cell, Settings settings) {
    try {
      return measure(ToolsSuite.load(cell), settings);
    } catch (Refusal refusal) {
      return Outcome.of(refusal);
    } catch (IllegalStateException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Failed("interrupted");
    }
  }

  private Outcome measure(TargetLoad load, Settings settings) throws InterruptedException {
    Duration length =
        Duration.ofMillis((long) settings.measureMillis() * settings.measureIterations());
    SortedMap<String, Double> extras = new TreeMap<>();
    SortedMap<String, String> missing = new TreeMap<>();
    ProcessUse before = use();
    Map<ToolProcess, Tool.Tally> seenBefore = tallies();
    long began = System.nanoTime();
    TargetLoad.Result result = load.run(length, folder, settings.log());
    long took = System.nanoTime() - began;
    Map<ToolProcess, Tool.Tally> seenAfter = tallies();
    ProcessUse after = use();
    if (!tools.isEmpty()) {
      extras.put("tool_cpu_percent", 100.0 * (after.cpuNanos() - before.cpuNanos()) / took);
      put("tool_resident_bytes", after.residentBytes(), NO_RESIDENT, extras, missing);
      extras.put("tool_map_bytes", (double) after.mapBytes());
      extras.put("tool_program_bytes", (double) after.programBytes());
      put("missed_runs", since(before.missed(), after.missed()), NO_MISSED, extras, missing);
      events(load, result, seenBefore, seenAfter, extras, missing);
      programs(load, settings, extras, missing);
    }
    return new Outcome.Measured(
        new Measurement(
            result.nanosPerOperation(),
            List.of(result.nanosPerOperation()),
            result.each(),
            result.operations(),
            null,
            null,
            extras,
            missing.isEmpty() ? null : missing),
        null);
  }

  private ProcessUse use() {
    return tools.stream().map(ToolProcess::use).reduce(ProcessUse.NONE, ProcessUse::plus);
  }

  private static void put(
      String name,
      OptionalLong figure,
      String otherwise,
      Map<String, Double> extras,
      Map<String, String> missing) {
    if (figure.isPresent()) {
      extras.put(name, (double) figure.getAsLong());
    } else {
      missing.put(name, otherwise);
    }
  }

  private static OptionalLong since(OptionalLong before, OptionalLong after) {
    return before.isPresent() && after.isPresent()
        ? OptionalLong.of(after.getAsLong() - before.getAsLong())
        : OptionalLong.empty();
  }

  /** Of the tools that tell; libbpf-tools' do not. */
  private Map<ToolProcess, Tool.Tally> tallies() throws InterruptedException {
    Map<ToolProcess, Tool.Tally> tallies = new HashMap<>();
    for (ToolProcess tool : tools) {
      if (tool.tells()) {
        tallies.put(tool, tool.tally());
      }
    }
    return tallies;
  }

  /** What each tool saw; one that traces this load and saw nothing makes the fork worthless. */
  private void events(
      TargetLoad load,
      TargetLoad.Result result,
      Map<ToolProcess, Tool.Tally> before,
      Map<ToolProcess, Tool.Tally> after,
      Map<String, Double> extras,
      Map<String, String> missing) {
    long seen = 0;
    long lost = 0;
    boolean told = false;
    for (ToolProcess tool : tools) {
      Tool.Tally first = before.get(tool);
      Tool.Tally last = after.get(tool);
      if (first == null || last == null || !traces(tool, load)) {
        continue;
      }
      long saw = last.seen() - first.seen();
      if (saw <= 0) {
        throw new IllegalStateException(
            "%s saw none of %d operations of the load %s"
                .formatted(tool.name(), result.operations(), load.word()));
      }
      told = true;
      seen += saw;
      lost += last.lost() - first.lost();
    }
    if (told) {
      extras.put("events_seen", (double) seen);
      extras.put("events_lost", (double) lost);
      extras.put("events_per_op", (double) seen / result.operations());
    } else {
      tools.stream()
          .filter(tool -> traces(tool, load))
          .findFirst()
          .ifPresent(tool -> missing.put("events_seen", tool.name() + UNTOLD));
    }
  }

  private static boolean traces(ToolProcess tool, TargetLoad load) {
    return load.isTracedBy(List.of(tool.name()));
  }

  /** How long the tools' programs run, and how often, by the kernel's statistics. */
  private void programs(
      TargetLoad load, Settings settings, Map<String, Double> extras, Map<String, String> missing)
      throws InterruptedException {
    try (RunTimeStats _ = RunTimeStats.enable()) {
      Map<ToolProcess, Tool.Tally> seenBefore = tallies();
      ProcessUse before = use();
      TargetLoad.Result result = load.run(SHORT, folder, settings.log());
      ProcessUse after = use();
      long seen = seen(seenBefore, tallies());
      long runs = after.runs() - before.runs();
      if (runs == 0 && tools.stream().anyMatch(tool -> traces(tool, load))) {
        throw new IllegalStateException(
            "no program of %s ran in %d operations of the load %s"
                .formatted(names(), result.operations(), load.word()));
      }
      double nanos = after.runNanos() - before.runNanos();
      extras.put("bpf_ns_per_op", nanos / result.operations());
      extras.put("bpf_runs_per_op", (double) runs / result.operations());
      if (runs > 0) {
        extras.put("bpf_ns_per_run", nanos / runs);
      }
      if (seen > 0 && tools.size() == 1) {
        extras.put(ToolsSuite.NANOS_PER_EVENT, nanos / seen);
      }
    } catch (BpfException e) {
      missing.put(
          "bpf_ns_per_op",
          "run-time statistics cannot be switched on (they need CAP_SYS_ADMIN): " + e.getMessage());
    }
  }

  /** Events between two times; the tools were asked around what is divided by it. */
  private static long seen(
      Map<ToolProcess, Tool.Tally> before, Map<ToolProcess, Tool.Tally> after) {
    return before.entrySet().stream()
        .mapToLong(tool ->
            Objects.requireNonNull(after.get(tool.getKey())).seen() - tool.getValue().seen())
        .sum();
  }

  private String names() {
    return String.join(", ", tools.stream().map(ToolProcess::name).toList());
  }
}
