package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Contrasts;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.Pace;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedDifference;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.suite.maps.CallPath;
import dev.bpfgauge.suite.maps.MapKind;
import dev.bpfgauge.suite.maps.MapOperation;
import dev.bpfgauge.suite.maps.MapsSuite;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code calibrate}: how good is this instrument on this machine? Java against C, an arm against
 * itself, a known delay that must be found, a load in turns against a steady one.
 */
@Command(
    name = "calibrate",
    description = {
      "Measure the instrument itself on this machine.",
      "Java against C, an arm against itself (A/A), a known delay that must be found, a load in"
          + " turns against a steady one, allocated bytes, and the sampler's own cost."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  calibrate                 about six minutes",
      "  calibrate --rounds 10     narrower intervals"
    })
final class CalibrateCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin ResultsOption results;

  @Mixin WaitOption wait;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds. Default: ${DEFAULT-VALUE}.",
      defaultValue = "5")
  int rounds;

  @Option(
      names = "--delay",
      paramLabel = "NANOS",
      description = "The known delay put into each lookup. Default: ${DEFAULT-VALUE}.",
      defaultValue = "100")
  long delayNanos;

  @Override
  public Integer call() {
    RunOptions.checkRounds(spec, rounds);
    RunOptions.check(
        spec,
        delayNanos >= 1 && delayNanos <= 1_000_000,
        "--delay",
        "from 1 to 1000000 nanoseconds");
    PrintWriter out = spec.commandLine().getOut();
    Runs runs = new Runs(results.folder, out, wait);
    MeasuredRun.Result result =
        runs.run(plan(), spec.root().commandLine().getParseResult().originalArgs());
    int code = runs.show(result);
    print(FoldedLines.on(out), runs.analysis());
    out.flush();
    return code;
  }

  private Plan plan() {
    List<Cell> lookups =
        MapsSuite.cells(MapsSuite.Options.DEFAULT.of(List.of(MapOperation.LOOKUP)));
    List<Cell> everywhere = new ArrayList<>(MapsSuite.floor());
    everywhere.addAll(lookups);
    List<String> profiles = new ArrayList<>(List.of("idle", "idle"));
    profiles.addAll(LoadInTurns.PROFILES);
    List<ArmInfo> all = Runs.arms(profiles);
    List<ArmInfo> arms = new ArrayList<>(all.subList(0, 2));
    ArmInfo delayed = arms.getFirst().delayed(delayNanos, "ns");
    arms.add(delayed);
    List<Cell> firstArmOnly = MapsSuite.references(MapKind.USUAL_KINDS);
    TreeMap<String, Long> inject = new TreeMap<>();
    inject.put(delayed.label(), delayNanos);
    Plan plan =
        Plan.interleave(
            "calibrate",
            arms,
            Runs.together(List.of("idle"), everywhere, arms.size(), false),
            everywhere,
            List.of(new Plan.Beside(firstArmOnly, rounds)),
            rounds,
            42,
            Pace.DEFAULT.times(),
            0.03,
            null,
            inject);
    return LoadInTurns.unavailable().isPresent()
        ? plan
        : LoadInTurns.after(plan, all.subList(2, all.size()), lookups);
  }

  private void print(PrintWriter out, RunAnalysis analysis) {
    out.println();
    List<CellComparison> javaToC =
        Contrasts.of(
            analysis.run(), "runtime", LoopRuntime.JAVA.word(), LoopRuntime.C_THREAD.word());
    for (CallPath path : CallPath.values()) {
      List<CellComparison> through =
          javaToC.stream().filter(c -> c.subject().param("path").equals(path.word())).toList();
      out.printf(
          Locale.ROOT,
          "Java / C with a second thread, lookup by %s: median ratio %.4f of %d maps%n",
          path.word(),
          Contrasts.medianRatio(through),
          through.size());
      through.forEach(c ->
          out.println("  " + c.subject().param("map") + ": " + ratio(c.ratio(), c.interval95())));
    }
    out.printf(
        Locale.ROOT,
        "Bytes allocated per operation, largest: %s%n",
        analysis.cells().stream()
            .map(CellSummary::bytesPerOp)
            .filter(Objects::nonNull)
            .max(Double::compare)
            .map(bytes -> String.format(Locale.ROOT, "%.4f", bytes))
            .orElse("unavailable: no fork was measured"));
    String aa = analysis.run().info().plan().arms().get(1).label();
    for (Verdict verdict : Verdict.values()) {
      out.printf("A/A, %s: %d cells%n", verdict.word(), count(analysis.comparisons(), aa, verdict));
    }
    printDelay(out, analysis);
    printLoadInTurns(out, analysis.run());
    out.printf(
        Locale.ROOT,
        "Sampler: %.3f %% of one CPU%n",
        analysis.run().samples().costPercentOfOneCpu());
  }

  private static void printLoadInTurns(PrintWriter out, RunData run) {
    List<ArmInfo> arms = run.info().plan().arms();
    out.println(
        LoadInTurns.unavailable()
            .map(reason -> "Load in turns: unavailable: " + reason)
            .orElseGet(() ->
                LoadInTurns.line(
                    LoadInTurns.compare(
                        run.forks(),
                        arms.subList(arms.size() - LoadInTurns.PROFILES.size(), arms.size()),
                        run.info().plan().margin()))));
  }

  private void printDelay(PrintWriter out, RunAnalysis analysis) {
    String delayed = analysis.run().info().plan().arms().get(2).label();
    for (CellComparison found : analysis.comparisons()) {
      if (found.subject().profile().equals(delayed)
          && found.subject().benchmark().equals("maps.lookup")) {
        PairedDifference difference =
            Contrasts.difference(analysis.run(), found.subject(), found.reference());
        Interval interval = difference.interval95();
        out.printf(
            Locale.ROOT,
            "Delay of %d ns in lookup on %s: %s, %+.1f ns%s%n",
            delayNanos,
            found.subject().param("map"),
            found.verdict().word(),
            difference.mean(),
            interval == null
                ? ""
                : String.format(
                    Locale.ROOT,
                    " [%.1f, %.1f], %s the truth",
                    interval.low(),
                    interval.high(),
                    interval.contains((double) delayNanos) ? "covers" : "does not cover"));
      }
    }
  }

  private static long count(List<CellComparison> comparisons, String arm, Verdict verdict) {
    return comparisons.stream()
        .filter(c -> c.subject().profile().equals(arm) && c.verdict() == verdict)
        .count();
  }

  static String ratio(double ratio, @Nullable Interval interval) {
    return String.format(Locale.ROOT, "%.4f", ratio)
        + (interval == null
            ? ""
            : String.format(Locale.ROOT, " [%.4f, %.4f]", interval.low(), interval.high()));
  }
}
