package dev.bpfgauge.model;

import java.util.Locale;
import java.util.stream.Stream;

/** What the figures of a run count. */
public enum Clock {
  NANOSECONDS,
  /** Of an emulated processor: their ratios alone mean something. */
  EMULATED_NANOSECONDS,
  INSTRUCTIONS;

  /** The word in a fingerprint: {@code emulated nanoseconds}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The clock of that {@link #word()}; what another program writes there is a count. */
  static Clock ofWord(String word) {
    return Stream.of(values())
        .filter(clock -> clock.word().equals(word))
        .findFirst()
        .orElse(INSTRUCTIONS);
  }

  /** Whether it is a time, an emulated one included. */
  public boolean isTime() {
    return this != INSTRUCTIONS;
  }
}
