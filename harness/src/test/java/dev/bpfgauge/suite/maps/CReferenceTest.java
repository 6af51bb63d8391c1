package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CReferenceTest {
  /** As the program printed it on a virtual machine with two CPUs and Linux 6.18. */
  private static final String LINE =
      """
      {"iterations":[349.4299,348.8536,349.2720,349.2679],"median":349.1413,"mean":351.6508,\
      "turns":791,"operations":2281088,"batch":64,"batches":35642,"p50":335.6250,"p90":340.3281,\
      "p99":899.1719,"max":15484.5781,"own_cpu":0.9772}
      """;

  @Test
  void aLineBecomesAMeasurement() {
    assertEquals(
        new Measurement(
            349.1413,
            List.of(349.4299, 348.8536, 349.2720, 349.2679),
            new Measurement.Batches(64, 35642, 335.6250, 340.3281, 899.1719, 15484.5781),
            2281088,
            null,
            null,
            new TreeMap<>(
                Map.of(
                    Measurement.WITH_WAITS,
                    351.6508,
                    Measurement.TURNS,
                    791.0,
                    OwnCpu.LABEL,
                    0.9772))),
        CReference.parse(LINE));
  }

  @Test
  void withoutACompilerItSaysWhatToInstall(@TempDir Path folder) {
    Refusal refused =
        assertThrows(
            Refusal.class,
            () ->
                CProgram.compile(
                    CReference.PROGRAM, folder.resolve("log"), List.of("no-such-compiler")));
    assertEquals("no C compiler: apt install gcc libc6-dev", refused.getMessage());
  }

  @Test
  void aCompilerThatFailsIsNamedAndItsOutputKept(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("fork.log");
    Refusal refused =
        assertThrows(
            Refusal.class,
            () -> CProgram.compile(CReference.PROGRAM, log, List.of("ls", "no-such")));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("ls does not compile"));
    assertTrue(Files.size(log) > 0);
  }

  @Test
  void whatIsNoResultIsRefusedAndShown() {
    for (String broken :
        List.of("", "Segmentation fault", "{\"mean\":1}", LINE.replace("349.1413", "\"nan\""))) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> CReference.parse(broken));
      assertTrue(
          String.valueOf(refused.getMessage()).startsWith("not a result of the C runner: "),
          refused.getMessage());
    }
  }
}
