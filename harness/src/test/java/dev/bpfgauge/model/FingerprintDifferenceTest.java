package dev.bpfgauge.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.bpfgauge.files.RunFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FingerprintDifferenceTest {
  private static final RunInfo LAB =
      RunFolder.open(
              Path.of(System.getProperty("project.root", "..")).resolve("results/sample/lab"))
          .readInfo();

  @Test
  void whatOnlyOneSideSaysIsADifference() {
    assertEquals(
        List.of(
            new FingerprintDifference("cpu", "a", "b"),
            new FingerprintDifference("jdk", "25", "unknown")),
        FingerprintDifference.between(
            Map.of("cpu", "a", "jdk", "25", "libbpf", "1"), Map.of("cpu", "b", "libbpf", "1")));
  }

  @Test
  void aKernelThatOnlyOneRunOfTheLabBootedKeepsNothingFromBeingCompared() {
    TreeMap<String, String> without = new TreeMap<>(LAB.fingerprint());
    without.remove("kernel 6.12");
    assertEquals(List.of(), FingerprintDifference.between(LAB, with(without)));
    without.put("kernel 6.1", "6.1.0-99");
    assertEquals(
        List.of("kernel 6.1"),
        FingerprintDifference.between(LAB, with(without)).stream()
            .map(FingerprintDifference::name)
            .toList());
  }

  /** A run from before does not say it, and a user may not read it: unknown, and comparable. */
  @Test
  void whatOneSideDoesNotKnowIsNoDifferenceButIsSaid() {
    Map<String, String> old = Map.of("cpu", "a", "bpf jit", "enable 1, harden 0");
    Map<String, String> users =
        Map.of("cpu", "a", "bpf jit", "enable 1, harden not readable", "jvm flags", "-Xint");
    assertEquals(List.of(), FingerprintDifference.between(users, old));
    assertEquals(List.of(), FingerprintDifference.between(old, users));
    assertEquals(Set.of("bpf jit", "jvm flags"), FingerprintPart.unsaid(old, users));
    assertEquals(
        "bpf jit was enable 1, harden not readable, is enable 2, harden 0",
        FingerprintDifference.between(
                Map.of("bpf jit", "enable 2, harden 0"),
                Map.of("bpf jit", "enable 1, harden not readable"))
            .getFirst()
            .words());
    assertEquals(
        "jvm flags was none, is -Xint",
        FingerprintDifference.between(Map.of("jvm flags", "-Xint"), Map.of("jvm flags", "none"))
            .getFirst()
            .words());
    assertEquals(
        List.of(),
        FingerprintDifference.between(
            Map.of("other bpf programs", "not readable"),
            Map.of("other bpf programs", "tracing x")));
  }

  /** Runs from before are of means, whether they say so or not; a history of them ends. */
  @Test
  void aMedianOfTurnsIsNotComparedWithAMean() {
    Map<String, String> old = Map.of("cpu", "a");
    Map<String, String> turns = Map.of("cpu", "a", "figure", FingerprintPart.MEDIAN_OF_TURNS);
    assertEquals(
        "figure was mean of a fork, is median of turns",
        FingerprintDifference.between(turns, old).getFirst().words());
    assertEquals(1, FingerprintDifference.ofNames(turns, old).size());
    assertEquals(Set.of(), FingerprintPart.unsaid(turns, old));
    assertEquals(
        List.of(),
        FingerprintDifference.between(old, Map.of("cpu", "a", "figure", "mean of a fork")));
    assertNotEquals(FingerprintName.of(old), FingerprintName.of(turns));
  }

  @Test
  void twoFingerprintsOfOneTextHaveTwoNames() {
    assertNotEquals(
        FingerprintName.of(Map.of("a", "1\nb=2")), FingerprintName.of(Map.of("a", "1", "b", "2")));
    assertNotEquals(
        FingerprintName.of(Map.of("a", "1\n\nb\n2")),
        FingerprintName.of(Map.of("a", "1", "b", "2")));
  }

  @Test
  void theDigestStandsForTheWhole() {
    assertEquals(12, LAB.fingerprintName().length());
    assertEquals(LAB.fingerprintName(), with(new TreeMap<>(LAB.fingerprint())).fingerprintName());
  }

  private static RunInfo with(SortedMap<String, String> fingerprint) {
    return new RunInfo(
        LAB.formatVersion(),
        LAB.id(),
        LAB.startedAt(),
        LAB.finishedAt(),
        LAB.elapsedMillis(),
        LAB.status(),
        LAB.bpfgaugeVersion(),
        LAB.commandLine(),
        LAB.plan(),
        fingerprint,
        LAB.environment(),
        LAB.capabilities(),
        LAB.notes());
  }
}
