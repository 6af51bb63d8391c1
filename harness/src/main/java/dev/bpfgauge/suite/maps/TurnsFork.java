package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.InTurns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** One fork of JMH in which cells of {@code maps} and system calls of the floor take turns. */
public final class TurnsFork implements InTurns {

  /** Cells of one shape share a process, whatever their map, operation and path. */
  @Override
  public Optional<String> group(Cell cell) {
    if (cell.suite().equals(Cell.FLOOR)) {
      return switch (FloorStep.ofWord(cell.operation())) {
        case FFM, GETPPID, BPF_REFUSED -> Optional.of(ANY);
        case EMPTY -> Optional.empty(); // JMH's own loop is what is asked for.
      };
    }
    MapCell map = MapCell.of(cell);
    boolean here =
        switch (map.runtime()) {
          case JAVA -> map.threads() == 1;
          case C_THREAD ->
              map.operation() == MapOperation.LOOKUP || map.operation() == MapOperation.UPDATE;
          case C -> false; // In a process without a second thread.
        };
    if (!here) {
      return Optional.empty();
    }
    return Optional.of(
        "%d×(%d+%d) %d %s %d"
            .formatted(
                map.entries(),
                map.keyBytes(),
                map.valueBytes(),
                cell.param("fill").isEmpty() ? 100 : Integer.parseInt(cell.param("fill")),
                map.order().word(),
                map.batch()));
  }

  /** A slot as the fork reads it. */
  record Wanted(Cell cell, long injectNanos) {}

  @Override
  public List<Taken> measure(List<Slot> slots, Settings settings) {
    Map<Slot, Outcome> objections = new LinkedHashMap<>();
    List<Slot> possible = new ArrayList<>();
    for (Slot slot : slots) {
      objection(slot.cell(), settings.log())
          .ifPresentOrElse(why -> objections.put(slot, why), () -> possible.add(slot));
    }
    List<Taken> had = possible.isEmpty() ? List.of() : fork(possible, settings);
    return slots.stream()
        .map(slot ->
            objections.containsKey(slot)
                ? new Not(objections.get(slot))
                : had.get(possible.indexOf(slot)))
        .toList();
  }

  private static Optional<Outcome> objection(Cell cell, Path log) {
    try {
      if (cell.suite().equals(Cell.FLOOR)) {
        return FloorStep.ofWord(cell.operation()) == FloorStep.BPF_REFUSED
            ? Preflight.notRefusedByBpf()
            : LibBpf.unavailable().map(Outcome.Unavailable::new);
      }
      MapCell map = MapCell.of(cell);
      map.refuseNonsense();
      if (map.runtime() == LoopRuntime.C_THREAD) {
        library(log);
      }
      return Preflight.objection(map);
    } catch (Refusal refusal) {
      return Optional.of(Outcome.of(refusal));
    }
  }

  private static CProgram library(Path log) {
    return CProgram.libraryOfThisSession(CReference.PROGRAM, log);
  }

  private static List<Taken> fork(List<Slot> slots, Settings settings) {
    Map<String, String> params = new TreeMap<>();
    boolean inC =
        slots.stream().anyMatch(slot -> LoopRuntime.of(slot.cell()) == LoopRuntime.C_THREAD);
    params.put("library", inC ? library(settings.log()).file().toString() : "");
    params.put("slots", text(slots));
    long walkBytes = References.walkBytes();
    params.put("walkBytes", Long.toString(walkBytes));
    params.put("seed", Long.toString(settings.seed()));
    return JmhFork.turns(params, settings)
        .run(
            result -> taken(slots.size(), References.of(walkBytes), result),
            why -> slots.stream().<Taken>map(_ -> new Not(why)).toList());
  }

  private static List<Taken> taken(int slots, List<Reference> references, RunResult result) {
    Result<?> found = result.getSecondaryResults().get(TurnTimes.LABEL);
    if (!(found instanceof TurnTimes.Times times)) {
      Taken none = new Not(new Outcome.Failed("the fork gave no times"));
      return Collections.nCopies(slots, none);
    }
    List<String> refusals = times.refusals();
    int next = Math.toIntExact(refusals.stream().filter(String::isEmpty).count());
    Map<Reference, Turns> beside = new EnumMap<>(Reference.class);
    for (Reference reference : references) {
      beside.put(reference, times.of(next++, null));
    }
    List<Taken> taken = new ArrayList<>();
    int had = 0;
    for (String refusal : refusals) {
      taken.add(
          refusal.isEmpty()
              ? new Had(times.of(had++, JmhFork.bytes(result)).beside(beside))
              : new Not(new Outcome.Unavailable(refusal)));
    }
    return taken;
  }

  /** One line a slot: benchmark, delay, then each parameter. */
  private static String text(List<Slot> slots) {
    return slots.stream()
        .map(slot ->
            slot.cell().benchmark()
                + " "
                + slot.injectNanos()
                + slot.cell().params().entrySet().stream()
                    .map(param -> " " + param.getKey() + "=" + param.getValue())
                    .collect(Collectors.joining()))
        .collect(Collectors.joining(";"));
  }

  /** Reads them in the fork. */
  static List<Wanted> slots(String text) {
    return Arrays.stream(text.split(";", -1)).map(TurnsFork::slot).toList();
  }

  private static Wanted slot(String line) {
    String[] words = line.split(" ", -1);
    Map<String, String> params = new TreeMap<>();
    for (String word : Arrays.asList(words).subList(2, words.length)) {
      int equals = word.indexOf('=');
      params.put(word.substring(0, equals), word.substring(equals + 1));
    }
    String suite = words[0].substring(0, words[0].indexOf('.'));
    return new Wanted(new Cell(suite, words[0], params, ""), Long.parseLong(words[1]));
  }
}
