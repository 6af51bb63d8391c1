package dev.bpfgauge.dummy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.cli.Commands;
import dev.bpfgauge.export.Format;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.Downloads;
import dev.bpfgauge.report.page.MadeForks;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.run.Suites;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A new suite is its own folder and one line in META-INF/services: no other class knows {@link
 * DummySuite}, and yet it is measured, named, shown and exported.
 */
class NewSuiteTest {
  private static final Cell CELL =
      new Cell(DummySuite.NAME, "dummy.count", Map.of("turns", "1000"), "idle");

  @TempDir private Path folder;

  @Test
  void theCommandLineKnowsIt() {
    assertTrue(Suite.namedByRun().contains("dummy"));
    assertTrue(Commands.output("list").contains("  in suite dummy: --op count"));
    assertTrue(Commands.output("list", "--json").contains("\"dummyOperations\""));
    assertTrue(Commands.output("run", "--help").replaceAll("\\s+", " ").contains("dummy"));
    for (String command : List.of("run", "kernels run", "trend night")) {
      String help = Commands.output((command + " --help").split(" "));
      assertTrue(help.contains("--turns=N"), help);
    }
    String refused = Commands.refusal("run", "--suite", DummySuite.NAME, "--turns", "0");
    assertTrue(refused.contains("--turns takes whole numbers from 1."), refused);
  }

  @Test
  void aProcessOfItsOwnMeasuresIt() throws Exception {
    try (Suites suites = new Suites()) {
      Outcome outcome =
          suites.fork(CELL, Settings.of(1, 10, 1, 42, folder.resolve("forks.log"))).call();

      Outcome.Measured measured = assertInstanceOf(Outcome.Measured.class, outcome);
      Map<String, Double> extras = Objects.requireNonNull(measured.measurement().extras());
      assertEquals(499_500.0, extras.get("last_bytes"));
    }
  }

  @Test
  void reportAndExportsShowIt() {
    MadeForks made = new MadeForks();
    for (int round = 0; round < 5; round++) {
      made.measured(CELL, 10 + round, Map.of("last_bytes", 499_500.0));
    }

    String page = ReportPage.render(RunAnalysis.of(made.run()), new Downloads(Map.of()), folder);
    assertTrue(page.contains("<a href=\"#dummy\">The dummy</a>"), page);
    assertTrue(page.contains("turns of a loop)"), page);
    assertTrue(page.contains("dummy: count"), page);
    assertTrue(
        page.replace("</span> <span>", " ").contains(" --suite dummy --op count --rounds"), page);
    for (Format format : Format.values()) {
      assertTrue(format.render(List.of(made.run())).contains("dummy"), format.name());
    }
  }
}
