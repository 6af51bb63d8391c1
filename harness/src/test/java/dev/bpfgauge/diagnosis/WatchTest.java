package dev.bpfgauge.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.diagnosis.HostMoment.Resource;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a host is in trouble, and which pages stay. */
class WatchTest {
  @TempDir Path folder;

  private static HostStretch stretch(double load, double busy) {
    return new HostStretch(
        1, load, 3, 1, busy, 0, 0, 0, 4, Map.of(Resource.CPU, 12.0, Resource.IO, 40.0));
  }

  @ParameterizedTest
  @CsvSource({
    "load>2*cpus, load 9.00 > 8",
    "load > 2.5 * cpus, ",
    "busy>90%, busy 97.00 > 90",
    "running>3, ",
    "running>2.9, running 3.00 > 2.9",
    "cpu-pressure>10, cpu-pressure 12.00 > 10",
    "memory-pressure>0, "
  })
  void aFigureAboveItsLimitIsTrouble(String text, String sentence) {
    Trigger trigger = Trigger.parse(text);
    HostStretch stretch = stretch(9, 97);

    assertEquals(sentence != null, trigger.isReached(stretch));
    if (sentence != null) {
      assertEquals(sentence, trigger.sentence(stretch));
    }
  }

  @Test
  void troubleIsOverWhenItFellByATenth() {
    Trigger trigger = Trigger.parse("load>2*cpus");

    assertFalse(trigger.isOver(stretch(7.5, 0)));
    assertTrue(trigger.isOver(stretch(7.1, 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"load", "load<2", "laod>2", "load>2*cpu", "load>-1", "load>1e9", ">2", ""})
  void whatIsNoTriggerIsRefused(String text) {
    Refusal refused = assertThrows(Refusal.class, () -> Trigger.parse(text));

    assertEquals(Refusal.Kind.OPTION, refused.kind());
    assertTrue(String.valueOf(refused.getMessage()).contains("load"), refused.getMessage());
  }

  @Test
  void theNewestPagesStayAndNothingElseGoes() throws IOException {
    Path page = folder.resolve("d.html");
    for (int day = 1; day <= 5; day++) {
      Files.createFile(Watch.stamped(page, Instant.parse("2026-11-0" + day + "T10:00:00Z")));
    }
    List<String> others = List.of("d.html", "d-notes.html", "d-20261101-100000.txt", "e.html");
    for (String other : others) {
      Files.createFile(folder.resolve(other));
    }

    Watch.keepNewest(page, 2);

    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          Stream.concat(
                  others.stream(), Stream.of("d-20261104-100000.html", "d-20261105-100000.html"))
              .sorted()
              .toList(),
          left.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }
}
