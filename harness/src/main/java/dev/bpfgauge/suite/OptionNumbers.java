package dev.bpfgauge.suite;

import dev.bpfgauge.model.Refusal;
import java.util.List;

/** Numbers that an option takes. */
public final class OptionNumbers {
  private OptionNumbers() {}

  /**
   * Refuses those that are out of a range.
   *
   * @param option its name with the hyphens
   * @throws Refusal with what it takes
   */
  public static void require(
      String option, List<? extends Number> given, long least, long greatest) {
    if (!given.stream().mapToLong(Number::longValue).allMatch(n -> least <= n && n <= greatest)) {
      throw Refusal.option(
          "%s takes %s."
              .formatted(
                  option,
                  greatest == Integer.MAX_VALUE
                      ? "whole numbers from " + least
                      : "whole numbers from %d to %d".formatted(least, greatest)));
    }
  }
}
