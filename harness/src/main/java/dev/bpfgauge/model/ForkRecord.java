package dev.bpfgauge.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One journal line: one finished or failed fork.
 *
 * @param seq position in the plan, from 0; a resumed run repeats a failed position
 * @param round the round, from 0: forks of one cell pair across arms by round
 * @param cell what was measured
 * @param status how the fork ended
 * @param reason one sentence where the status is not {@link ForkStatus#OK}, else empty
 * @param startedAt wall clock at the start; not used for arithmetic, the clock may jump
 * @param startMillis milliseconds since the run began, monotonic
 * @param endMillis milliseconds since the run began, monotonic
 * @param measurement what was measured, only where the status is {@link ForkStatus#OK} or {@link
 *     ForkStatus#LOAD_NOT_REACHED}
 * @param load the proofs of the load around this fork
 */
public record ForkRecord(
    int seq,
    int round,
    Cell cell,
    ForkStatus status,
    String reason,
    Instant startedAt,
    long startMillis,
    long endMillis,
    @Nullable Measurement measurement,
    List<LoadCheck> load) {

  public ForkRecord {
    load = List.copyOf(load);
  }

  /**
   * Whether the kernel answered that it will not ({@link ForkStatus#REFUSED}, {@link
   * KernelsAnswer}): nothing is missing then, and asking again gives the same.
   */
  public boolean isKernelsRefusal() {
    return status == ForkStatus.REFUSED
        || (status == ForkStatus.UNAVAILABLE && KernelsAnswer.in(reason).isPresent());
  }
}
