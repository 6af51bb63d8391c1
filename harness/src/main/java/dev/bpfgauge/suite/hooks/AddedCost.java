package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times an operation with and without a program on it, in turns, and counts the program's runs. */
final class AddedCost {
  /** Short, so that what takes the CPU away for a while spoils few batches. */
  private static final long BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  /** Where instructions are counted, nothing does. */
  private static final long COUNTED_BATCH_NANOS = 2 * BATCH_NANOS;

  private static final int LARGEST_BATCH = 1 << 22;

  /** As many records as the ring buffer holds between two readings, and some room. */
  private static final int MOST_RECORDS = 1 << 17;

  /** Operations after each change that are not timed: the code of the kernel was just rewritten. */
  private static final int SETTLING = 100;

  private static final int FEWEST_BATCHES = 4;
  private static final int MOST_BATCHES = 32;
  private static final int MOST_COUNTED_BATCHES = 16;

  /** The fastest of so many says how long a batch takes. */
  private static final int CALIBRATIONS = 3;

  /** What a sequence takes where nobody else wants the CPU. */
  private static final int MOST_MILLIS_A_SEQUENCE = 40;

  private static final int MOST_OWED_SEQUENCES = 5;

  private final boolean counted;
  private final Hook hook;
  private final Body body;
  private final Traced traced;
  private final HookProgram program;
  private final List<Double> attachNanos = new ArrayList<>();
  private final List<Double> detachNanos = new ArrayList<>();
  private int batch = SETTLING;
  private int batches = FEWEST_BATCHES;

  /**
   * Of a program on a hook.
   *
   * @param counted the clock counts instructions: a sequence is one turn, of medians
   */
  AddedCost(Hook hook, Body body, Traced traced, HookProgram program, boolean counted) {
    this.counted = counted;
    this.hook = hook;
    this.body = body;
    this.traced = traced;
    this.program = program;
  }

  /**
   * About a millisecond without the program and as much with it; nanoseconds per operation.
   *
   * @param detached the fastest batch without it: whatever interrupts one makes it slower
   * @param attached the fastest with it
   * @param meanAdded difference of the means of both, which holds what others took
   */
  record Turn(double detached, double attached, double meanAdded) {
    /** Batches of either side. */
    static final int BATCHES = 4;

    double added() {
      return attached - detached;
    }

    /**
     * The turns of a sequence. At either change, what was timed just before it is compared with
     * what was timed just after it, then what is further away.
     *
     * @param detached times of its batches without the program, half of them before those with it
     * @param attached of those with it, as many
     * @throws IllegalArgumentException where they make no turns
     */
    static List<Turn> of(List<Double> detached, List<Double> attached) {
      int half = detached.size() / 2;
      if (half == 0 || half % BATCHES != 0 || attached.size() != detached.size()) {
        throw new IllegalArgumentException(
            "%d batches without the program and %d with it make no turns of %d"
                .formatted(detached.size(), attached.size(), BATCHES));
      }
      List<Turn> turns = new ArrayList<>();
      for (int near = 0; near < half; near += BATCHES) {
        int far = near + BATCHES;
        turns.add(between(detached.subList(half - far, half - near), attached.subList(near, far)));
        turns.add(
            between(
                detached.subList(half + near, half + far),
                attached.subList(2 * half - far, 2 * half - near)));
      }
      return turns;
    }

    private static Turn between(List<Double> detached, List<Double> attached) {
      return new Turn(
          Collections.min(detached), Collections.min(attached), mean(attached) - mean(detached));
    }

    /** A whole sequence in one. */
    private static Turn whole(List<Double> detached, List<Double> attached) {
      return new Turn(Medians.of(detached), Medians.of(attached), mean(attached) - mean(detached));
    }

    private static double mean(List<Double> values) {
      return ForkStatistics.mean(values.stream().mapToDouble(nanos -> nanos).toArray());
    }
  }

  /** Operations in one batch. */
  int batch() {
    return batch;
  }

  /** Batches in half of a sequence's attached, or detached, time. */
  int batches() {
    return batches;
  }

  /** Operations with the program in one turn. */
  int timed() {
    return batch * (counted ? 2 * batches : Turn.BATCHES);
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
   * Finds how many operations with the program take a batch's time, and how many such batches make
   * a sequence of which at least half goes into timing, where attaching takes long.
   */
  void calibrate() {
    int most = body.maps().contains("events") ? MOST_RECORDS : LARGEST_BATCH;
    try (Traced.Attachment _ = traced.attach(program.program())) {
      while (batch < most && undisturbedNanos() * batch < batchNanos()) {
        batch = Math.min(most, 2 * batch);
      }
    }
    sequence(); // the first attachment had code of Java's and the kernel's prepared
    double changing = Medians.of(attachNanos) + Medians.of(detachNanos);
    batches = batches(changing);
    attachNanos.clear();
    detachNanos.clear();
  }

  private long batchNanos() {
    return counted ? COUNTED_BATCH_NANOS : BATCH_NANOS;
  }

  private int batches(double changingNanos) {
    long wanted = (long) (changingNanos / (4 * batchNanos()));
    return counted
        ? Math.clamp(wanted, FEWEST_BATCHES, MOST_COUNTED_BATCHES)
        : Math.clamp(wanted / Turn.BATCHES * Turn.BATCHES, FEWEST_BATCHES, MOST_BATCHES);
  }

  private double undisturbedNanos() {
    double least = attachedNanos();
    for (int i = 1; i < CALIBRATIONS && !counted; i++) {
      least = Math.min(least, attachedNanos());
    }
    return least;
  }

  /** Turns until the time is over; on a machine that leaves us little of it, a few all the same. */
  List<Turn> turns(int millis) {
    List<Turn> turns = new ArrayList<>();
    int fewest = Math.clamp(millis / MOST_MILLIS_A_SEQUENCE, 1, MOST_OWED_SEQUENCES);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (int i = 0; i < fewest || System.nanoTime() < end; i++) {
      turns.addAll(sequence());
    }
    return turns;
  }

  private List<Turn> sequence() {
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
    return counted ? List.of(Turn.whole(detached, attached)) : Turn.of(detached, attached);
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
