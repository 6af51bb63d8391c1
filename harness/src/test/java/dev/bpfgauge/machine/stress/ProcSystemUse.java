package dev.bpfgauge.machine.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The system's use by /proc/stat and /proc/meminfo. */
final class ProcSystemUse implements SystemUse {

  @Override
  public double cpuPercent(Duration window) throws InterruptedException {
    long[] start = ticks();
    Thread.sleep(window);
    long[] end = ticks();
    long idle = end[3] + end[4] - start[3] - start[4];
    return 100 - 100.0 * idle / (LongStream.of(end).sum() - LongStream.of(start).sum());
  }

  @Override
  public double memoryUsedPercent() {
    try {
      return MemoryFigures.read().usedPercent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** user nice system idle iowait irq softirq steal of all CPUs. */
  private static long[] ticks() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      String[] fields = lines.findFirst().orElseThrow().split(" +", -1);
      return Stream.of(fields).skip(1).limit(8).mapToLong(Long::parseLong).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
