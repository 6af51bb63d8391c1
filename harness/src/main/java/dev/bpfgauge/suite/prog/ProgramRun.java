package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.BpfProgram.RunOutput;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.Instructions.Loaded;
import dev.bpfgauge.libbpf.PreparedRun;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.Medians;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A loaded program and what BPF_PROG_RUN runs it on: a packet, a context, or both. Closed, the
 * program is unloaded.
 *
 * <p>Timed from outside: the kernel's own figure is a mean in whole nanoseconds, which hides what a
 * short program costs. What a system call takes beside its runs is subtracted. Where the program
 * changes its packet each run needs a new one, so that each is a call of its own, and the kernel's
 * figure is all there is. Where the kernel has none either (raw tracepoints, syscall programs), the
 * same calls of an empty program are subtracted.
 */
final class ProgramRun implements AutoCloseable {
  private static final int MOST_RUNS = 1 << 22;
  private static final int RETURNS = 64;
  private static final int FEWEST_RUNS = 8;
  private static final int MOST_SINGLE_RUNS = 1024;
  private static final int CALIBRATIONS = 300;
  private static final int CALLS_BESIDE_A_BATCH = 20;

  /** A batch may be longer than asked for, not shorter. */
  private static final double MARGIN = 1.25;

  /** A batch that seems short may be one whose call was subtracted too much. */
  private static final double MOST_GROWTH = 16;

  /** A long program is run less often. */
  private static final long LONGEST_BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Room for headers that a program puts before its packet. */
  private static final int HEADROOM = 4096;

  /** Its output are the keys of a flow, and its packet stays. */
  private static final int BPF_PROG_TYPE_FLOW_DISSECTOR = 22;

  private static final int ETHERNET_HEADER_BYTES = 14;

  /** Of one batch. */
  private static final long BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  private final LoadedProgram loaded;
  private final Arena arena = Arena.ofShared();
  private final @Nullable MemorySegment packet;
  private final @Nullable MemorySegment context;
  private final @Nullable Calls calls;
  private final @Nullable TestNetwork network;
  private final int returned;
  private final boolean changesPacket;

  /** What a call with one run takes. */
  private long oneRun;

  private int runs = 1;

  /** Runs by calls, and those of an empty program of the type. */
  private record Calls(PreparedRun own, Instructions code, Loaded empty, PreparedRun none)
      implements AutoCloseable {
    private static final long RETURN_0 = 0xb7L; // BPF_ALU64 | BPF_MOV | BPF_K
    private static final long EXIT = 0x95L; // BPF_JMP | BPF_EXIT

    static Calls of(BpfProgram program, MemorySegment context) {
      Instructions code =
          Instructions.of("empty", program.type(), new long[] {RETURN_0, EXIT}, List.of());
      try {
        Loaded empty = code.load();
        return new Calls(program.prepared(context), code, empty, empty.prepared(context));
      } catch (RuntimeException e) {
        code.close();
        throw e;
      }
    }

    long nanos(int runs) {
      return own.nanos(runs) - none.nanos(runs);
    }

    @Override
    public void close() {
      own.close();
      none.close();
      empty.close();
      code.close();
    }
  }

  private ProgramRun(LoadedProgram loaded, ProgInput input) {
    this.loaded = loaded;
    Calls byCalls = null;
    try {
      packet = segment(input.packet());
      context = segment(input.context());
      if (RunnableTypes.runsByCalls(program().type())) {
        byCalls = Calls.of(program(), Objects.requireNonNull(input.context(), "context"));
        returned = byCalls.own.run();
        changesPacket = false;
      } else if (packet == null) {
        returned = program().run(input(null, 1)).returnValue();
        changesPacket = false;
      } else {
        MemorySegment after = arena.allocate(packet.byteSize() + HEADROOM, Long.BYTES);
        RunOutput once = program().run(input(after, 1));
        returned = once.returnValue();
        changesPacket =
            program().type() != BPF_PROG_TYPE_FLOW_DISSECTOR
                && (isChanged(packet, once, after) || isChangedForTheNextRun());
      }
      calls = byCalls;
      network =
          program().type() == Uapi.BPF_PROG_TYPE_XDP
              ? TestNetwork.of(program()).orElse(null)
              : null;
    } catch (RuntimeException e) {
      Optional.ofNullable(byCalls).ifPresent(Calls::close);
      arena.close();
      throw e;
    }
  }

  private @Nullable MemorySegment segment(@Nullable MemorySegment bytes) {
    return bytes == null ? null : arena.allocate(bytes.byteSize(), Long.BYTES).copyFrom(bytes);
  }

  private RunInput input(@Nullable MemorySegment after, int repeat) {
    return new RunInput(packet, after, context, repeat);
  }

  /** Marks and tags of a packet are no bytes of it: what a second run makes of it tells. */
  private boolean isChangedForTheNextRun() {
    int second = program().run(input(null, 2)).returnValue();
    return second != once().returnValue();
  }

  /** Programs above the link layer are given no Ethernet header, and leave zeros there. */
  private boolean isChanged(MemorySegment before, RunOutput once, MemorySegment after) {
    long from = RunnableTypes.seesEthernet(program().type()) ? 0 : ETHERNET_HEADER_BYTES;
    long to = before.byteSize();
    return once.dataOutBytes() != to
        || MemorySegment.mismatch(before, from, to, after, from, to) >= 0;
  }

