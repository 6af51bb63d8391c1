package dev.bpfgauge.machine.sample;

import java.util.Locale;
import java.util.Optional;

/**
 * Notices when the wall clock is set while a run goes on: the timestamps jump then, the elapsed
 * time does not.
 */
final class ClockWatch {

  /** NTP's slewing stays far below this between two rows; setting the clock does not. */
  private static final long JUMP_MILLIS = 500;

  private long wallMillis;
  private long elapsedMillis;

  ClockWatch(long wallMillis, long elapsedMillis) {
    this.wallMillis = wallMillis;
    this.elapsedMillis = elapsedMillis;
  }

  /** One more pair of readings; a sentence if the clock jumped between this one and the last. */
  Optional<String> observe(long wallNow, long elapsedNow) {
    long jump = (wallNow - wallMillis) - (elapsedNow - elapsedMillis);
    wallMillis = wallNow;
    elapsedMillis = elapsedNow;
    return Math.abs(jump) < JUMP_MILLIS
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the clock was set by %+.3f s at %.3f s of the run: timestamps jump there,"
                    + " elapsed_ms does not",
                jump / 1000.0,
                elapsedNow / 1000.0));
  }
}
