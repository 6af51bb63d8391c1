package dev.bpfgauge.measure;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Measurement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnCpuTest {

  @Test
  void theKernelsThreeNumbersAreTimeOnACpuAndInLineForOne() {
    assertEquals(
        new OwnCpu.Waiting(1_201_201, 333, 7), OwnCpu.Waiting.parse("1201201 333 12\n", 7));
    assertNull(OwnCpu.Waiting.parse("0 0", 7));
    assertNull(OwnCpu.Waiting.parse("a b c", 7));
  }

  @Test
  void whoSleepsIsNotJudgedAndWhoWorksIs() {
    OwnCpu.Waiting before = OwnCpu.Waiting.now();
    if (before == null) {
      return; // a kernel without CONFIG_SCHED_INFO
    }
    OwnCpu.Waiting longAgo =
        new OwnCpu.Waiting(before.ranNanos(), before.waitedNanos(), before.atNanos() - (1L << 40));
    assertNull(OwnCpu.Waiting.shareSince(longAgo), "it wanted a CPU for next to none of the time");
    OwnCpu.Waiting now = requireNonNull(OwnCpu.Waiting.now());
    while (now.ranNanos() - before.ranNanos() < 20_000_000) {
      now = requireNonNull(OwnCpu.Waiting.now());
    }
    Double share = OwnCpu.Waiting.shareSince(before);
    assertTrue(share != null && share > 0 && share <= 1, "share " + share);
  }

  @Test
  void theShareIsThatOfTheStretchesInWhichSomethingIsMeasured() throws InterruptedException {
    Measurement plain = new Measurement(1, List.of(1.0), null, 1, null, null);
    OwnCpu.Stretches stretches = new OwnCpu.Stretches();
    OwnCpu.Waiting before = OwnCpu.Waiting.now();
    if (before == null) {
      return; // a kernel without CONFIG_SCHED_INFO
    }
    try (OwnCpu.Stretch _ = stretches.begin()) {
      sleepMostOfTheTimeSince(before);
    }
    assertNull(OwnCpu.share(stretches.with(plain)), "it slept");
    before = requireNonNull(OwnCpu.Waiting.now());
    try (OwnCpu.Stretch _ = stretches.begin()) {
      OwnCpu.Waiting now = before;
      while (now.ranNanos() - before.ranNanos() < 20_000_000) {
        now = requireNonNull(OwnCpu.Waiting.now());
      }
    }
    Double share = OwnCpu.share(stretches.with(plain));
    assertTrue(share != null && share > 0 && share <= 1, "share " + share);
  }

  /** A busy machine wakes a sleeper late, which is time in which it wants a CPU. */
  private static void sleepMostOfTheTimeSince(OwnCpu.Waiting before) throws InterruptedException {
    OwnCpu.Waiting now = before;
    for (long millis = 50; wanted(before, now) * 4 >= now.atNanos() - before.atNanos(); ) {
      Thread.sleep(millis);
      millis *= 2;
      now = requireNonNull(OwnCpu.Waiting.now());
    }
  }

  private static long wanted(OwnCpu.Waiting before, OwnCpu.Waiting now) {
    return now.ranNanos() - before.ranNanos() + now.waitedNanos() - before.waitedNanos();
  }

  @Test
  void theShareTravelsWithTheMeasurementAndLeavesNothingBehind() {
    Measurement plain = new Measurement(1, List.of(1.0), null, 1, null, null);
    assertEquals(plain, OwnCpu.with(plain, null));
    assertNull(OwnCpu.share(plain));
    assertEquals(plain, OwnCpu.without(OwnCpu.with(plain, 1.0)));
    Measurement answer = plain.with(Map.of("bytes", 8.0));
    Measurement carried = OwnCpu.with(answer, 0.5);
    assertEquals(0.5, OwnCpu.share(carried));
    assertEquals(answer, OwnCpu.without(carried));
  }
}
