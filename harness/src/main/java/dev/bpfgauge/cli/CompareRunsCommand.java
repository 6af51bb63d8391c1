package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunComparison;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Checkout;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.terminal.RunsCompared;
import dev.bpfgauge.stats.Verdict;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code compare}: a run against an earlier one. */
@Command(
    name = "compare",
    description = {
      "Compare a run with an earlier one, cell by cell.",
      "Each cell is slower, faster, equivalent or inconclusive. Runs with different fingerprints"
          + " are refused, and what differs is named."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  compare 20261120-0300 latest             the newest run against an earlier one",
      "  compare --against main                   the newest run against main's newest",
      "  compare --against main latest --gate     exit code 1 if a cell is slower",
      "  compare OLD NEW --fail-on slower,inconclusive",
      "      exit code 1 also if inconclusive",
      "  compare OLD NEW --markdown > comment.md  for a comment on a pull request"
    })
final class CompareRunsCommand implements Callable<Integer> {
  private static final double PERCENT = 100;

  /** So much of a commit's id names it. */
  private static final int SHORTEST_COMMIT = 7;

  @Spec CommandSpec spec;

  @Parameters(
      arity = "0..2",
      paramLabel = "RUN",
      description =
          "The earlier run and the one judged; with --against the one judged alone, by default"
              + " latest. Each is an id, a prefix of it, a folder, or latest.")
  List<String> runs = new ArrayList<>();

  @Option(
      names = "--against",
      paramLabel = "BRANCH",
      description =
          "Compare with the newest complete run that was made from this git branch or commit.")
  @Nullable String against;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: that of the run judged.")
  @Nullable Double marginPercent;

  @Option(
      names = "--across-fingerprints",
      description = "Compare in spite of different fingerprints; the differences are named first.")
  boolean acrossFingerprints;

