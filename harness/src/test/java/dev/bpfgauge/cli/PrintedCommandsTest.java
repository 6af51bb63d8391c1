package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.page.ReportPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  private static final String ID = "20261118-030000-maps";
  private static final String RESUME = "run --resume " + ID;

  @ParameterizedTest
  @ValueSource(strings = {"", "lab", "mllb", "tools"})
  void everyCommandOfAReportIsOneThatTheProgramTakes(String name) {
    List<String> commands = commands(RunFolder.open(SAMPLE.resolve(name)));

    assertTrue(commands.size() > 1, commands.toString());
    commands.forEach(PrintedCommandsTest::assertTaken);
  }

  @Test
  void anInterruptedRunIsResumedInTheFolderThatItLiesIn(@TempDir Path folder) throws Exception {
    Path named = folder.resolve("my runs");
    List<String> commands = commands(interrupted(named, named.toString()));
    assertTrue(commands.contains(RESUME + " --results '" + named + "'"), commands.toString());
    commands.forEach(PrintedCommandsTest::assertTaken);

    Path repeats = named.resolve("repeats");
    commands = commands(interrupted(repeats, named.toString()));
    assertTrue(commands.contains(RESUME + " --results '" + repeats + "'"), commands.toString());
    commands.forEach(PrintedCommandsTest::assertTaken);

    commands = commands(interrupted(folder.resolve("copied"), "results"));
    assertTrue(commands.contains(RESUME), "a page does not tell where it lies: " + commands);
  }

  /** The sample's run as one that lies there and was told to lie in the other. */
  private static RunFolder interrupted(Path results, String named) throws IOException {
    RunInfo info = RunFolder.open(SAMPLE).readInfo();
    RunFolder folder = RunFolder.create(results, ID);
    folder.writeInfo(
        new RunInfo(
            info.formatVersion(),
            ID,
            info.startedAt(),
            info.finishedAt(),
            info.elapsedMillis(),
            RunInfo.Status.INTERRUPTED,
            info.bpfgaugeVersion(),
            List.of("run", "-p", "cpu80", "--results", named),
            info.plan(),
            info.fingerprint(),
            info.environment(),
            info.capabilities(),
            info.notes()));
    Files.copy(SAMPLE.resolve("journal.jsonl.gz"), folder.path().resolve("journal.jsonl.gz"));
    return folder;
  }

  /** What stands behind the jar's name. */
  private static List<String> commands(RunFolder folder) {
    String page = ReportPage.render(RunAnalysis.of(folder.read()), folder, Path.of(""));
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
