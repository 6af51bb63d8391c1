package dev.bpfgauge.lab;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where this machine's own apt takes Debian from: sources.list(5), both its formats. */
final class HostMirror {
  private static final Pattern ONE_LINE =
      Pattern.compile("deb\\s+(?:\\[[^]]*]\\s+)?(\\S+)\\s+(\\S+)\\s+(.*)");

  /** Debian's own archive: not security, whose kernels are in the main archive later. */
  private static final Pattern SUITE =
      Pattern.compile("(bullseye|bookworm|trixie|forky|sid|stable|testing|unstable)");

  private HostMirror() {}

  /**
   * The mirror.
   *
   * @param apt {@code /etc/apt}
   * @throws Refusal where there is none in it
   */
  static String of(Path apt) {
    List<Path> files = new ArrayList<>(List.of(apt.resolve("sources.list")));
    try (Stream<Path> parts = Files.list(apt.resolve("sources.list.d"))) {
      parts.sorted().forEach(files::add);
    } catch (IOException e) {
      // A machine may have sources.list alone.
    }
    for (Path file : files) {
      Optional<String> mirror = read(file).flatMap(text -> inFile(file, text));
      if (mirror.isPresent()) {
        return mirror.get();
      }
    }
    throw Refusal.environment(
        "there is no Debian mirror in " + apt + "; name one with --mirror URL");
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(ForeignText.read(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> inFile(Path file, String text) {
    return file.toString().endsWith(".sources") ? inStanzas(text) : inLines(text);
  }

  /** The format of one line a source. */
  static Optional<String> inLines(String text) {
    return text.lines()
        .map(String::strip)
        .map(ONE_LINE::matcher)
        .filter(Matcher::matches)
        .filter(source -> isDebian(source.group(2), source.group(3)))
        .map(source -> source.group(1))
        .findFirst();
  }

  /** The format of deb822(5) stanzas. */
  static Optional<String> inStanzas(String text) {
    for (String stanza : text.split("\\n\\s*\\n", -1)) {
      boolean used =
          field(stanza, "Types").contains("deb") && !field(stanza, "Enabled").contains("no");
      String suites = String.join(" ", field(stanza, "Suites"));
      String components = String.join(" ", field(stanza, "Components"));
      List<String> uris = field(stanza, "URIs");
      if (used && !uris.isEmpty() && isDebian(suites, components)) {
        return Optional.of(uris.getFirst());
      }
    }
    return Optional.empty();
  }

  private static List<String> field(String stanza, String name) {
    return stanza
        .lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .flatMap(line -> Arrays.stream(line.substring(name.length() + 1).strip().split("\\s+")))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static boolean isDebian(String suites, String components) {
    return Arrays.asList(components.split("\\s+")).contains("main")
        && Arrays.stream(suites.split("\\s+")).anyMatch(suite -> SUITE.matcher(suite).matches());
  }
}