  @Option(names = "--gate", description = "The same as --fail-on slower.")
  boolean gate;

  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "VERDICT",
      description = {
        "End with exit code 1 where a cell has one of these verdicts: slower, faster, inconclusive"
            + " (also where no cell could be compared)."
      })
  Set<Failing> failOn = EnumSet.noneOf(Failing.class);

  /** Verdicts that a pull request may fail for. */
  enum Failing {
    SLOWER(Verdict.SLOWER),
    FASTER(Verdict.FASTER),
    INCONCLUSIVE(Verdict.INCONCLUSIVE);

    private final Verdict verdict;

    Failing(Verdict verdict) {
      this.verdict = verdict;
    }

    boolean isMetBy(RunComparison compared) {
      return !compared.with(verdict).isEmpty()
          || (this == INCONCLUSIVE && compared.cells().isEmpty());
    }
  }

  @ArgGroup Format format = new Format();

  @Mixin ResultsOption results;

  /** How to print it. */
  static final class Format {
    @Option(names = "--markdown", description = "Print Markdown for a pull request's comment.")
    boolean markdown;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;
  }

  /**
   * What {@code --json} prints.
   *
   * @param slower how many cells are slower
   * @param faster how many are faster
   * @param equivalent how many are equivalent
   * @param inconclusive how many are neither
   * @param smallestSeen what could have been seen, as shares; absent where nothing could
   * @param comparison everything else
   */
  record Printed(
      int slower,
      int faster,
      int equivalent,
      int inconclusive,
      RunComparison.@Nullable Power smallestSeen,
      RunComparison comparison) {

    static Printed of(RunComparison compared) {
      return new Printed(
          compared.with(Verdict.SLOWER).size(),
          compared.with(Verdict.FASTER).size(),
          compared.with(Verdict.EQUIVALENT).size(),
          compared.with(Verdict.INCONCLUSIVE).size(),
          compared.power(),
          compared);
    }
  }

  @Override
  public Integer call() {
    Double percent = marginPercent;
    if (percent != null && !(percent > 0 && percent < PERCENT)) {
      throw new ParameterException(
          spec.commandLine(), "--margin takes a percentage above 0, below 100.");
    }
    RunFolder subject = RunFolder.resolve(results.folder, judged());
    RunFolder reference =
        against == null
            ? RunFolder.resolve(results.folder, runs.getFirst())
            : newestOf(against, subject);
    requireComparable(subject, reference);
    RunData run = read(subject);
    RunComparison compared =
        RunComparison.of(
            run, read(reference), percent == null ? run.info().plan().margin() : percent / PERCENT);
    print(compared);
    Set<Failing> failing = EnumSet.noneOf(Failing.class);
    failing.addAll(failOn);
    if (gate) {
      failing.add(Failing.SLOWER);
    }
    return failing.stream().anyMatch(verdict -> verdict.isMetBy(compared))
        ? ExitCode.GATE
        : ExitCode.DONE;
  }

  /** What was damaged and left out is said beside the figures, not among them. */
  private RunData read(RunFolder folder) {
    return Remarks.read(folder, spec.commandLine().getErr());
  }

  private String judged() {
    if (against == null && runs.size() != 2) {
      throw new ParameterException(
          spec.commandLine(),
          "compare takes two runs, the earlier one first, or --against BRANCH.");
    }
    if (against != null && runs.size() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--against BRANCH names the earlier run: give only the one judged.");
    }
    return runs.isEmpty() ? RunFolder.LATEST : runs.getLast();
  }

  /**
   * @throws Refusal where the two say nothing about each other
   */
  private void requireComparable(RunFolder subject, RunFolder reference) {
    if (subject.isSameRun(reference)) {
      boolean copied = !canonical(subject).equals(canonical(reference));
      throw Refusal.usage(
          (copied
                  ? "%s and %s are copies of one run; ".formatted(reference.path(), subject.path())
                  : subject.id() + " is both of the runs; ")
              + "`list` names others, and an A/A run (run -p idle,idle) compares a run with"
              + " itself.");
    }
    RunInfo judged = subject.readInfo();
    RunInfo earlier = reference.readInfo();
    if (!judged.clock().equals(earlier.clock())) {
      throw Refusal.usage(
          "%s counts %s, %s counts %s: no ratio of these means anything."
              .formatted(subject.id(), judged.clock(), reference.id(), earlier.clock()));
    }
    List<FingerprintDifference> differences = FingerprintDifference.between(judged, earlier);
    if (!differences.isEmpty() && !acrossFingerprints) {
      throw Refusal.environment(
          "%s and %s are not comparable: %s. --across-fingerprints compares them anyway."
              .formatted(
                  subject.id(),
                  reference.id(),
                  differences.stream()
                      .map(FingerprintDifference::words)
                      .collect(Collectors.joining("; "))));
    }
  }

  private static Path canonical(RunFolder run) {
    return run.path().toAbsolutePath().normalize();
  }

  private record Candidate(RunFolder folder, RunInfo info) {}

  /** The newest complete run of that branch or commit that the judged one can be held against. */
  private RunFolder newestOf(String branch, RunFolder subject) {
    RunInfo judged = subject.readInfo();
    boolean clockIsRight = !RunFolder.isAhead(judged.startedAt());
    List<Candidate> candidates =
        RunFolder.ids(results.folder).stream()
            .map(id -> RunFolder.open(results.folder.resolve(id)))
            .filter(folder -> !canonical(folder).equals(canonical(subject)))
            .flatMap(folder -> readable(folder, clockIsRight))
            .filter(run -> !run.folder().isSameRun(subject))
            .filter(run -> run.info().status() == RunInfo.Status.COMPLETE)
            .filter(run -> isFrom(run.info(), branch) && measuresTheSame(run.info(), judged))
            .sorted(Comparator.comparing((Candidate run) -> run.info().startedAt()).reversed())
            .toList();
    return candidates.stream()
        .filter(run -> FingerprintDifference.between(judged, run.info()).isEmpty())
        .findFirst()
        .or(() -> candidates.stream().findFirst())
        .map(Candidate::folder)
        .orElseThrow(() ->
            Refusal.usage(
                "no complete run in %s was made from %s and measured what %s did. A run knows its branch where it was made in a checkout of git or in CI."
                    .formatted(results.folder, branch, subject.id())));
  }

  /** One damaged folder among many is no reason to stop, but not passed over in silence. */
  private Stream<Candidate> readable(RunFolder folder, boolean clockIsRight) {
    try {
      RunInfo info = folder.readInfo();
      if (clockIsRight && RunFolder.isAhead(info.startedAt())) {
        spec.commandLine()
            .getErr()
            .println("left out: " + info.id() + " is dated in the future, " + info.startedAt());
        return Stream.of();
      }
      return Stream.of(new Candidate(folder, info));
    } catch (Refusal damaged) {
      spec.commandLine().getErr().println("left out: " + damaged.getMessage());
      return Stream.of();
    }
  }

  private static boolean isFrom(RunInfo run, String branch) {
    String commit = run.environment().getOrDefault(Checkout.COMMIT, "");
    return branch.equals(run.environment().getOrDefault(Checkout.BRANCH, ""))
        || (branch.length() >= SHORTEST_COMMIT && commit.startsWith(branch));
  }

  private static boolean measuresTheSame(RunInfo run, RunInfo other) {
    return run.clock().equals(other.clock())
        && !Collections.disjoint(run.plan().suites(), other.plan().suites());
  }

  private void print(RunComparison compared) {
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      out.print(Json.indented(Printed.of(compared)));
    } else if (format.markdown) {
      out.print(RunsCompared.markdown(compared));
    } else {
      out.print(RunsCompared.terminal(compared, Terminal.widthOfTable()));
    }
    out.flush();
  }
}
