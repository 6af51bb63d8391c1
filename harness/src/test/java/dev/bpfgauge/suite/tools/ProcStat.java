package dev.bpfgauge.suite.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel accounts to a process: proc_pid_stat(5).
 *
 * @param state {@code S}, {@code T} …
 * @param ticks utime and stime, 10 ms each
 */
record ProcStat(String state, long ticks) {
  static final long NANOS_PER_TICK = 10_000_000;

  static ProcStat of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new ProcStat(fields[0], Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
