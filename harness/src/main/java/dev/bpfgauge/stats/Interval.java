package dev.bpfgauge.stats;

/** A closed interval, in the unit of what it is about. */
public record Interval(double low, double high) {

  /** How sure the intervals are that carry it in their name. */
  public static final double CONFIDENCE = 0.95;

  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  public double halfWidth() {
    return (high - low) / 2;
  }

  /** Whether it reaches as far down as up, so that a ± says all of it. */
  public boolean isAround(double value) {
    return Math.abs((high - value) - (value - low)) <= 1e-9 * (high - low);
  }

  /** The part of it that the quantity can have. */
  Interval within(double least, double most) {
    return new Interval(Math.clamp(low, least, most), Math.clamp(high, least, most));
  }
}
