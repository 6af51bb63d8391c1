package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.page.Downloads;
import dev.bpfgauge.report.page.ReportPage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Commands in reports: copied into the folder of a checkout, each is one that the program takes.
 */
class PrintedCommandsTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", "..")).resolve("results/sample").normalize();
  private static final Pattern COMMAND =
      Pattern.compile("java -jar (\\S*harness\\.jar)((?: (?:'[^']*'|[^\\s<>']+))*)");

  @ParameterizedTest
  @ValueSource(strings = {"", "lab", "mllb", "tools"})
  void everyCommandOfAReportIsOneThatTheProgramTakes(String name) {
    List<String> commands = commands(RunFolder.open(SAMPLE.resolve(name)).read());

    assertTrue(commands.size() > 1, commands.toString());
    commands.forEach(PrintedCommandsTest::assertTaken);
  }

  @Test
  void anInterruptedRunElsewhereIsResumedThere() {
    RunData run = RunFolder.open(SAMPLE).read();
    RunInfo info = run.info();
    List<String> given = List.of("run", "-p", "cpu80", "--results", "/srv/my runs");
    List<String> commands =
        commands(
            new RunData(
                new RunInfo(
                    info.formatVersion(),
                    "20261118-030000-maps",
                    info.startedAt(),
                    info.finishedAt(),
                    info.elapsedMillis(),
                    RunInfo.Status.INTERRUPTED,
                    info.bpfgaugeVersion(),
                    given,
                    info.plan(),
                    info.fingerprint(),
                    info.environment(),
                    info.capabilities(),
                    info.notes()),
                run.forks(),
                run.samples()));

    assertTrue(
        commands.contains("run --resume 20261118-030000-maps --results '/srv/my runs'"),
        commands.toString());
    commands.forEach(PrintedCommandsTest::assertTaken);
  }

  /** What stands behind the jar's name. */
  private static List<String> commands(RunData run) {
    String page = ReportPage.render(RunAnalysis.of(run), Downloads.NONE, Path.of(""));
    List<String> commands = new ArrayList<>();
    Matcher command = COMMAND.matcher(page.replace("&#39;", "'"));
    while (command.find()) {
      assertEquals("harness/target/harness.jar", command.group(1));
      commands.add(command.group(2).strip());
    }
    return commands;
  }

  private static void assertTaken(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("'([^']*)'|([^\\s']+)").matcher(command);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    CommandLine line = Main.commandLine();
    assertDoesNotThrow(
        () -> line.parseArgs(Main.withCommand(line, words.toArray(String[]::new))), command);
  }
}
