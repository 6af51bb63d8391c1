package dev.bpfgauge.model;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a kernel says to what it will not do, as the first word of a fork's reason: {@code denied:
 * EPERM: …}. It is an answer, so nothing is missing where one stands; that this machine lacks a
 * program or a right to ask has no such word.
 */
public enum KernelsAnswer {
  /** It refuses, for this user or for everybody. */
  DENIED,
  /** It was built without. */
  ABSENT;

  /** The reason as it stands in a journal. */
  public String says(String why) {
    return word() + ": " + why;
  }

  /** The answer that a reason begins with. */
  static Optional<KernelsAnswer> in(String reason) {
    return Stream.of(values()).filter(answer -> reason.startsWith(answer.says(""))).findFirst();
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
