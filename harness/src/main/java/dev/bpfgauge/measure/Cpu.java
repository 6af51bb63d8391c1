package dev.bpfgauge.measure;

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
    set(List.of(allowed.get(number)));
  }

  /**
   * The calling thread on one CPU, the last that it may use, until this is closed by the same
   * thread.
   */
  public static final class Held implements AutoCloseable {
    private final List<Integer> before = mask(0);
    private final int cpu = before.getLast();

    public Held() {
      set(List.of(cpu));
    }

    /** The kernel's number of the CPU. */
    public int cpu() {
      return cpu;
    }

    @Override
    public void close() {
      set(before);
    }
  }

  /**
   * Lets a thread use these CPUs alone.
   *
   * @param pid the thread's number, also a process's for its first; 0: the calling thread
   * @param cpus below 8192
   * @return 0, or what sched_setaffinity(2) gave, with its errno kept
   */
  public static int set(int pid, List<Integer> cpus, Arena arena, MemorySegment errno) {
    MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, MASK_WORDS);
    for (int cpu : cpus) {
      long word = mask.getAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE);
      mask.setAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE, word | 1L << cpu % Long.SIZE);
    }
    return LibC.sched_setaffinity(errno, pid, mask.byteSize(), mask);
  }

  private static void set(List<Integer> cpus) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      if (set(0, cpus, arena, errno) != 0) {
        throw new IllegalStateException(
            "sched_setaffinity to CPU " + cpus + ", errno " + Errno.of(errno));
      }
    }
  }

  /** How many CPUs this process may use. */
  public static int count() {
    return allowed().size();
  }

  /** The process's, by its first thread: a pinned thread's own mask has one CPU. */
  private static List<Integer> allowed() {
    return mask(Math.toIntExact(ProcessHandle.current().pid()));
  }

  /** The CPUs of a thread by its number; 0: the calling one. */
  private static List<Integer> mask(int thread) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, MASK_WORDS);
      MemorySegment errno = Errno.allocate(arena);
      if (LibC.sched_getaffinity(errno, thread, mask.byteSize(), mask) < 0) {
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
