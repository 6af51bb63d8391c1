package dev.bpfgauge.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> MAPS = List.of("hash", "array", "percpu-hash", "percpu-array");

  @Test
  void aSwappedOrMissingLetterFindsItsName() {
    assertEquals(Optional.of("hash"), NearestName.of("hsah", MAPS));
    assertEquals(Optional.of("percpu-array"), NearestName.of("per-cpu-aray", MAPS));
    assertEquals(Optional.of("array"), NearestName.of("ARRAY", MAPS));
  }

  @Test
  void anUnrelatedWordFindsNone() {
    assertEquals(Optional.empty(), NearestName.of("ringbuffer", MAPS));
    assertFalse(NearestName.unknown("map", "ringbuffer", MAPS).contains("did you mean"));
  }

  @Test
  void theSentenceNamesTheGuessAndAllThatIsKnown() {
    assertEquals(
        "unknown map \"hsah\": did you mean \"hash\"?"
            + " Known: hash, array, percpu-hash, percpu-array",
        NearestName.unknown("map", "hsah", MAPS));
  }
}
