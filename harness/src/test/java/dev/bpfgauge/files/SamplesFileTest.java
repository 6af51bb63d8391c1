package dev.bpfgauge.files;

import static dev.bpfgauge.files.RunFolderTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.bpfgauge.model.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** samples.csv and samples.json, read back. */
class SamplesFileTest {
  private static final SamplesFile.Header HEADER =
      new SamplesFile.Header(
          1,
          List.of(
              new SamplesFile.Column("timestamp", "s", "epoch seconds", ""),
              new SamplesFile.Column("cpu_usage", "%", "all CPUs", ""),
              new SamplesFile.Column("temperature", "°C", "hottest", "no thermal zone")),
          0.21,
          null,
          null);

  private final List<String> warnings = new ArrayList<>();

  /** Otherwise only who opens samples.json learnt of it. */
  @Test
  void whatTheSamplerNotedIsAWarningOfTheRun() {
    String jumped = "the clock was set by +3600.000 s at 12.000 s of the run";
    SamplesFile.Header header =
        new SamplesFile.Header(1, HEADER.columns(), 0.21, List.of(jumped), null);
    SamplesFile.parse("", "samples.csv", header, warnings);

    assertEquals(List.of("While it ran: " + jumped + "."), warnings);
  }

  @Test
  void whatElseRanIsReadAndOlderRunsHaveNone() {
    assertEquals(
        List.of(), SamplesFile.parse("timestamp\n", "samples.csv", HEADER, warnings).others());
    String json =
        "{\"formatVersion\": 1, \"columns\": [], \"costPercentOfOneCpu\": 0.1,"
            + " \"others\": [{\"name\": \"cc1\", \"cpuPercent\": 12.5}]}";
    SamplesFile.Header read = Json.parse(json, SamplesFile.Header.class, "samples.json");
    assertEquals(
        List.of(new Samples.Other("cc1", 12.5)),
        SamplesFile.parse("timestamp\n", "samples.csv", read, warnings).others());
  }

  @Test
  void emptyFieldsAreNaNAndTheReasonIsKept() {
    String csv = SamplesFile.firstLine(HEADER.columns()) + "\n1795000000,80.5,\n1795000001,,\n";
    Samples samples = SamplesFile.parse(csv, "samples.csv", HEADER, warnings);
    assertEquals(List.of("timestamp", "cpu_usage", "temperature"), samples.columns());
    assertArrayEquals(new double[] {1795000000, 1795000001}, samples.column("timestamp"));
    assertArrayEquals(new double[] {80.5, Double.NaN}, samples.column("cpu_usage"));
    assertEquals(Map.of("temperature", "no thermal zone"), samples.missing());
    assertEquals(0.21, samples.costPercentOfOneCpu());
    assertEquals(List.of(), warnings);
  }

  @Test
  void aRowComesBackAsItWasWritten() {
    Random random = new Random(5);
    StringBuilder csv = new StringBuilder("a,b,c,d\n");
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      double[] row = {
        1_795_000_000 + i, random.nextGaussian() * 1e-7, Double.NaN, random.nextDouble() * 1e18
      };
      rows.add(row);
      csv.append(SamplesFile.row(row)).append('\n');
    }
    Samples samples = SamplesFile.parse(csv.toString(), "samples.csv", HEADER, warnings);
    assertEquals(200, samples.rows().size());
    for (int i = 0; i < 200; i++) {
      assertArrayEquals(rows.get(i), samples.rows().get(i));
    }
    assertEquals(-1, csv.indexOf("E"), "no exponents: spreadsheets and awk read it");
  }

  @Test
  void aTornLastRowIsLeftOutAndTold() {
    Samples samples = SamplesFile.parse("a,b\n1,2\n3,4", "samples.csv", HEADER, warnings);
    assertEquals(1, samples.rows().size());
    assertEquals(List.of("samples.csv, line 3: the last row is torn and left out."), warnings);
  }

  @Test
  void aDamagedRowIsNamed() {
    assertRefused(
        () -> SamplesFile.parse("a,b\n1,2\n3\n5,6\n", "samples.csv", HEADER, warnings),
        "samples.csv, line 3: 1 fields",
        "2 columns");
    assertRefused(
        () -> SamplesFile.parse("a,b\n1,x\n", "samples.csv", HEADER, warnings),
        "samples.csv, line 2: b is 'x', not a number");
  }

  @Test
  void theHeaderComesBackFromItsFile(@TempDir Path folder) throws IOException {
    Path csv = Files.writeString(folder.resolve("samples.csv"), "timestamp\n1\n");
    Path json = Files.writeString(folder.resolve("samples.json"), Json.indented(HEADER));
    Samples samples = SamplesFile.read(csv, json, warnings);
    assertEquals(Map.of("temperature", "no thermal zone"), samples.missing());
    Files.delete(csv);
    assertSame(Samples.NONE, SamplesFile.read(csv, json, warnings));
  }
}
