package dev.bpfgauge.model;

import java.util.Locale;

/** How one fork ended. Only {@link #OK} forks carry a measurement that enters a verdict. */
public enum ForkStatus {
  /** Measured, every operation's result checked, load proven. */
  OK,
  /** The JVM died or the benchmark threw: the reason says which. */
  CRASHED,
  /** The deadline passed; the JVM was killed. */
  TIMEOUT,
  /** Not started, because an earlier step failed or the run was interrupted. */
  SKIPPED,
  /** The profile's load was not there, before or during the fork. */
  LOAD_NOT_REACHED,
  /** This machine cannot do it: the reason says what is missing. */
  UNAVAILABLE,
  /** The kernel refuses the operation by design, e.g. EINVAL for delete on an array. */
  REFUSED;

  /** The word in files and on the screen, e.g. {@code load-not-reached}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The status of that {@link #word()}.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static ForkStatus ofWord(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
