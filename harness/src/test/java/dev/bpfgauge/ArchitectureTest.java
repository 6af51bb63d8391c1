package dev.bpfgauge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md says what is there. */
class ArchitectureTest {
  private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
  private static final List<Path> SOURCES =
      Stream.of("main", "test")
          .map(kind -> ROOT.resolve("harness/src/" + kind + "/java/dev/bpfgauge"))
          .toList();

  /** {@code run.Plan.interleave}: packages, then a class. */
  private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+\\.)+)([A-Z]\\w+)[^`]*`");

  /** Of all the documents in docs/ together, without docs/measured/. */
  private static final int MOST_WORDS = 26_200;

  private static final int MOST_COLUMNS = 120;

  private static final Pattern FILE =
      Pattern.compile("(?:docs|bpf|stress-profiles|report-templates)/[\\w./-]*\\.(?:md|peb)");

  @Test
  void everyClassThatItNamesIsWhereItSays() throws IOException {
    List<String> missing = new ArrayList<>();
    Matcher named = CLASS.matcher(page());
    int count = 0;
    while (named.find()) {
      count++;
      String file = named.group(1).replace('.', '/') + named.group(2) + ".java";
      if (SOURCES.stream().noneMatch(source -> Files.exists(source.resolve(file)))) {
        missing.add(named.group());
      }
    }
    assertTrue(count > 20, "the walk names classes");
    assertEquals(List.of(), missing);
  }

  @Test
  void everyFileThatItNamesIsThere() throws IOException {
    Matcher named = FILE.matcher(page());
    while (named.find()) {
      assertTrue(Files.exists(ROOT.resolve(named.group())), named.group());
    }
  }

  @Test
  void thePictureHasEveryPackage() throws IOException {
    String page = page();
    String picture = page.substring(page.indexOf("```"), page.lastIndexOf("```"));
    for (Path folder : packages()) {
      String name = String.valueOf(folder.getFileName());
      assertTrue(
          Pattern.compile("\\b" + name + "\\b").matcher(picture).find(),
          "the picture lacks " + folder);
    }
  }

  /** Who has a question reads them; what is said twice hides the answer. */
  @Test
  void theDocumentsStayShort() throws IOException {
    long words = 0;
    for (Path file : filesIn(ROOT.resolve("docs"), 1, ".md")) {
      words += Files.readString(file).strip().split("\\s+", -1).length;
    }
    assertTrue(words > 10_000, "the documents are there");
    assertTrue(words <= MOST_WORDS, words + " words");
  }

  /** Prose, code and rows of tables: what a row has no room for is said below its table. */
  @Test
  void noLineOfADocumentIsTooLong() throws IOException {
    List<Path> documents = new ArrayList<>(filesIn(ROOT, 1, ".md"));
    documents.addAll(filesIn(ROOT.resolve("docs"), 1, ".md"));
    List<String> tooLong = new ArrayList<>();
    for (Path document : documents) {
      List<String> lines = Files.readAllLines(document);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).codePointCount(0, lines.get(i).length()) > MOST_COLUMNS) {
          tooLong.add(document + ":" + (i + 1));
        }
      }
    }
    assertTrue(documents.size() > 10, "the documents are there");
    assertEquals(List.of(), tooLong);
  }

  /** So that a class is found by its name alone. */
  @Test
  void noTwoClassesShareAName() throws IOException {
    Map<String, Path> seen = new HashMap<>();
    List<String> shared = new ArrayList<>();
    for (Path source : SOURCES) {
      for (Path file : filesIn(source, Integer.MAX_VALUE, ".java")) {
        String name = String.valueOf(file.getFileName());
        Path before = seen.put(name, file);
        if (before != null && !name.equals("package-info.java")) {
          shared.add(before + " and " + file);
        }
      }
    }
    assertTrue(seen.size() > 700, "the walk finds classes");
    assertEquals(List.of(), shared);
  }

  private static List<Path> filesIn(Path folder, int depth, String end) throws IOException {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      return files.filter(file -> file.toString().endsWith(end)).toList();
    }
  }

  private static List<Path> packages() throws IOException {
    try (Stream<Path> folders = Files.walk(SOURCES.getFirst())) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("package-info.java")))
          .map(SOURCES.getFirst()::relativize)
          .filter(folder -> !folder.startsWith("libbpf"))
          .toList();
    }
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("ARCHITECTURE.md"));
  }
}
