package dev.bpfgauge.suite.tools;

/**
 * A number with its decimals, e.g. nanoseconds shown as milliseconds.
 *
 * @param units the number, times ten to the power of {@code scale}
 * @param scale how many of its digits are decimals, up to 9
 */
public record Decimal(long units, int scale) {
  private static final long[] POWERS = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
  };

  /** Nanoseconds as seconds. */
  public static Decimal seconds(long nanos) {
    return new Decimal(nanos, 9);
  }

  /** Nanoseconds as milliseconds. */
  public static Decimal millis(long nanos) {
    return new Decimal(nanos, 6);
  }

  /** Nanoseconds as microseconds. */
  public static Decimal micros(long nanos) {
    return new Decimal(nanos, 3);
  }

  /** Any number, to the sixth decimal. */
  public static Decimal of(double value) {
    return new Decimal(Math.round(value * POWERS[6]), 6);
  }

  public double value() {
    return units / (double) POWERS[scale];
  }

  /** Rounded to so many decimals, at most as many as it has; half away from zero. */
  void append(StringBuilder text, int decimals) {
    long divisor = POWERS[scale - decimals];
    long rounded = (Math.abs(units) + divisor / 2) / divisor;
    append(text, units < 0 && rounded > 0, rounded, decimals);
  }

  /** With all its decimals but the zeros at the end; at least one. */
  void appendAll(StringBuilder text) {
    append(text, units < 0, Math.abs(units), scale);
    while (text.charAt(text.length() - 1) == '0' && text.charAt(text.length() - 2) != '.') {
      text.setLength(text.length() - 1);
    }
  }

  private static void append(StringBuilder text, boolean negative, long digits, int decimals) {
    if (negative) {
      text.append('-');
    }
    text.append(digits / POWERS[decimals]).append('.');
    long behind = digits % POWERS[decimals];
    for (int i = decimals - 1; i >= 0; i--) {
      text.append((char) ('0' + behind / POWERS[i] % 10));
    }
  }
}
