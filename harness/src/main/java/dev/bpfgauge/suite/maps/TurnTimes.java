package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.suite.maps.TurnsBenchmark.Turner;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.Aggregator;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.util.SingletonStatistics;

/**
 * Carries the times of all turns from the benchmark's thread into JMH's result, at the end of the
 * last iteration, as {@link BatchTimes} does with batches. Loaded by JMH in the fork by its name.
 */
public final class TurnTimes implements InternalProfiler {
  static final String LABEL = "turns";

  private static @Nullable Log log;

  private int measured;

  /**
   * Begins it.
   *
   * @param turners of the slots that have turns, then of the references
   * @param refusals one a slot: why this machine cannot do it; empty where it has turns
   */
  static Log logOf(List<Turner> turners, List<String> refusals) {
    Log ofThisFork = new Log(turners, refusals);
    log = ofThisFork;
    return ofThisFork;
  }

  @Override
  public String getDescription() {
    return "time of each turn";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (log != null && (iteration.getType() == IterationType.WARMUP || measured == 0)) {
      if (iteration.getType() == IterationType.MEASUREMENT) {
        log.turners.forEach(Turner::settle);
      }
      log.clear();
    }
  }

  @Override
  public Collection<Times> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (log == null
        || iteration.getType() == IterationType.WARMUP
        || ++measured < iteration.getCount()) {
      return List.of();
    }
    return List.of(log.times());
  }

  /** The times of a fork while they come; turns are kept in the order in which they were taken. */
  static final class Log {
    private static final int FIRST_ROOM = 1 << 12;

    private final List<Turner> turners;
    private final List<String> refusals;
    private int turns;
    private int timings;
    private int slot;
    private int[] slots = new int[FIRST_ROOM];
    private long[] starts = new long[FIRST_ROOM];
    private int[] spans = new int[FIRST_ROOM];
    private int[] cpu = new int[FIRST_ROOM];
    private int[] nanos = new int[FIRST_ROOM << 4];
    private int firstTiming;

    Log(List<Turner> turners, List<String> refusals) {
      this.turners = turners;
      this.refusals = refusals;
    }

    /** Turns of all cells since the last time it was cleared. */
    int turns() {
      return turns;
    }

    void clear() {
      turns = 0;
      timings = 0;
    }

    /** Before a turn, outside its time: makes room for it. */
    void room(int ofSlot, Turner turner) {
      slot = ofSlot;
      firstTiming = timings;
      if (turns == slots.length) {
        slots = Arrays.copyOf(slots, 2 * turns);
        starts = Arrays.copyOf(starts, 2 * turns);
        spans = Arrays.copyOf(spans, 2 * turns);
        cpu = Arrays.copyOf(cpu, 2 * turns);
      }
      if (timings + turner.timings() > nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * nanos.length);
      }
    }

    void timed(long each) {
      nanos[timings++] = (int) Math.min(Integer.MAX_VALUE, each);
    }

    void took(long start, long end, long onCpu) {
      slots[turns] = slot;
      starts[turns] = start;
      spans[turns] = (int) Math.min(Integer.MAX_VALUE, end - start);
      cpu[turns++] = (int) Math.min(Integer.MAX_VALUE, onCpu);
      int least = Integer.MAX_VALUE;
      for (int i = firstTiming; i < timings; i++) {
        least = Math.min(least, nanos[i]);
      }
      turners.get(slot).took(least, end - start);
    }

    private Times times() {
      return new Times(
          refusals.toArray(String[]::new),
          turners.stream().mapToInt(Turner::operations).toArray(),
          turners.stream().mapToInt(Turner::timings).toArray(),
          Arrays.copyOf(slots, turns),
          Arrays.copyOf(starts, turns),
          Arrays.copyOf(spans, turns),
          Arrays.copyOf(cpu, turns),
          Arrays.copyOf(nanos, timings));
    }
  }

  /** All of it, as JMH sends it to the harness. */
  static final class Times extends Result<Times> {
    private static final long serialVersionUID = 1L;

    private final String[] refusals;
    private final int[] operations;
    private final int[] timingsOfTurn;
    private final int[] slots;
    private final long[] starts;
    private final int[] spans;
    private final int[] cpu;
    private final int[] nanos;

    Times(
        String[] refusals,
        int[] operations,
        int[] timingsOfTurn,
        int[] slots,
        long[] starts,
        int[] spans,
        int[] cpu,
        int[] nanos) {
      super(
          ResultRole.SECONDARY,
          LABEL,
          new SingletonStatistics(slots.length),
          "turns",
          AggregationPolicy.SUM);
      this.refusals = refusals;
      this.operations = operations;
      this.timingsOfTurn = timingsOfTurn;
      this.slots = slots;
      this.starts = starts;
      this.spans = spans;
      this.cpu = cpu;
      this.nanos = nanos;
    }

    /** Operations of the whole process. */
    private double allOperations() {
      return Arrays.stream(slots).mapToDouble(s -> (double) operations[s] * timingsOfTurn[s]).sum();
    }

    /** One a slot, as in {@link #logOf}. */
    List<String> refusals() {
      return List.of(refusals);
    }

    /**
     * What one had.
     *
     * @param slot its place among those that had turns
     * @param bytesPerTurn that the process allocated; absent where not known
     */
    Turns of(int slot, @Nullable Double bytesPerTurn) {
      int each = timingsOfTurn[slot];
      int count = (int) Arrays.stream(slots).filter(s -> s == slot).count();
      long[] itsStarts = new long[count];
      int[] itsSpans = new int[count];
      int[] itsCpu = new int[count];
      int[] itsNanos = new int[count * each];
      int at = 0;
      int timing = 0;
      for (int i = 0; i < slots.length; i++) {
        if (slots[i] == slot) {
          itsStarts[at] = starts[i];
          itsSpans[at] = spans[i];
          itsCpu[at] = cpu[i];
          System.arraycopy(nanos, timing, itsNanos, at * each, each);
          at++;
        }
        timing += timingsOfTurn[slots[i]];
      }
      boolean tellsCpu = Arrays.stream(itsCpu).anyMatch(n -> n > 0);
      return new Turns(
          operations[slot],
          each,
          itsStarts,
          itsSpans,
          tellsCpu ? itsCpu : new int[0],
          itsNanos,
          bytesPerTurn == null ? null : bytesPerTurn * slots.length / allOperations());
    }

    @Override
    protected Aggregator<Times> getThreadAggregator() {
      return results -> results.iterator().next();
    }

    @Override
    protected Aggregator<Times> getIterationAggregator() {
      return results -> results.iterator().next();
    }
  }
}
