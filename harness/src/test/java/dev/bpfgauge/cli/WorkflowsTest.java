package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** What .github/workflows/ and the documents tell people and machines to run. */
class WorkflowsTest {
  private static final Path ROOT = Path.of(System.getProperty("project.root", "..")).normalize();
  private static final Pattern PINNED =
      Pattern.compile("\\s*-? *uses: [\\w.-]+/[\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");
  private static final Pattern HARNESS = Pattern.compile("java -jar \\S*harness\\.jar(.*)");
  private static final Pattern BUILD = Pattern.compile("(?:^|\\s)\\./mvnw(.*)");
  private static final Pattern BENCH_ARGUMENTS = Pattern.compile("-Dbench\\.args=\"([^\"]*)\"");
  private static final Set<String> RIGHTS = Set.of("read", "write", "none");

  @Test
  void everyActionIsPinnedToACommitWithItsVersionBeside() throws IOException {
    int actions = 0;
    for (Path file : workflows()) {
      for (String line : Files.readAllLines(file)) {
        if (line.contains("uses:")) {
          assertTrue(PINNED.matcher(line).matches(), file + ": " + line);
          actions++;
        }
      }
    }
    assertTrue(actions > 0);
  }

  @Test
  void oneActionHasOneCommit() throws IOException {
    Map<String, String> commits = new TreeMap<>();
    for (Path file : workflows()) {
      Matcher action = Pattern.compile("uses: ([\\w/-]+)@(\\S+)").matcher(Files.readString(file));
      while (action.find()) {
        String before = commits.put(action.group(1), action.group(2));
        assertTrue(before == null || before.equals(action.group(2)), action.group());
      }
    }
  }

  @Test
  void nothingIsPermittedUnlessAJobSaysSo() throws IOException {
    for (Path file : workflows()) {
      Map<?, ?> workflow = yaml(file);
      assertEquals(Map.of(), workflow.get("permissions"), file.toString());
      for (Map.Entry<?, ?> job : map(workflow, "jobs").entrySet()) {
        Map<?, ?> permissions = map((Map<?, ?>) job.getValue(), "permissions");
        assertTrue(RIGHTS.containsAll(permissions.values()), file + ": " + job.getKey());
        assertTrue(((Map<?, ?>) job.getValue()).containsKey("timeout-minutes"), file.toString());
      }
    }
  }

  /** Who may write gets no code of a pull request to run. */
  @Test
  void noJobWithTheRightToWriteChecksOutOrBuilds() throws IOException {
    for (Path file : workflows()) {
      for (Object value : map(yaml(file), "jobs").values()) {
        Map<?, ?> job = (Map<?, ?>) value;
        if (map(job, "permissions").containsValue("write")) {
          assertFalse(job.toString().contains("actions/checkout"), file + ": " + job);
          assertFalse(job.toString().contains("mvnw"), file + ": " + job);
        }
      }
    }
  }

  /** An expression in a script is text that others write: it goes through the environment. */
  @Test
  void noScriptHoldsAnExpression() throws IOException {
    for (Path file : workflows()) {
      for (String script : scripts(file)) {
        assertFalse(script.contains("${{"), file + ": " + script);
      }
    }
  }

  @Test
  void everyCommandOfAWorkflowIsOneThatTheProgramKnows() throws IOException {
    for (Path file : workflows()) {
      for (String script : scripts(file)) {
        script.lines().forEach(line -> check(file, line));
      }
    }
  }

  /** Else a green pull request may have skipped every test of BPF. */
  @Test
  void everyBuildThatTestsFailsWhereATestWouldBeSkippedForWantOfRights() throws IOException {
    List<String> builds = new ArrayList<>();
    for (Path file : workflows()) {
      scripts(file).forEach(script -> script.lines().forEach(builds::add));
    }
    builds.addAll(Files.readAllLines(ROOT.resolve("docs/ci.md")));
    builds.addAll(Files.readAllLines(ROOT.resolve("docs/ci/gitlab-ci.yml")));
    builds.addAll(Files.readAllLines(ROOT.resolve(".ci/run")));
    builds.removeIf(line -> !line.contains("mvnw verify"));
    assertTrue(builds.size() >= 4, builds.toString());
    for (String build : builds) {
      assertTrue(build.contains("mvnw verify -Drequire.bpf=true"), build);
    }
  }

  @Test
  void everyCommandOfTheDocumentsIsOneThatTheProgramKnows() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "docs/ci", "docs/measured")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
        documents.addAll(files.filter(Files::isRegularFile).sorted().toList());
      }
    }
    for (Path document : documents) {
      boolean code = document.startsWith(ROOT.resolve("docs/ci"));
      for (String line : whole(Files.readString(document)).lines().toList()) {
        if (line.strip().startsWith("```")) {
          code = !code;
        } else if (code) {
          check(document, line);
        }
      }
    }
  }

  /** A command that goes on in the next line, in one. */
  private static String whole(String text) {
    return text.replaceAll("\\s*\\\\\n\\s*", " ");
  }

  @Test
  void aCommandThatIsNoneIsFound() {
    assertThrows(
        CommandLine.ParameterException.class,
        () -> parse("compare --against main --markdwon > comparison.md"));
    assertThrows(CommandLine.ParameterException.class, () -> parse("tredn"));
  }

  private static void check(Path file, String line) {
    Matcher harness = HARNESS.matcher(line);
    if (harness.find()) {
      assertDoesNotThrow(() -> parse(harness.group(1)), file + ": " + line);
    }
    Matcher build = BUILD.matcher(line);
    if (build.find()) {
      Matcher measured = BENCH_ARGUMENTS.matcher(build.group(1));
      while (measured.find()) {
        assertDoesNotThrow(() -> parse("run " + measured.group(1)), file + ": " + line);
      }
      for (String word : words(measured.replaceAll(""))) {
        assertTrue(
            word.matches("verify|package|-Pbench|-DskipTests|-Drequire\\.bpf=true"),
            file + ": " + line);
      }
    }
  }

  private static void parse(String arguments) {
    CommandLine line = Main.commandLine();
    line.parseArgs(Main.withCommand(line, words(arguments).toArray(String[]::new)));
  }

  /** As a shell splits them, up to a comment or what is done with the output. */
  private static List<String> words(String arguments) {
    List<String> words = new ArrayList<>();
    for (String word : Arrays.asList(arguments.strip().split("\\s+"))) {
      if (word.matches("#.*|>.*|\\||\\|\\||&&|;|2>.*")) {
        break;
      }
      if (!word.isEmpty()) {
        words.add(word.replaceAll("^\"|\"$", ""));
      }
    }
    return words;
  }

  private static List<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(".github/workflows"))) {
      return files.sorted().toList();
    }
  }

  private static List<String> scripts(Path file) throws IOException {
    List<String> scripts = new ArrayList<>();
    for (Object job : map(yaml(file), "jobs").values()) {
      for (Object step : (List<?>) Objects.requireNonNull(((Map<?, ?>) job).get("steps"))) {
        if (((Map<?, ?>) step).get("run") instanceof String script) {
          scripts.add(script);
        }
      }
    }
    return scripts;
  }

  private static Map<?, ?> yaml(Path file) throws IOException {
    Object root = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    return (Map<?, ?>) Objects.requireNonNull(root);
  }

  private static Map<?, ?> map(Map<?, ?> parent, String key) {
    return (Map<?, ?>) Objects.requireNonNull(parent.get(key), key);
  }
}
