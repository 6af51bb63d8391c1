package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** States of all threads as proc_pid_stat(5) has them: what a module's counts are held against. */
final class ThreadStates {
  private ThreadStates() {}

  /** This thread's number. */
  static long own() {
    try {
      Path own = Files.readSymbolicLink(Path.of("/proc/thread-self"));
      return Long.parseLong(String.valueOf(own.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many this process has. */
  static long ofOwnProcess() {
    return numbered(Path.of("/proc/self/task")).size();
  }

  /**
   * How many are in a state.
   *
   * @param state e.g. {@code D}
   */
  static long count(String state) {
    return numbered(Path.of("/proc")).stream()
        .flatMap(process -> numbered(process.resolve("task")).stream())
        .filter(thread -> of(thread).equals(state))
        .count();
  }

  /** A thread's, by its folder in /proc; empty where it is gone. */
  static String of(Path thread) {
    try {
      String stat = ForeignText.read(thread.resolve("stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", 2)[0];
    } catch (IOException | IndexOutOfBoundsException e) {
      return "";
    }
  }

  private static List<Path> numbered(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> String.valueOf(entry.getFileName()).matches("\\d+")).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // It has ended.
    }
  }
}
