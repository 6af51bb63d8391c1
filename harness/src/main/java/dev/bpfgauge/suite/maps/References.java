package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Meminfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

/** The loops of the {@link Reference}s that take turns beside the cells. */
final class References {
  private static final Path LAST_CACHE = Path.of("/sys/devices/system/cpu/cpu0/cache/index3/size");

  private static final long MIB = 1 << 20;
  private static final long LEAST_WALK = 64 * MIB;
  private static final long LONGEST_WALK = 1024 * MIB;

  /** At most so much of the memory that can be had. */
  private static final int SHARE_OF_MEMORY = 8;

  private static final int LINE = 64;
  private static final int CALLS_TOGETHER = 64;
  private static final int LOOPS_TOGETHER = 8;
  static final int STEPS_OF_LOOP = 128;

  /** Twice what the JVM's second compiler waits for in a method with a loop. */
  private static final int CALLS_TO_COMPILE = 2 * 600;

  private References() {}

  /** Those that can be had. */
  static List<Reference> of(long walkBytes) {
    return Arrays.stream(Reference.values())
        .filter(reference -> reference != Reference.MEMORY || walkBytes > 0)
        .toList();
  }

  /** Memory to walk through on this machine now; 0 for none. */
  static long walkBytes() {
    return walkBytes(lastCacheBytes(), Meminfo.read(Path.of("/proc")).availableBytes());
  }

  /** A power of two, at least twice the cache; 0 where that is too much of the memory. */
  static long walkBytes(long cacheBytes, long availableBytes) {
    long least = Math.max(LEAST_WALK, 2 * cacheBytes);
    long walk = Long.highestOneBit(2 * least - 1);
    return walk <= Math.min(LONGEST_WALK, availableBytes / SHARE_OF_MEMORY) ? walk : 0;
  }

  /** 0 where the machine does not tell, as many virtual ones do not. */
  private static long lastCacheBytes() {
    try {
      return cacheBytes(ForeignText.read(LAST_CACHE));
    } catch (IOException e) {
      return 0;
    }
  }

  /** {@code 32768K}; 0 for anything else. */
  static long cacheBytes(String size) {
    String text = size.strip();
    return text.matches("[0-9]{1,9}K")
        ? Long.parseLong(text.substring(0, text.length() - 1)) << 10
        : 0;
  }

  /** Called as often as the compiler asks for, so that it has the warm-up to compile it in. */
  static TimedLoop loop(Reference reference, long walkBytes) {
    TimedLoop loop =
        switch (reference) {
          case SYSCALL -> timed(References::getppid, CALLS_TOGETHER);
          case CPU -> timed(new Chain(), LOOPS_TOGETHER);
          case MEMORY -> timed(new Walk(walkBytes), CALLS_TOGETHER);
        };
    for (int i = 0; i < CALLS_TO_COMPILE; i++) {
      if (loop.body().getAsInt() != 0) {
        throw new IllegalStateException("the reference " + reference + " is wrong");
      }
    }
    return loop;
  }

  private static TimedLoop timed(IntSupplier body, int operations) {
    return new TimedLoop(body, () -> {}, () -> {}, operations, false);
  }

  private static int getppid() {
    int wrong = 0;
    for (int i = 0; i < CALLS_TOGETHER; i++) {
      wrong += LibC.getppid() >= 0 ? 0 : 1;
    }
    return wrong;
  }

  /** Each step needs the one before: what it takes is the clock of the CPU. */
  private static final class Chain implements IntSupplier {
    private static final long ODD = 0x9E3779B97F4A7C15L;
    private long value = 1;

    @Override
    public int getAsInt() {
      long at = value;
      for (int i = 0; i < LOOPS_TOGETHER * STEPS_OF_LOOP; i++) {
        at = (at ^ (at >>> 32)) * ODD;
      }
      value = at;
      return at == 0 ? 1 : 0; // Both halves of a step can be undone, and 0 is what 0 becomes.
    }
  }

  /** Each cache line holds the number of the next one, and all are on one way. */
  private static final class Walk implements IntSupplier {
    /** A linear congruential generator of full period: odd, and 1 more than a multiple of 4. */
    private static final int INCREMENT = 1_013_904_223;

    private static final int FACTOR = 1_664_525;

    private final MemorySegment lines;
    private int at;

    Walk(long bytes) {
      lines = Arena.global().allocate(bytes, LINE);
      int count = (int) (bytes / LINE);
      for (int line = 0; line < count; line++) {
        lines.set(
            ValueLayout.JAVA_INT, (long) line * LINE, (FACTOR * line + INCREMENT) & (count - 1));
      }
    }

    @Override
    public int getAsInt() {
      int line = at;
      int from = line;
      for (int i = 0; i < CALLS_TOGETHER; i++) {
        line = lines.get(ValueLayout.JAVA_INT, (long) line * LINE);
      }
      at = line;
      return line == from ? 1 : 0;
    }
  }
}
