package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.measure.AnswerChannel;
import dev.bpfgauge.measure.MeterServer;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads objects in a process of its own: a hostile one may end it, and nothing else. */
public final class InventoryFork {
  private InventoryFork() {}

  /** Objects to be read. */
  private record Question(List<Asked> files) {}

  /**
   * An object.
   *
   * @param shown as the user named it
   */
  private record Asked(String path, String shown, String name) {}

  /** What they hold, or why one of them is none. */
  private record Answer(List<ObjectInfo> objects, @Nullable String refusal) {}

  /**
   * What objects hold, in order.
   *
   * @param files as the user named them
   * @param copies what is read
   * @param names their names in the run, as many
   * @param log where the process's complaints go
   * @throws Refusal where one is no BPF object, with the reason
   */
  static List<ObjectInfo> read(List<Path> files, List<Path> copies, List<String> names, Path log) {
    List<Asked> asked = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      asked.add(
          new Asked(
              copies.get(i).toAbsolutePath().toString(), files.get(i).toString(), names.get(i)));
    }
    Answer answer =
        MeterServer.once(
            InventoryFork.class.getName(),
            Json.line(new Question(asked)),
            Settings.of(0, 0, 1, 0, log),
            line -> Json.parse(line, Answer.class, "the answer"),
            why -> died(files, why));
    if (answer.refusal() != null) {
      throw Refusal.usage(answer.refusal());
    }
    return answer.objects();
  }

  private static Answer died(List<Path> files, Outcome why) {
    String names = files.stream().map(Path::toString).collect(Collectors.joining(", "));
    return new Answer(
        List.of(),
        why instanceof Outcome.Failed(String reason)
            ? "libbpf does not survive reading %s, so it is damaged: compile it again (%s)"
                .formatted(files.size() == 1 ? names : "one of " + names, reason)
            : String.valueOf(why));
  }

  /** Reads one question from standard input. */
  public static void main(String[] args) throws IOException {
    AnswerChannel.answerEach(
        line -> Json.line(answer(Json.parse(line, Question.class, "the question"))));
  }

  private static Answer answer(Question question) throws IOException {
    List<ObjectInfo> objects = new ArrayList<>();
    for (Asked asked : question.files()) {
      try {
        objects.add(
            Inventory.of(asked.shown(), asked.name(), Files.readAllBytes(Path.of(asked.path()))));
      } catch (Refusal refusal) {
        return new Answer(List.of(), refusal.getMessage());
      }
    }
    return new Answer(objects, null);
  }
}