  /**
   * Runs a program once, and makes it ready to be timed.
   *
   * @param loaded owned by the result, and closed where there is none
   * @throws LoadRefusedException where the kernel does not run such a program
   */
  static ProgramRun of(LoadedProgram loaded, ProgInput input) throws LoadRefusedException {
    try {
      return new ProgramRun(loaded, input);
    } catch (BpfException e) {
      String reason = RunReason.of(loaded.program().type(), input, e);
      loaded.close();
      throw new LoadRefusedException(reason, false, "");
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /** The same on a packet. */
  static ProgramRun of(LoadedProgram loaded, byte[] packet) throws LoadRefusedException {
    return of(loaded, ProgInput.packet(packet));
  }

  BpfProgram program() {
    return loaded.program();
  }

  LoadedProgram loaded() {
    return loaded;
  }

  /** What its first run gave. */
  int returned() {
    return returned;
  }

  /**
   * What single runs give, each on the packet as it was given.
   *
   * @return value, unsigned → how many of {@value #RETURNS} runs, or of fewer where they are long
   */
  SortedMap<Long, Integer> returns() {
    SortedMap<Long, Integer> counts = new TreeMap<>();
    long end = System.nanoTime() + LONGEST_BATCH_NANOS;
    for (int i = 0; i < RETURNS && (i == 0 || System.nanoTime() < end); i++) {
      int value = calls != null ? calls.own.run() : once().returnValue();
      counts.merge(Integer.toUnsignedLong(value), 1, Integer::sum);
    }
    return counts;
  }

  /** Whether each run is a system call of its own. */
  boolean changesPacket() {
    return changesPacket;
  }

  /** Whether an empty program's calls are subtracted: what is left may be less than nothing. */
  boolean isNet() {
    return calls != null;
  }

  /** Whether the kernel's whole nanoseconds are the figure. */
  private boolean isByTheKernel() {
    return changesPacket || (program().type() == Uapi.BPF_PROG_TYPE_XDP && network == null);
  }

  /** Finds out how many runs make a batch. */
  void calibrate() {
    calibrateOneRun();
    runs = oneRun > BATCH_NANOS ? 1 : FEWEST_RUNS;
    if (changesPacket || isNet()) { // A batch is as long as its calls, and those of nothing.
      long fitting = BATCH_NANOS / Math.max(1, isNet() ? 2 * oneRun : oneRun);
      runs = (int) Math.clamp(fitting, 1L, (long) MOST_SINGLE_RUNS);
      return;
    }
    for (long took = nanos(); took < BATCH_NANOS && runs < MOST_RUNS; took = nanos()) {
      double factor = MARGIN * BATCH_NANOS / Math.max(1, took);
      runs = (int) Math.min(MOST_RUNS, runs * Math.clamp(factor, MARGIN, MOST_GROWTH));
    }
  }

  /** The same with so many runs, or fewer where the program is long. */
  void calibrate(int most) {
    calibrateOneRun();
    runs = (int) Math.clamp(LONGEST_BATCH_NANOS / Math.max(1, oneRun), 1L, (long) most);
  }

  /** The same with just as many runs as another; false where that is measured in another way. */
  boolean isCalibratedLike(ProgramRun other) {
    if (changesPacket != other.changesPacket || isByTheKernel() != other.isByTheKernel()) {
      return false;
    }
    if (!isNet() && !isByTheKernel()) {
      calibrateOneRun();
    }
    runs = other.runs;
    return true;
  }

  /** Runs that {@link #nanos} is of. */
  int runs() {
    return runs;
  }

  /** One batch: nanoseconds of its {@link #runs}. */
  long nanos() {
    if (calls != null) {
      return calls.nanos(runs);
    }
    if (changesPacket) {
      long sum = 0;
      for (int i = 0; i < runs; i++) {
        sum += once().nanosPerRun();
      }
      return sum;
    }
    return isByTheKernel() ? kernels() : wall(runs + 1) - oneRun;
  }

  /**
   * What a run takes, of so many batches, where instructions are counted: what interrupts a guest
   * adds some. Of a difference of batches that is on both sides, so their median counts. Else the
   * least does, of calls with many runs and of those with one, which alternate: what makes every
   * call longer for a while, as the kernel's own work behind a boot, is then in neither.
   */
  double counted(int batches) {
    if (isNet() || isByTheKernel()) {
      List<Double> all = Stream.generate(() -> (double) nanos() / runs).limit(batches).toList();
      return isNet() ? Medians.of(all) : Collections.min(all);
    }
    long many = Long.MAX_VALUE;
    long one = Long.MAX_VALUE;
    for (int i = 0; i < batches; i++) {
      for (int call = 0; call < CALLS_BESIDE_A_BATCH; call++) {
        one = Math.min(one, wall(1));
      }
      many = Math.min(many, wall(runs + 1));
    }
    return (double) (many - one) / runs;
  }

  private long kernels() {
    return program().run(input(null, runs + 1)).nanosPerRun() * runs;
  }

  private RunOutput once() {
    return program().run(input(null, 1));
  }

  /** The fastest of some: whatever comes between makes one longer. */
  private void calibrateOneRun() {
    oneRun = Long.MAX_VALUE;
    long end = System.nanoTime() + LONGEST_BATCH_NANOS;
    for (int i = 0; i < CALIBRATIONS && (i < 2 || System.nanoTime() < end); i++) {
      oneRun = Math.min(oneRun, wall(1));
    }
  }

  private long wall(int count) {
    if (calls != null) {
      return calls.own.nanos(count);
    }
    long start = System.nanoTime();
    program().run(input(null, count));
    return System.nanoTime() - start;
  }

  @Override
  public void close() {
    Optional.ofNullable(network).ifPresent(TestNetwork::close);
    Optional.ofNullable(calls).ifPresent(Calls::close);
    loaded.close();
    arena.close();
  }
}
