package dev.bpfgauge.run;

import java.time.Duration;
import java.time.Instant;

/**
 * Milliseconds since a run began, monotonic; a resumed run goes on where it stopped.
 *
 * @param wallAtStart wall clock when this process began
 * @param nanosAtStart {@link System#nanoTime()} at the same moment
 * @param offsetMillis what earlier processes of the same run took
 */
public record RunClock(Instant wallAtStart, long nanosAtStart, long offsetMillis) {

  public static RunClock startingAt(long offsetMillis) {
    return new RunClock(Instant.now(), System.nanoTime(), offsetMillis);
  }

  public long millis() {
    return offsetMillis + (System.nanoTime() - nanosAtStart) / 1_000_000;
  }

  /** How far the wall clock has run away from the monotonic one since this process began. */
  public Duration wallDrift() {
    return wallDrift(Instant.now(), System.nanoTime());
  }

  Duration wallDrift(Instant wallNow, long nanosNow) {
    return Duration.between(wallAtStart, wallNow).minusNanos(nanosNow - nanosAtStart);
  }
}
