package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Measurement.Batches;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loads that make the tools' events, and what is read of their own figures. */
class TargetLoadTest {
  @TempDir Path folder;

  @Test
  void readsFiosJson() throws IOException {
    TargetLoad.Result result = TargetLoad.parseFio(fixture("fio-3.33.json"), "write");
    assertEquals(1809, result.operations());
    assertEquals(301_000_000, result.nanos());
    Batches each = result.each();
    assertEquals(75_264, each == null ? 0 : each.p50());
    assertEquals(3_325_952, each == null ? 0 : each.p99());
    assertEquals(7_374_222, each == null ? 0 : each.max());
  }

  @Test
  void readsIperfsJson() throws IOException {
    TargetLoad.Result result = TargetLoad.parseIperf(fixture("iperf3-3.12.json"));
    assertEquals(36_065_280 / 1024, result.operations());
    assertEquals(1_001_732_000, result.nanos());
  }

  @Test
  void aLoadThatDidNothingIsNoFigure() {
    assertThrows(IllegalStateException.class, () -> TargetLoad.parseFio("{}", "write"));
    assertThrows(IllegalStateException.class, () -> TargetLoad.parseIperf("{}"));
    assertThrows(Refusal.class, () -> TargetLoad.parseIperf("no JSON"));
  }

  @Test
  void anUnknownLoadIsRefused() {
    assertEquals(TargetLoad.SEND, TargetLoad.ofWord("send"));
    String said = assertThrows(Refusal.class, () -> TargetLoad.ofWord("sendd")).getMessage();
    assertTrue(said != null && said.contains("send"), said);
  }

  @ParameterizedTest
  @EnumSource
  void everyLoadDoesItsOperations(TargetLoad load) throws Exception {
    Requires.that(
        SearchPath.find("fio").isPresent() && SearchPath.find("iperf3").isPresent(),
        "fio and iperf3");
    TargetLoad.Result result =
        load.run(Duration.ofMillis(200), folder, Files.createFile(folder.resolve("log")));
    assertTrue(result.operations() > 0, () -> load + ": " + result);
    assertTrue(result.nanos() > 0, () -> load + ": " + result);
  }

  private static String fixture(String name) throws IOException {
    try (InputStream in = TargetLoadTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no fixture " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
