package dev.bpfgauge.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.Extra;
import dev.bpfgauge.model.SuiteWords.Param;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What each description of a suite must say, so that everything else can read it. */
class SuitesTest {
  private static final Path SOURCES = Path.of("src/main/java");

  private static final Wanted NOTHING_NAMED =
      new Wanted(
          List.of(),
          List.of(),
          List.of(1024L),
          List.of(4),
          List.of(8),
          List.of(100),
          List.of(),
          2,
          List.of(),
          Suite.all().stream().flatMap(suite -> suite.ownOptions().stream()).toList());

  static Stream<Suite> suites() {
    return Suite.all().stream();
  }

  @Test
  void everyCellsOperationAndParametersHaveWords() {
    for (Suite suite : Suite.all()) {
      for (Cell cell : suite.cells(NOTHING_NAMED)) {
        SuiteWords owner = SuiteWords.named(cell.suite()).orElseThrow();
        assertTrue(
            owner.operationOrder().contains(cell.operation())
                || cell.benchmark().startsWith("loads.tool."),
            cell.key() + " is not in " + owner.operationOrder());
        for (String name : cell.params().keySet()) {
          assertTrue(
              SuiteWords.all().stream()
                  .flatMap(it -> it.params().stream())
                  .anyMatch(param -> param.name().equals(name)),
              "no words for parameter %s of %s".formatted(name, cell.key()));
        }
      }
    }
  }

  @Test
  void aParameterMeansTheSameInEverySuite() {
    Map<String, String> seen = new HashMap<>();
    for (SuiteWords suite : SuiteWords.all()) {
      for (Param param : suite.params()) {
        String says =
            param.words().apply("7") + param.words().apply("x") + param.usual() + param.isTelling();
        assertEquals(says, seen.computeIfAbsent(param.name(), _ -> says), param.name());
      }
    }
  }

  @Test
  void everyFigureHasAUnitThatItsNameEndsWith() {
    Map<String, String> byEnding =
        Map.of("_ns", "ns", "_us", "µs", "_bytes", "B", "_percent", "%", "_joules", "J");
    for (SuiteWords suite : SuiteWords.all()) {
      for (Extra extra : suite.extras()) {
        assertFalse(extra.words().isEmpty(), extra.key());
        byEnding.forEach((ending, unit) -> {
          if (extra.key().endsWith(ending)) {
            assertEquals(unit, extra.unit(), suite.name() + ": " + extra.key());
          }
        });
      }
    }
  }

  @Test
  void noSuitesNameIsWrittenTwice() throws IOException {
    Map<String, List<Path>> written = new HashMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file :
          files
              .filter(it ->
                  it.toString().endsWith("Suite.java")
                      || it.toString().endsWith("Cell.java")
                      || it.toString().endsWith("Loads.java"))
              .toList()) {
        Matcher name =
            Pattern.compile("String (?:NAME|SUITE|FLOOR) = \"([\\w-]+)\"")
                .matcher(Files.readString(file));
        while (name.find()) {
          written.merge(
              name.group(1),
              List.of(file),
              (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
        }
      }
    }
    for (Suite suite : Suite.all()) {
      if (suite.getClass().getName().startsWith("dev.bpfgauge.suite.")) {
        assertEquals(1, written.getOrDefault(suite.name(), List.of()).size(), suite.name());
      }
    }
  }

  /** They take it from the suite, save the words that name a command as well. */
  @Test
  void commandsAndRunsWriteNoSuitesName() throws IOException {
    Map<Path, String> texts = new HashMap<>();
    for (String wing : List.of("cli", "run")) {
      try (Stream<Path> files = Files.walk(SOURCES.resolve("dev/bpfgauge").resolve(wing))) {
        for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
          texts.put(file, Files.readString(file));
        }
      }
    }
    assertTrue(texts.size() > 50, "commands and runs are there");
    for (SuiteWords suite : SuiteWords.all()) {
      String literal = '"' + suite.name() + '"';
      if (texts.values().stream().noneMatch(text -> text.contains("name = " + literal))) {
        texts.forEach((file, text) -> assertFalse(text.contains(literal), file + ": " + literal));
      }
    }
  }

  @Test
  void everySectionsTemplateIsThere() throws IOException {
    Pattern section = Pattern.compile("Section\\.of\\(\\s*\"([\\w-]+)\"");
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        Matcher of = section.matcher(Files.readString(file));
        while (of.find()) {
          String template = "/report-templates/section-" + of.group(1) + ".peb";
          assertNotNull(Suite.class.getResource(template), template + " of " + file);
        }
      }
    }
  }
}
