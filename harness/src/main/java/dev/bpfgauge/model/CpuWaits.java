package dev.bpfgauge.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Forks whose figures hold a wait for a CPU, by the proofs that they have.
 *
 * @param forks that have such a proof
 * @param waited those of them that waited
 * @param leastPercent the least that a measuring thread of theirs had, in percent of a CPU
 */
public record CpuWaits(int forks, int waited, double leastPercent) {
  /** What such a proof looks at. */
  public static final String PROOF = "own cpu";

  /** Below this part of its due, a thread waited so long that the figure holds the wait. */
  private static final double ENOUGH = 0.9;

  /** Of all forks of a run, without medians of turns, which hold no wait. */
  public static CpuWaits of(List<ForkRecord> forks) {
    List<LoadCheck> proofs =
        forks.stream()
            .filter(fork -> !isOfTurns(fork.measurement()))
            .flatMap(fork -> fork.load().stream())
            .filter(check -> check.what().equals(PROOF))
            .toList();
    List<LoadCheck> late = proofs.stream().filter(CpuWaits::tells).toList();
    return new CpuWaits(
        proofs.size(),
        late.size(),
        late.stream().mapToDouble(LoadCheck::seen).min().orElse(Double.NaN));
  }

  private static boolean isOfTurns(@Nullable Measurement measurement) {
    return measurement != null && measurement.isOfTurns();
  }

  /** Whether a proof tells of one. */
  public static boolean tells(LoadCheck check) {
    return check.what().equals(PROOF) && check.seen() < check.wanted() * ENOUGH;
  }

  /** The whole of it, without a capital and a full stop; empty where none waited. */
  public Optional<String> sentence() {
    return waited == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "other processes took CPU time from %d of the %d forks that tell: a measuring"
                    + " thread had less than %.0f %% of what was its due (least: %.0f %% of a CPU),"
                    + " and its figure holds the wait",
                waited,
                forks,
                100 * ENOUGH,
                leastPercent));
  }
}
