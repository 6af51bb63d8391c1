package dev.bpfgauge.libbpf;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last lines of the verifier's log at level 4 (kernel: print_verification_stats).
 *
 * @param micros what the kernel says verification took, whole microseconds; empty where it does not
 *     say
 * @param stackBytes stack of its functions together, as veristat adds them; empty where it does not
 *     say
 * @param processed instructions it walked, those of other paths again
 * @param peakStates states it kept at most
 * @param totalStates states it kept in all
 */
public record VerifierStatistics(
    OptionalLong micros,
    OptionalLong stackBytes,
    long processed,
    long peakStates,
    long totalStates) {
  private static final Pattern TIME = Pattern.compile("verification time (\\d+) usec");
  private static final Pattern STACK = Pattern.compile("stack depth ([\\d+]+)");
  private static final Pattern WORK =
      Pattern.compile("processed (\\d+) insns .*total_states (\\d+) peak_states (\\d+)");

  /**
   * Reads the log.
   *
   * @throws IllegalStateException where the line is not there
   */
  public static VerifierStatistics parse(String log) {
    Matcher work = WORK.matcher(log);
    if (!work.find()) {
      throw new IllegalStateException("the verifier's log has no statistics: " + log.strip());
    }
    Matcher time = TIME.matcher(log);
    Matcher stack = STACK.matcher(log);
    return new VerifierStatistics(
        time.find() ? OptionalLong.of(Long.parseLong(time.group(1))) : OptionalLong.empty(),
        stack.find()
            ? OptionalLong.of(
                Pattern.compile("\\+")
                    .splitAsStream(stack.group(1))
                    .mapToLong(Long::parseLong)
                    .sum())
            : OptionalLong.empty(),
        Long.parseLong(work.group(1)),
        Long.parseLong(work.group(3)),
        Long.parseLong(work.group(2)));
  }
}
