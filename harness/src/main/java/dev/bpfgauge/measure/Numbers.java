package dev.bpfgauge.measure;

import dev.bpfgauge.model.Refusal;
import java.util.Map;

/** Numbers among a cell's parameters. */
public final class Numbers {
  private Numbers() {}

  /**
   * A parameter's number, or {@code otherwise} where it is missing.
   *
   * @throws Refusal where it is no whole number
   */
  public static long of(Map<String, String> params, String name, long otherwise) {
    String text = params.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Refusal(Refusal.Kind.USAGE, "%s=%s is not a whole number".formatted(name, text), e);
    }
  }

  /**
   * Makes sure a parameter is in its range.
   *
   * @throws Refusal where it is not
   */
  public static void inRange(String name, long value, long low, long high) {
    if (value < low || value > high) {
      throw Refusal.usage("%s=%d must lie between %d and %d".formatted(name, value, low, high));
    }
  }
}
