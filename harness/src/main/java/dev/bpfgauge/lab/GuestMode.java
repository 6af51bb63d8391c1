package dev.bpfgauge.lab;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.Locale;

/** What a guest is asked. */
public enum GuestMode {
  /** Whether operations work on that kernel; figures are by the way. */
  FUNCTIONAL(1, 2, 1, 0.03),
  /** Executed instructions: the emulator's clock goes one nanosecond an instruction. */
  INSTRUCTIONS(2, 4, 5, 0.005),
  /** Nanoseconds: only where KVM runs the guest. */
  TIME(200, 200, 5, 0.03);

  private final int warmupMillis;
  private final int measureMillis;
  private final int iterations;
  private final double margin;

  GuestMode(int warmupMillis, int measureMillis, int iterations, double margin) {
    this.warmupMillis = warmupMillis;
    this.measureMillis = measureMillis;
    this.iterations = iterations;
    this.margin = margin;
  }

  /** Warm-up of a cell, by the guest's clock. */
  public int warmupMillis() {
    return warmupMillis;
  }

  /** One iteration, by the guest's clock. */
  public int measureMillis() {
    return measureMillis;
  }

  /** Iterations of a cell. */
  public int iterations() {
    return iterations;
  }

  /** Margin of equivalence where none is given, as a share. */
  public double margin() {
    return margin;
  }

  /** What its clock counts, in short: {@code ns}, {@code insn} for instructions. */
  String unit() {
    return this == INSTRUCTIONS ? "insn" : "ns";
  }

  /** Guests side by side do not disturb what this mode finds out: what else runs is not counted. */
  boolean sideBySide() {
    return this != TIME;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The mode of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  public static GuestMode ofWord(String word) {
    return EnumWords.parse(List.of(values()), GuestMode::word, "mode", word);
  }
}
