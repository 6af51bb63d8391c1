package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.measure.MeterServer;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.suite.InTurns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** One program in all its versions and shapes, on all its inputs, in turns in one process. */
final class ProgTurns implements InTurns {

  @Override
  public Optional<String> group(Cell cell) {
    ProgCell wanted = ProgCell.of(cell);
    return wanted.task() == ProgCell.Task.RUN
        ? Optional.of(wanted.object() + " " + wanted.program())
        : Optional.empty();
  }

  /**
   * What the process is asked.
   *
   * @param warmupMillis of all slots together
   * @param measureMillis the same
   * @param log where the run's objects lie beside
   */
  record Question(List<Asked> slots, int warmupMillis, int measureMillis, long seed, String log) {
    Question {
      slots = List.copyOf(slots);
    }
  }

  /** A slot. */
  record Asked(Cell cell, String arm) {}

  /**
   * What became of a slot.
   *
   * @param end {@code measured}, or the name of another {@link Outcome}
   * @param extras of what was measured
   */
  record Answer(
      String end,
      String reason,
      int operations,
      List<Long> starts,
      List<Integer> spans,
      List<Integer> cpu,
      List<Integer> nanos,
      SortedMap<String, Double> extras) {}

  /** What became of all of them, in order. */
  record Answers(List<Answer> slots) {
    Answers {
      slots = List.copyOf(slots);
    }
  }

  @Override
  public List<Taken> measure(List<Slot> slots, Settings settings) {
    Question question =
        new Question(
            slots.stream().map(slot -> new Asked(slot.cell(), slot.arm())).toList(),
            settings.warmupMillis(),
            settings.measureMillis() * settings.measureIterations(),
            settings.seed(),
            settings.log().toString());
    return MeterServer.once(
        ProgFork.class.getName(),
        Json.line(question),
        settings,
        line -> taken(slots.size(), Json.parse(line, Answers.class, "the answer")),
        why -> slots.stream().<Taken>map(_ -> new Not(why)).toList());
  }

  private static List<Taken> taken(int slots, Answers answers) {
    List<Taken> taken = new ArrayList<>();
    for (Answer answer : answers.slots()) {
      taken.add(
          switch (answer.end()) {
            case "measured" -> new Had(turns(answer));
            case "refused" -> new Not(new Outcome.Refused(answer.reason()));
            case "unavailable" -> new Not(new Outcome.Unavailable(answer.reason()));
            default -> new Not(new Outcome.Failed(answer.reason()));
          });
    }
    while (taken.size() < slots) {
      taken.add(new Not(new Outcome.Failed("the fork gave no answer to this cell")));
    }
    return taken;
  }

  private static Turns turns(Answer answer) {
    return new Turns(
            answer.operations(),
            ProgFork.BATCHES,
            answer.starts().stream().mapToLong(start -> start).toArray(),
            ints(answer.spans()),
            ints(answer.cpu()),
            ints(answer.nanos()),
            null)
        .with(Map.copyOf(answer.extras()));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(value -> value).toArray();
  }
}
