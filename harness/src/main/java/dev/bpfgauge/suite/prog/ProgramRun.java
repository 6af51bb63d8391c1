package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.BpfProgram.RunOutput;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A loaded program and the packet that BPF_PROG_RUN runs it on. Closed, the program is unloaded.
 *
 * <p>Timed from outside: the kernel's own figure is a mean in whole nanoseconds, which hides what a
 * short program costs. What a system call takes beside its runs is subtracted. Where the program
 * changes its packet each run needs a new one, so that each is a call of its own, and the kernel's
 * figure is all there is.
 */
final class ProgramRun implements AutoCloseable {
  private static final int MOST_RUNS = 1 << 22;
  private static final int FEWEST_RUNS = 8;
  private static final int MOST_SINGLE_RUNS = 1024;
  private static final int CALIBRATIONS = 300;

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
  private final MemorySegment packet;
  private final @Nullable TestNetwork network;
  private final int returned;
  private final boolean changesPacket;

  /** What a call with one run takes. */
  private long oneRun;

  private int runs = 1;

  private ProgramRun(LoadedProgram loaded, byte[] bytes) {
    this.loaded = loaded;
    try {
      packet = arena.allocate(bytes.length, Long.BYTES);
      packet.copyFrom(MemorySegment.ofArray(bytes));
      MemorySegment after = arena.allocate(bytes.length + HEADROOM, Long.BYTES);
      RunOutput once = program().run(new RunInput(packet, after, null, 1));
      returned = once.returnValue();
      changesPacket =
          program().type() != BPF_PROG_TYPE_FLOW_DISSECTOR
              && (isChanged(once, after) || isChangedForTheNextRun());
      network =
          program().type() == Uapi.BPF_PROG_TYPE_XDP
              ? TestNetwork.of(program()).orElse(null)
              : null;
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Marks and tags of a packet are no bytes of it: what a second run makes of it tells. */
  private boolean isChangedForTheNextRun() {
    int second = program().run(RunInput.packet(packet, 2)).returnValue();
    return second != once().returnValue();
  }

  /** Programs above the link layer are given no Ethernet header, and leave zeros there. */
  private boolean isChanged(RunOutput once, MemorySegment after) {
    long from = RunnableTypes.seesEthernet(program().type()) ? 0 : ETHERNET_HEADER_BYTES;
    return once.dataOutBytes() != packet.byteSize()
        || MemorySegment.mismatch(packet, from, packet.byteSize(), after, from, packet.byteSize())
            >= 0;
  }

  /**
   * Runs a program on a packet once, and makes it ready to be timed.
   *
   * @param loaded owned by the result, and closed where there is none
   * @throws LoadRefusedException where the kernel does not run such a program
   */
  static ProgramRun of(LoadedProgram loaded, byte[] packet) throws LoadRefusedException {
    try {
      return new ProgramRun(loaded, packet);
    } catch (BpfException e) {
      loaded.close();
      throw new LoadRefusedException(
          "BPF_PROG_RUN does not run it here: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          false,
          "");
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
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

  /** Whether each run is a system call of its own. */
  boolean changesPacket() {
    return changesPacket;
  }

  /** Whether the kernel's whole nanoseconds are the figure. */
  private boolean isByTheKernel() {
    return changesPacket || (program().type() == Uapi.BPF_PROG_TYPE_XDP && network == null);
  }

  /** Finds out how many runs make a batch. */
  void calibrate() {
    calibrateOneRun();
    runs = oneRun > BATCH_NANOS ? 1 : FEWEST_RUNS;
    if (changesPacket) { // A batch is as long as its calls, of which little is the program's.
      long calls = BATCH_NANOS / Math.max(1, oneRun);
      runs = (int) Math.clamp(calls, 1L, (long) MOST_SINGLE_RUNS);
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

  /** Runs that {@link #nanos} is of. */
  int runs() {
    return runs;
  }

  /** One batch: nanoseconds of its {@link #runs}. */
  long nanos() {
    if (changesPacket) {
      long sum = 0;
      for (int i = 0; i < runs; i++) {
        sum += once().nanosPerRun();
      }
      return sum;
    }
    return isByTheKernel() ? kernels() : wall(runs + 1) - oneRun;
  }

  private long kernels() {
    return program().run(RunInput.packet(packet, runs + 1)).nanosPerRun() * runs;
  }

  private RunOutput once() {
    return program().run(RunInput.packet(packet, 1));
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
    long start = System.nanoTime();
    program().run(RunInput.packet(packet, count));
    return System.nanoTime() - start;
  }

  @Override
  public void close() {
    Optional.ofNullable(network).ifPresent(TestNetwork::close);
    loaded.close();
    arena.close();
  }
}
