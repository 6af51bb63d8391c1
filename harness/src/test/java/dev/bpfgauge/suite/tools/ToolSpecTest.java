package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What each description of a tool must say, so that nothing else needs to know the tool. */
class ToolSpecTest {
  private static final Path ROOT = Path.of(System.getProperty("project.root", "..")).normalize();
  private static final Path RESOURCES = Path.of("harness/src/main/resources");
  private static final Path SOURCES = Path.of("harness/src/main/java/dev/bpfgauge/suite");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");

  /** Names of tools that are names of the kernel's as well, which others must write. */
  private static final Set<String> WORDS_OF_THE_KERNEL = Set.of("perf", "kprobe");

  /** Lines of help that show how tools are used. */
  private static final Pattern EXAMPLE = Pattern.compile("\" {2}(tools|diagnose) [^\"]*\"");

  @Test
  void aNameStandsForOneToolAndNothingElse() {
    List<String> names = ToolSpec.everyName();

    assertEquals(names.size(), new HashSet<>(names).size(), names.toString());
    for (String name : names) {
      assertTrue(name.matches("[a-z]+(-[a-z]+)*"), name + " is no name of small letters");
      assertFalse(List.of(ToolsSuite.OFF, ToolsSuite.ALL, "overhead").contains(name), name);
    }
  }

  /** Beside its program in C a tool is three files, and its name is a literal in one of them. */
  @Test
  void aToolIsWrittenInItsOwnFilesAlone() throws IOException {
    Map<Path, String> texts = mainTexts();
    for (ToolSpec tool : BuiltInTools.all()) {
      String type = tool.getClass().getSimpleName().replaceFirst("Spec$", "");
      Path sources = SOURCES.resolve(tool.getClass().getPackageName().replaceFirst(".*\\.", ""));
      String name = WORDS_OF_THE_KERNEL.contains(tool.name()) ? type : tool.name();
      Pattern itself =
          Pattern.compile("(?<![\\w-])(%s|%s|%sSpec)(?![\\w-])".formatted(name, type, type));
      Pattern literal = Pattern.compile("\"[^\"\\n]*\\b" + tool.name() + "\\b");

      Map<Path, String> naming = new TreeMap<>(texts);
      naming.keySet().removeIf(file -> file.toString().startsWith("bpf/tools/" + tool.name()));
      naming.values().removeIf(text -> !itself.matcher(text).find());

      assertEquals(
          Set.of(
              sources.resolve(type + ".java"),
              sources.resolve(type + "Spec.java"),
              RESOURCES.resolve("META-INF/services/" + ToolSpec.class.getName())),
          naming.keySet(),
          tool.name());
      assertEquals(
          1, literal.matcher(String.join("\n", naming.values())).results().count(), tool.name());
    }
  }

  @Test
  void everyToolHasItsProgram() {
    for (String tool : BuiltInTools.names()) {
      assertTrue(Files.exists(ROOT.resolve("bpf/tools/" + tool + ".bpf.c")), tool);
      for (String arch : List.of("x86", "arm64")) {
        String object = "/bpf/%s/tools/%s.bpf.o".formatted(arch, tool);
        assertNotNull(ToolSpec.class.getResource(object), object);
      }
    }
  }

  /** Suite loads attaches a tool without a command line. */
  @Test
  void withoutACommandLineOptionsAreAsWhereNoneIsGiven() {
    for (ToolSpec tool : BuiltInTools.all()) {
      CommandSpec untouched = options(tool);
      CommandSpec nothingGiven = options(tool);
      new CommandLine(nothingGiven).parseArgs();

      assertFalse(untouched.options().isEmpty(), tool.name());
      assertEquals(values(untouched), values(nothingGiven), tool.name());
    }
  }

  @Test
  void theManualHasEveryToolWithItsOptionsAndHooks() throws IOException {
    for (ToolSpec tool : BuiltInTools.all()) {
      List<String> manual =
          Files.readAllLines(ROOT.resolve("docs/" + tool.family().word() + ".md"));
      String row = "| `" + tool.name() + "` |";
      assertEquals(2, manual.stream().filter(line -> line.startsWith(row)).count(), row);
      String said =
          manual.stream()
              .filter(line -> line.startsWith(row) || line.startsWith(tool.name() + ":"))
              .collect(Collectors.joining("\n"));
      for (OptionSpec option : options(tool).options()) {
        assertTrue(
            Pattern.compile("[ `]" + option.shortestName() + "[ `]").matcher(said).find(),
            tool.name() + " " + option.shortestName());
      }
    }
  }

  @Test
  void aToolIsFoundByItsNameAndByItsPeers() {
    for (ToolSpec tool : BuiltInTools.all()) {
      assertEquals(tool, ToolSpec.of(tool.name()));
      tool.peer()
          .ifPresent(peer -> assertEquals(tool, ToolSpec.withPeer(peer.name()).orElseThrow()));
    }
    assertEquals("offwaketime", ToolSpec.withPeer("offcputime").orElseThrow().name());
    assertTrue(ToolSpec.withPeer("tcpsubnet").isEmpty());
    String said = assertThrows(Refusal.class, () -> ToolSpec.of("cpudits")).getMessage();
    assertTrue(said != null && said.contains("did you mean \"cpudist\"?"), said);
  }

  private static CommandSpec options(ToolSpec tool) {
    return CommandSpec.forAnnotatedObjectLenient(tool.options());
  }

  private static Map<String, @Nullable Object> values(CommandSpec options) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    options.options().forEach(option -> values.put(option.longestName(), option.getValue()));
    return values;
  }

  /** Code, programs in C and registries, without comments and examples of help. */
  private static Map<Path, String> mainTexts() throws IOException {
    Map<Path, String> texts = new LinkedHashMap<>();
    for (String folder : List.of("harness/src/main", "bpf", "report-templates")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files
            .filter(file -> file.toString().matches(".*\\.(java|c|h|peb|sh)|.*META-INF/services.*"))
            .filter(Files::isRegularFile)
            .forEach(file -> texts.put(ROOT.relativize(file), code(file)));
      }
    }
    return texts;
  }

  private static String code(Path file) {
    try {
      String text = COMMENT.matcher(Files.readString(file)).replaceAll("");
      return EXAMPLE.matcher(text).replaceAll("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
