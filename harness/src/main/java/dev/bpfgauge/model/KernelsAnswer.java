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

  /** What a reason that begins with this answer says behind it. */
  public String why(String reason) {
    return reason.substring(says("").length());
  }

  /** The answer that a reason in a journal begins with. */
  public static Optional<KernelsAnswer> in(String reason) {
    return Stream.of(values()).filter(answer -> reason.startsWith(answer.says(""))).findFirst();
  }

  /** The word on page and terminal. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
