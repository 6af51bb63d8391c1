package dev.bpfgauge.suite.ab;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is held against what, kept in the run's folder.
 *
 * @param command words; one alone with blanks is a line for the shell
 * @param arms each arm's settings by its label, as {@link Setting#parse} reads them; the first is
 *     the reference
 * @param metrics regular expression by the metric's name: its first group, or all that it matches,
 *     is a number that the command prints
 */
public record Experiment(
    List<String> command, Map<String, List<String>> arms, Map<String, String> metrics) {
  /** In the run's folder. */
  public static final String FILE = "ab.json";

  /** Behind an arm's label: the same again, what noise alone does. */
  private static final Pattern AGAIN = Pattern.compile("#\\d+$");

  public Experiment {
    command = List.copyOf(command);
    arms = new TreeMap<>(arms);
    metrics = new TreeMap<>(metrics);
  }

  /** Reads that of a run; empty where it has none. */
  static Optional<Experiment> in(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return Files.exists(file)
          ? Optional.of(Json.parse(Files.readString(file), Experiment.class, file.toString()))
          : Optional.empty();
    } catch (IOException e) {
      throw Refusal.environment("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  /** As it is kept. */
  public byte[] bytes() {
    return Json.indented(this).getBytes(StandardCharsets.UTF_8);
  }

  /** The label of an arm without the mark of a repetition. */
  static String arm(String label) {
    return AGAIN.matcher(label).replaceFirst("");
  }

  /** An arm's settings, by its label or that of its repetition. */
  List<Setting> settings(String label) {
    return arms.getOrDefault(arm(label), List.of()).stream()
        .map(text -> Setting.parse("arm " + arm(label), text))
        .toList();
  }

  /** The words that are executed on an arm. */
  List<String> words(String label) {
    Optional<String> other =
        settings(label).stream()
            .filter(setting -> setting.kind() == Setting.Kind.RUN)
            .map(Setting::value)
            .findFirst();
    if (other.isPresent()) {
      return List.of("/bin/sh", "-c", other.get());
    }
    boolean isLine = command.size() == 1 && command.getFirst().matches(".*\\s.*");
    return isLine ? List.of("/bin/sh", "-c", command.getFirst()) : command;
  }

  /** What is special about an arm, in words. */
  public String description(String label) {
    List<String> settings = arms.getOrDefault(arm(label), List.of());
    return settings.isEmpty() ? "as it is" : String.join(" ", settings);
  }
}
