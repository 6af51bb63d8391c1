package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as users write them. */
final class Durations {
  private static final Pattern WORD = Pattern.compile("(\\d{1,6})(ms|s|m|h)?");

  private Durations() {}

  /**
   * {@code 500ms}, {@code 90s} or {@code 90}, {@code 5m}, {@code 1h}.
   *
   * @throws Refusal that names the option, where it is none, or nothing
   */
  static Duration parse(String option, String word) {
    Matcher time = WORD.matcher(word);
    if (!time.matches() || Long.parseLong(time.group(1)) == 0) {
      throw Refusal.option(
          "%s takes a time above 0, like 90s or 5m, not '%s'.".formatted(option, word));
    }
    long number = Long.parseLong(time.group(1));
    String unit = time.group(2);
    return switch (unit == null ? "s" : unit) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofSeconds(number);
    };
  }
}
