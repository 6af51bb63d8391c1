package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.Tracepoint;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.hooks.AddedCost.Turn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures a cell as {@link HooksMeter} does, by a C program and libbpf: the same BPF object on the
 * same system call, in the same turns ({@code c/programs.c} in the jar).
 */
public final class HooksInC implements Meter {
  private static final Set<Hook> HOOKS = Set.of(Hook.RAW_TP, Hook.TRACEPOINT);
  private static final Set<Body> BODIES = Set.of(Body.EMPTY, Body.COUNTER);

  /** What the program prints: operations of a batch, and each iteration's sequences. */
  record Answer(int batch, List<List<Batches>> iterations, @Nullable Double share) {

    /** Of one sequence, nanoseconds per operation without and with the program. */
    record Batches(List<Double> detached, List<Double> attached) {
      List<Turn> turns() {
        return Turn.of(detached, attached);
      }
    }
  }

  /** It is one of the few that C does as well. */
  static boolean measures(Hook hook, Body body) {
    return HOOKS.contains(hook) && BODIES.contains(body);
  }

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    Hook hook = HooksSuite.hook(cell);
    Body body = HooksSuite.body(cell);
    if (!measures(hook, body)) {
      throw Refusal.usage(
          "the C runner measures raw_tp and tracepoint with an empty body or a counter");
    }
    int tracepoint =
        hook == Hook.TRACEPOINT ? Tracepoint.number("syscalls", "sys_enter_getppid") : 0;
    List<String> arguments =
        List.of(
            "hook",
            hook.program(),
            Integer.toString(body.bits()),
            Integer.toString(tracepoint),
            Integer.toString(settings.warmupMillis()),
            Integer.toString(settings.measureMillis()),
            Integer.toString(settings.measureIterations()));
    return CProgram.ofThisSession("programs", settings.log())
        .run(arguments, objects(), settings, HooksInC::parse);
  }

  private static byte[] objects() {
    byte[] object = BpfObject.builtInBytes(HookProgram.OBJECT);
    byte[] owner = BpfObject.builtInBytes(HookProgram.OWNER);
    return ByteBuffer.allocate(2 * Integer.BYTES + object.length + owner.length)
        .order(ByteOrder.nativeOrder())
        .putInt(object.length)
        .put(object)
        .putInt(owner.length)
        .put(owner)
        .array();
  }

  /**
   * Reads the program's line.
   *
   * @throws Refusal where it is not what {@code programs.c} prints
   */
  static Outcome parse(String line) {
    Answer answer = Json.parse(line, Answer.class, "the C runner's answer");
    List<List<Turn>> turns =
        answer.iterations.stream()
            .map(iteration ->
                iteration.stream().flatMap(sequence -> sequence.turns().stream()).toList())
            .toList();
    SortedMap<String, Double> extras = HooksMeter.times(turns);
    extras.putAll(HooksMeter.waits(turns));
    Outcome outcome = HooksMeter.outcome(turns, Turn.BATCHES * answer.batch, extras);
    return outcome instanceof Outcome.Measured(Measurement m, String json)
        ? new Outcome.Measured(OwnCpu.with(m, answer.share), json)
        : outcome;
  }
}
