package dev.bpfgauge.stats;

/** A closed interval, in the unit of what it is about. */
public record Interval(double low, double high) {

  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  public double halfWidth() {
    return (high - low) / 2;
  }
}
