package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CReferenceTest {
  /** As the program printed it on a virtual machine with two CPUs and Linux 6.18. */
  private static final String LINE =
      """
      {"iterations":[846.8446,836.8990,825.6856,830.1067],"mean":834.8840,"operations":478784,\
      "batch":64,"batches":7481,"p50":826.3906,"p90":846.5781,"p99":1110.4062,"max":3920.0781}
      """;

  @Test
  void aLineBecomesAMeasurement() {
    assertEquals(
        new Measurement(
            834.8840,
            List.of(846.8446, 836.8990, 825.6856, 830.1067),
            new Measurement.Batches(64, 7481, 826.3906, 846.5781, 1110.4062, 3920.0781),
            478784,
            null,
            null),
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
        List.of("", "Segmentation fault", "{\"mean\":1}", LINE.replace("834.8840", "\"nan\""))) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> CReference.parse(broken));
      assertTrue(
          String.valueOf(refused.getMessage()).startsWith("not a result of the C runner: "),
          refused.getMessage());
    }
  }
}
