package dev.bpfgauge.libbpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The clock of {@code bpf_ktime_get_ns()}: the machine's CLOCK_MONOTONIC. {@link System#nanoTime}
 * is the same clock, moved where this process is in a time namespace (time_namespaces(7)).
 */
public final class KernelClock {
  private KernelClock() {}

  private static final long OFFSET = offset(Path.of("/proc/self/timens_offsets"));

  /** Now, in nanoseconds, as a BPF program would say it. */
  public static long nanos() {
    return System.nanoTime() - OFFSET;
  }

  /** What {@link System#nanoTime} said when a BPF program's clock said that. */
  public static long toNanoTime(long nanos) {
    return nanos + OFFSET;
  }

  private static long offset(Path file) {
    try {
      return Files.exists(file) ? offset(Files.readString(file)) : 0;
    } catch (IOException e) {
      return 0; // a kernel without time namespaces
    }
  }

  /**
   * What the namespace adds to CLOCK_MONOTONIC, ns.
   *
   * @param offsets {@code monotonic 100000 0}, seconds and nanoseconds, a line a clock
   */
  static long offset(String offsets) {
    for (String line : offsets.lines().toList()) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length == 3 && fields[0].equals("monotonic")) {
        return TimeUnit.SECONDS.toNanos(Long.parseLong(fields[1])) + Long.parseLong(fields[2]);
      }
    }
    return 0;
  }
}
