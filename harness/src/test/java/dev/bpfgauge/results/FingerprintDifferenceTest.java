package dev.bpfgauge.results;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  @Test
  void theDigestStandsForTheWhole() {
    assertEquals(12, LAB.fingerprintDigest().length());
    assertEquals(
        LAB.fingerprintDigest(), with(new TreeMap<>(LAB.fingerprint())).fingerprintDigest());
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
