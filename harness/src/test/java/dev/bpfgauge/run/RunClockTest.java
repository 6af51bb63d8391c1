package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The wall clock may jump; durations do not. */
class RunClockTest {
  private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");
  private static final RunClock CLOCK = new RunClock(START, 1_000, 0);

  @Test
  void aClockThatRunsAlongHasNoDrift() {
    assertEquals(Duration.ZERO, CLOCK.wallDrift(START.plusSeconds(60), 1_000 + 60_000_000_000L));
  }

  @Test
  void aClockSetBackOrForwardIsSeenWithItsSign() {
    assertEquals(
        Duration.ofHours(-1),
        CLOCK.wallDrift(START.plusSeconds(60).minusSeconds(3600), 1_000 + 60_000_000_000L));
    assertEquals(
        Duration.ofMinutes(5),
        CLOCK.wallDrift(START.plusSeconds(60 + 300), 1_000 + 60_000_000_000L));
  }

  @Test
  void aResumedRunGoesOnWhereItStopped() {
    long first = RunClock.startingAt(90_000).millis();

    assertTrue(first >= 90_000, "resumed at " + first);
  }
}
