package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.measure.Medians;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times an operation with and without a program on it, in turns, and counts the program's runs. */
final class AddedCost {
  /** Short, so that what takes the CPU away for a while spoils few batches. */
  private static final long BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private static final int LARGEST_BATCH = 1 << 22;

  /** As many records as the ring buffer holds between two readings, and some room. */
  private static final int MOST_RECORDS = 1 << 17;

  /** Operations after each change that are not timed: the code of the kernel was just rewritten. */
  private static final int SETTLING = 100;

  private static final int FEWEST_BATCHES = 4;
  private static final int MOST_BATCHES = 16;

  /** What a turn takes where nobody else wants the CPU. */
  private static final int MOST_MILLIS_A_TURN = 40;

  private static final int MOST_OWED_TURNS = 5;

  private final Hook hook;
  private final Body body;
  private final Traced traced;
  private final HookProgram program;
  private final List<Double> attachNanos = new ArrayList<>();
  private final List<Double> detachNanos = new ArrayList<>();
  private int batch = SETTLING;
  private int batches = FEWEST_BATCHES;

  AddedCost(Hook hook, Body body, Traced traced, HookProgram program) {
    this.hook = hook;
    this.body = body;
    this.traced = traced;
    this.program = program;
  }

  /**
   * As many batches without the program as with it, half of them before and half after; nanoseconds
   * per operation.
   *
   * @param detached median of those without
   * @param attached median of those with
   */
  record Turn(double detached, double attached) {
    double added() {
      return attached - detached;
    }
  }

  /** Operations in one batch. */
  int batch() {
    return batch;
  }

  /** Batches in half of a turn's attached, or detached, time. */
  int batches() {
    return batches;
  }

  double medianAttachNanos() {
    return Medians.of(attachNanos);
  }

  double medianDetachNanos() {
    return Medians.of(detachNanos);
  }

  /** Does the operation, without the program, until it is compiled and the time is over. */
  void warmUp(int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      traced.operate(SETTLING);
    } while (System.nanoTime() < end);
  }

  /**
   * Finds how many operations with the program take about half a millisecond, and how many such
   * batches make a turn of which at least half goes into timing, where attaching takes long.
   */
  void calibrate() {
    int most = body.maps().contains("events") ? MOST_RECORDS : LARGEST_BATCH;
    try (Traced.Attachment _ = traced.attach(program.program())) {
      while (batch < most && attachedNanos() * batch < BATCH_NANOS) {
        batch = Math.min(most, 2 * batch);
      }
    }
    turn(); // the first attachment had code of Java's and the kernel's prepared
    double changing = Medians.of(attachNanos) + Medians.of(detachNanos);
    batches = Math.clamp((long) (changing / (4 * BATCH_NANOS)), FEWEST_BATCHES, MOST_BATCHES);
    attachNanos.clear();
    detachNanos.clear();
  }

  /** Turns until the time is over; on a machine that leaves us little of it, a few all the same. */
  List<Turn> turns(int millis) {
    List<Turn> turns = new ArrayList<>();
    int fewest = Math.clamp(millis / MOST_MILLIS_A_TURN, 1, MOST_OWED_TURNS);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      turns.add(turn());
    } while (turns.size() < fewest || System.nanoTime() < end);
    return turns;
  }

  private Turn turn() {
    List<Double> detached = new ArrayList<>();
    List<Double> attached = new ArrayList<>();
    traced.operate(SETTLING);
    time(batches, detached);
    long start = System.nanoTime();
    Traced.Attachment attachment = traced.attach(program.program());
    long detachStart;
    try {
      attachNanos.add((double) (System.nanoTime() - start));
      traced.operate(SETTLING);
      for (int i = 0; i < 2 * batches; i++) {
        attached.add(attachedNanos());
      }
    } finally {
      detachStart = System.nanoTime();
      attachment.close();
    }
    detachNanos.add((double) (System.nanoTime() - detachStart));
    traced.operate(SETTLING);
    time(batches, detached);
    return new Turn(Medians.of(detached), Medians.of(attached));
  }

  private void time(int count, List<Double> times) {
    for (int i = 0; i < count; i++) {
      times.add(nanos());
    }
  }

  /** Nanoseconds of an operation, over one batch. */
  private double nanos() {
    return (double) traced.timed(batch) / batch;
  }

  /** The same with the program, which must have run each time. */
  private double attachedNanos() {
    program.drain();
    long before = settledRuns();
    double nanos = nanos();
    if (body.counts()) {
      requireRuns(program.runs(before + batch) - before);
    }
    program.drain();
    return nanos;
  }

  private long settledRuns() {
    return body.counts() ? program.runs() : 0;
  }

  private void requireRuns(long runs) {
    boolean right = hook.runsForMore() ? runs >= batch && runs <= most() : runs == batch;
    if (!right) {
      throw new IllegalStateException(
          "the program on %s ran %d times for %d operations".formatted(hook.word(), runs, batch));
    }
  }

  /** The thread makes some system calls, and touches some pages, of its own meanwhile. */
  private long most() {
    return batch + batch / 20L + 200;
  }
}
