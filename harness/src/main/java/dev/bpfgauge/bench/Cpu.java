package dev.bpfgauge.bench;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The CPUs this process may run on. */
public final class Cpu {
  private static final int MASK_WORDS = 128; // 8192 CPUs, more than any kernel is built for

  private Cpu() {}

  /**
   * Keeps the calling thread on one CPU.
   *
   * @param number which of the CPUs this process may use, from 0
   * @throws IllegalStateException where there are fewer
   */
  public static void pin(int number) {
    List<Integer> allowed = allowed();
    if (number >= allowed.size()) {
      throw new IllegalStateException(
          "%d CPUs are wanted, this process may use %d".formatted(number + 1, allowed.size()));
    }
    int cpu = allowed.get(number);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, MASK_WORDS);
      mask.setAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE, 1L << cpu % Long.SIZE);
      MemorySegment errno = Errno.allocate(arena);
      if (LibC.sched_setaffinity(errno, 0, mask.byteSize(), mask) != 0) {
        throw new IllegalStateException(
            "sched_setaffinity to CPU " + cpu + ", errno " + Errno.of(errno));
      }
    }
  }

  /** How many CPUs this process may use. */
  public static int count() {
    return allowed().size();
  }

  private static List<Integer> allowed() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, MASK_WORDS);
      MemorySegment errno = Errno.allocate(arena);
      // The process's, by its first thread: a pinned thread's own mask has one CPU.
      int pid = Math.toIntExact(ProcessHandle.current().pid());
      if (LibC.sched_getaffinity(errno, pid, mask.byteSize(), mask) < 0) {
        throw new IllegalStateException("sched_getaffinity, errno " + Errno.of(errno));
      }
      List<Integer> cpus = new ArrayList<>();
      for (int cpu = 0; cpu < MASK_WORDS * Long.SIZE; cpu++) {
        if ((mask.getAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE) >>> cpu % Long.SIZE & 1)
            != 0) {
          cpus.add(cpu);
        }
      }
      return cpus;
    }
  }
}
