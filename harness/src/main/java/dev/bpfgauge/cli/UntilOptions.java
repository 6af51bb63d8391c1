package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Pace;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.run.Until;
import dev.bpfgauge.stats.Looks;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a run goes on for what is not decided. */
final class UntilOptions {
  /** Each look planned costs certainty, but rounds may be shorter than they seem. */
  private static final double SPARE = 1.25;

  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?) ?%?");

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description =
          "After the first rounds, go on with what is not decided until so long after the start at"
              + " most, e.g. 20m. Default: 8m; 2m with --quick, 25m with --thorough.")
  @Nullable String limit;

  @Option(
      names = "--until-decided",
      description = "Go on until every verdict is decided, however long that takes.")
  boolean decided;

  @Option(
      names = "--until",
      paramLabel = "PERCENT",
      description =
          "Go on until every interval is that narrow to each side, e.g. 5%%, whatever the"
              + " verdicts.")
  @Nullable String narrow;

  /** How the run goes on, for a plan of so many rounds or more; null where it does not. */
  @Nullable Until of(Pace pace, @Nullable Integer roundsGiven, Function<Until, Plan> planned) {
    boolean asked = limit != null || decided || narrow != null;
    if (roundsGiven != null && !asked) {
      return null;
    }
    if (decided && narrow != null) {
      throw Refusal.option("--until-decided and --until ask for different ends: give one of them.");
    }
    Duration time =
        limit != null
            ? Durations.parse("--for", limit)
            : decided || narrow != null ? Duration.ZERO : pace.time();
    double share = narrow == null ? 0 : share(narrow);
    int first = roundsGiven == null ? pace.rounds() : roundsGiven;
    if (time.isZero()) {
      return with(time, share, first, VerdictRule.MOST_ROUNDS);
    }
    Plan plan = planned.apply(with(time, share, first, first + 1));
    double left = Math.max(0, SPARE * time.toMillis() - plan.ownMillis());
    double fitting = first + 1 + left / Math.max(1, plan.furtherRoundMillis());
    return with(time, share, first, (int) Math.min(VerdictRule.MOST_ROUNDS, fitting));
  }

  private static Until with(Duration time, double share, int first, int most) {
    return new Until(time.toMillis(), share, Looks.between(first, most).rounds());
  }

  private static double share(String word) {
    Matcher percent = PERCENT.matcher(word);
    double share = percent.matches() ? Double.parseDouble(percent.group(1)) / 100 : 0;
    if (share <= 0 || share >= 1) {
      throw Refusal.option(
          "--until takes a percentage above 0, below 100, e.g. 5%%, not '%s'.".formatted(word));
    }
    return share;
  }
}
