package dev.bpfgauge.lab;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long the threads of an emulator stood in line for a CPU: on a machine with other work a guest
 * is slow, and not silent. The second number of {@code /proc/PID/task/TID/schedstat}, ns;
 * Documentation/scheduler/sched-stats.rst.
 */
final class CpuQueue {
  private final ProcessHandle emulator;
  private Map<Path, Long> before;

  CpuQueue(ProcessHandle emulator) {
    this.emulator = emulator;
    this.before = waits();
  }

  /** The longest wait of a thread since the last call; none where the kernel does not tell. */
  Duration sinceLast() {
    Map<Path, Long> now = waits();
    long longest =
        now.entrySet().stream()
            .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
            .max()
            .orElse(0);
    before = now;
    return Duration.ofNanos(Math.max(0, longest));
  }

  private Map<Path, Long> waits() {
    Map<Path, Long> waits = new HashMap<>();
    Stream.concat(Stream.of(emulator), emulator.descendants())
        .forEach(process -> {
          Path tasks = Path.of("/proc/" + process.pid() + "/task");
          try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
              String[] fields =
                  Files.readString(thread.resolve("schedstat")).strip().split(" ", -1);
              if (fields.length == 3) {
                waits.put(thread, Long.parseLong(fields[1]));
              }
            }
          } catch (IOException | DirectoryIteratorException e) {
            waits.keySet().removeIf(thread -> thread.startsWith(tasks)); // It has ended.
          }
        });
    return waits;
  }
}
