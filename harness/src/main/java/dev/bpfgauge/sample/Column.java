package dev.bpfgauge.sample;

/**
 * One column of samples.csv.
 *
 * @param name the name in the first line
 * @param unit e.g. {@code %}, {@code 1/s}, {@code bytes}
 * @param meaning what the number is and where it comes from
 * @param missing why this machine cannot fill it, empty where it can
 */
public record Column(String name, String unit, String meaning, String missing) {

  static Column of(String name, String unit, String meaning) {
    return new Column(name, unit, meaning, "");
  }

  Column without(String reason) {
    return new Column(name, unit, meaning, reason);
  }
}
