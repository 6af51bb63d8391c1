package dev.bpfgauge.hook;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times an operation with and without a program on it, in turns, and counts the program's runs. */
final class AddedCost {
  private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int LARGEST_BATCH = 1 << 22;

  /** As many records as the ring buffer holds between two readings, and some room. */
  private static final int MOST_RECORDS = 1 << 17;

  /** Operations after each change that are not timed: the code of the kernel was just rewritten. */
  private static final int SETTLING = 100;

  private final Hook hook;
  private final Body body;
  private final Traced traced;
  private final HookProgram program;
  private final List<Long> attachNanos = new ArrayList<>();
  private final List<Long> detachNanos = new ArrayList<>();
  private int batch = SETTLING;

  AddedCost(Hook hook, Body body, Traced traced, HookProgram program) {
    this.hook = hook;
    this.body = body;
    this.traced = traced;
    this.program = program;
  }

  /**
   * Two batches without the program around two with it; nanoseconds per operation.
   *
   * @param detached mean without
   * @param attached mean with
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

  double medianAttachNanos() {
    return median(attachNanos);
  }

  double medianDetachNanos() {
    return median(detachNanos);
  }

  /** Does the operation, without the program, until it is compiled and the time is over. */
  void warmUp(int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      traced.operate(SETTLING);
    } while (System.nanoTime() < end);
  }

  /** Finds how many operations with the program take about two milliseconds. */
  void calibrate() {
    int most = body.maps().contains("events") ? MOST_RECORDS : LARGEST_BATCH;
    try (Traced.Attachment _ = traced.attach(program.program())) {
      while (batch < most && attachedNanos() * batch < BATCH_NANOS) {
        batch = Math.min(most, 2 * batch);
      }
    }
  }

  /** Turns until the time is over, one at least. */
  List<Turn> turns(int millis) {
    List<Turn> turns = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      turns.add(turn());
    } while (System.nanoTime() < end);
    return turns;
  }

  private Turn turn() {
    traced.operate(SETTLING);
    double detached = nanos();
    double attached;
    long start = System.nanoTime();
    Traced.Attachment attachment = traced.attach(program.program());
    long detachStart;
    try {
      attachNanos.add(System.nanoTime() - start);
      traced.operate(SETTLING);
      attached = (attachedNanos() + attachedNanos()) / 2;
    } finally {
      detachStart = System.nanoTime();
      attachment.close();
    }
    detachNanos.add(System.nanoTime() - detachStart);
    traced.operate(SETTLING);
    return new Turn((detached + nanos()) / 2, attached);
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

  private static double median(List<Long> values) {
    long[] sorted = values.stream().mapToLong(v -> v).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2.0;
  }
}
