package dev.bpfgauge.cli;

import dev.bpfgauge.run.Pace;
import dev.bpfgauge.suite.maps.MapsSuite;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a command that measures takes: which profiles and cells, and how long. */
abstract class RunOptions {
  @Spec CommandSpec spec;

  @Option(
      names = {"-p", "--profile"},
      split = ",",
      paramLabel = "PROFILE",
      description =
          "Profiles, see `list`; ./FILE.yaml is your own, A+B puts two together. One profile alone"
              + " is compared with idle. Default: ${DEFAULT-VALUE}.",
      defaultValue = "cpu80")
  List<String> profiles = List.of();

  @Option(
      names = "--suite",
      split = ",",
      paramLabel = "SUITE",
      completionCandidates = Runs.SuiteNames.class,
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = MapsSuite.NAME)
  List<String> suites = List.of();

  @Mixin CellOptions cells;

  @ArgGroup PaceOption pace = new PaceOption();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds over all arms, exactly so many.")
  @Nullable Integer rounds;

  @Option(names = "--warmup", paramLabel = "MS", description = "Warm-up of one fork.")
  @Nullable Integer warmupMillis;

  @Option(names = "--measure", paramLabel = "MS", description = "Measurement of one fork.")
  @Nullable Integer measureMillis;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence, stated before the run. Default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  double marginPercent;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the order and the keys. Default: ${DEFAULT-VALUE}.",
      defaultValue = "42")
  long seed;

  @Option(
      names = "--fork-timeout",
      paramLabel = "S",
      description = "Deadline of one fork in seconds. Default: ${DEFAULT-VALUE}.",
      defaultValue = "60")
  int forkTimeoutSeconds;

  @Option(
      names = "--no-references",
      description = "Leave out the C loops and the syscall path, run on the first arm.")
  boolean noReferences;

  @Option(
      names = "--no-turns",
      description = "Give each cell a process of its own, and each arm its own seconds.")
  boolean noTurns;

  @Mixin ResultsOption results;

  @Mixin WaitOption wait;

  @Option(
      names = "--inject",
      hidden = true,
      paramLabel = "NANOS",
      description = "Add an arm whose map operations are delayed by this many nanoseconds.")
  long injectNanos;

  /** How much time for how much certainty. */
  static final class PaceOption {
    @Option(names = "--quick", description = "Short forks, about two minutes.")
    boolean quick;

    @Option(names = "--thorough", description = "Longer forks, about 25 minutes.")
    boolean thorough;
  }

  final Pace pace() {
    return pace.quick ? Pace.QUICK : pace.thorough ? Pace.THOROUGH : Pace.DEFAULT;
  }

  /**
   * Refuses numbers that make no run.
   *
   * @throws ParameterException with what the option takes
   */
  final void checkNumbers() {
    checkMargin(spec, marginPercent);
    checkRounds(spec, rounds);
    check(
        warmupMillis == null || (warmupMillis >= 1 && warmupMillis <= 600_000),
        "--warmup",
        "from 1 to 600000 milliseconds");
    check(
        measureMillis == null || (measureMillis >= 10 && measureMillis <= 600_000),
        "--measure",
        "from 10 to 600000 milliseconds");
    check(
        forkTimeoutSeconds >= 1 && forkTimeoutSeconds <= 86_400,
        "--fork-timeout",
        "from 1 to 86400 seconds");
    check(
        injectNanos >= 0 && injectNanos <= 1_000_000, "--inject", "from 0 to 1000000 nanoseconds");
    long forkMillis =
        (warmupMillis == null ? 0L : warmupMillis) + (measureMillis == null ? 0L : measureMillis);
    check(
        forkMillis < forkTimeoutSeconds * 1000L,
        "--fork-timeout",
        "more than the %d seconds of --warmup and --measure together"
            .formatted((forkMillis + 999) / 1000));
  }

  private void check(boolean good, String option, String allowed) {
    check(spec, good, option, allowed);
  }

  /** Of {@code --rounds}; null where it is not given. */
  static void checkRounds(CommandSpec spec, @Nullable Integer rounds) {
    check(spec, rounds == null || (rounds >= 1 && rounds <= 1000), "--rounds", "from 1 to 1000");
  }

  /** Of {@code --margin}; null where it is not given. */
  static void checkMargin(CommandSpec spec, @Nullable Double percent) {
    check(
        spec,
        percent == null || (percent > 0 && percent < 100),
        "--margin",
        "a percentage above 0, below 100");
  }

  /** Of {@code --guest-timeout}. */
  static void checkPatience(CommandSpec spec, int seconds) {
    check(spec, seconds >= 1 && seconds <= 86_400, "--guest-timeout", "from 1 to 86400 seconds");
  }

  /**
   * Refuses a number that makes no sense.
   *
   * @throws ParameterException with what the option takes
   */
  static void check(CommandSpec spec, boolean good, String option, String allowed) {
    if (!good) {
      OptionSpec given = spec.commandLine().getParseResult().matchedOption(option);
      throw new ParameterException(
          spec.commandLine(),
          "%s takes %s%s."
              .formatted(
                  option,
                  allowed,
                  given == null || given.originalStringValues().isEmpty()
                      ? ""
                      : ", not '" + given.originalStringValues().getLast() + "'"));
    }
  }
}
