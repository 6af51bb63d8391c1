package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.export.Format;
import dev.bpfgauge.files.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What may be named on the command line is in the documents, from the same registry. */
class DocumentsTest {
  /** What is there, not what may be. */
  private static final List<String> NOT_NAMED = List.of("runs", "states");

  private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

  @Test
  void everyNameThatListShowsIsInTheDocuments() throws IOException {
    String documents = documents();
    List<String> names =
        Stream.concat(
                Json.tree(Commands.output("list", "--json"), "list").properties().stream()
                    .filter(list -> !NOT_NAMED.contains(list.getKey()))
                    .flatMap(list -> names(list.getValue()))
                    .filter(name -> !name.startsWith("dummy")), // of these tests
                Stream.of(Format.values()).map(Format::word))
            .distinct()
            .toList();
    assertTrue(names.size() > 90, names::toString);
    assertEquals(
        List.of(),
        names.stream()
            .filter(name ->
                !Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w-])")
                    .matcher(documents)
                    .find())
            .toList());
  }

  private static Stream<String> names(JsonNode list) {
    return list.isObject()
        ? list.propertyStream().map(Map.Entry::getKey)
        : list.valueStream().map(JsonNode::stringValue);
  }

  private static String documents() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(files.filter(Files::isRegularFile), Stream.of(ROOT.resolve("README.md")))
          .map(file -> {
            try {
              return Files.readString(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .collect(Collectors.joining("\n"));
    }
  }
}
