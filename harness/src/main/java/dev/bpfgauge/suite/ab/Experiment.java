package dev.bpfgauge.suite.ab;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Hash;
import dev.bpfgauge.os.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is held against what, kept in the run's folder.
 *
 * @param command words; one alone with blanks is a line for the shell
 * @param folder where it runs
 * @param deadlineSeconds after which a run of it, or some, are ended
 * @param arms each arm's settings by its label, as {@link Setting#parse} reads them; the first is
 *     the reference
 * @param metrics regular expression by the metric's name: its first group, or all that it matches,
 *     is a number that the command prints
 */
public record Experiment(
    List<String> command,
    String folder,
    long deadlineSeconds,
    Map<String, List<String>> arms,
    Map<String, String> metrics) {
  /** In the run's folder. */
  public static final String FILE = "ab.json";

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

  /** The same with another deadline. */
  public Experiment within(long seconds) {
    return new Experiment(command, folder, seconds, arms, metrics);
  }

  /** As it is kept. */
  public byte[] bytes() {
    return Json.indented(this).getBytes(StandardCharsets.UTF_8);
  }

  /** Whether arms differ in the command alone, and nothing of the machine is set for them. */
  public boolean isOfCommandsAlone() {
    return arms.keySet().stream()
        .flatMap(arm -> settings(arm).stream())
        .noneMatch(setting -> setting.kind().isOfMachine());
  }

  /** An arm's settings. */
  List<Setting> settings(String label) {
    return arms.getOrDefault(label, List.of()).stream()
        .map(text -> Setting.parse("arm " + label, text))
        .toList();
  }

  /** Whether words are one line for the shell. */
  public static boolean isLine(List<String> words) {
    return words.size() == 1 && words.getFirst().chars().anyMatch(Character::isWhitespace);
  }

  /**
   * The words that are executed on an arm. Where an arm has a command of its own, which is a line
   * for the shell, all go through one.
   */
  List<String> words(String label) {
    Optional<String> other =
        settings(label).stream()
            .filter(setting -> setting.kind() == Setting.Kind.RUN)
            .map(Setting::value)
            .findFirst();
    if (other.isPresent()) {
      return List.of("/bin/sh", "-c", other.get());
    }
    if (isLine(command)) {
      return List.of("/bin/sh", "-c", command.getFirst());
    }
    boolean isOneOfLines =
        arms.values().stream()
            .flatMap(List::stream)
            .anyMatch(text -> text.startsWith(Setting.Kind.RUN.word() + ":"));
    return isOneOfLines
        ? List.of(
            "/bin/sh", "-c", command.stream().map(Program::quoted).collect(Collectors.joining(" ")))
        : command;
  }

  /** The same for a fingerprint: an object by its content, wherever it lies. */
  String told(String label) {
    List<String> words = new ArrayList<>();
    for (Setting setting : settings(label)) {
      words.add(setting.kind() == Setting.Kind.BPF ? "bpf:" + digest(setting) : setting.text());
    }
    return words.isEmpty() ? "as it is" : String.join(" ", words);
  }

  private static String digest(Setting setting) {
    try {
      return Hash.of(Path.of(setting.value())).brief();
    } catch (IOException e) {
      return "gone";
    }
  }

  /** What is special about an arm, in words. */
  public String description(String label) {
    List<String> settings = arms.getOrDefault(label, List.of());
    return settings.isEmpty() ? "as it is" : String.join(" ", settings);
  }
}
