package dev.bpfgauge.measure;

import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import org.jspecify.annotations.Nullable;

/** How one attempt to measure one cell ended. */
public sealed interface Outcome {

  /**
   * Measured, and every operation's result was right.
   *
   * @param measurement what was measured
   * @param jmhJson the result as JMH's own JSON writes it, one object; absent for C
   */
  record Measured(Measurement measurement, @Nullable String jmhJson) implements Outcome {}

  /** The kernel, or reason itself, refuses the operation by design; one sentence. */
  record Refused(String reason) implements Outcome {}

  /** This machine cannot do it; one sentence with the fix. */
  record Unavailable(String reason) implements Outcome {}

  /** The fork died, or an operation gave a wrong result; one sentence. */
  record Failed(String reason) implements Outcome {}

  /** What a refusal says of a cell. */
  static Outcome of(Refusal refusal) {
    String reason = String.valueOf(refusal.getMessage());
    return switch (refusal.kind()) {
      case OPTION, USAGE -> new Refused(reason);
      case ENVIRONMENT -> new Unavailable(reason);
    };
  }
}
