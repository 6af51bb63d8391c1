package dev.bpfgauge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How many files may be open at once (RLIMIT_NOFILE). With too few, whatever comes last looks
 * missing: a compiler, a library, a class.
 */
final class OpenFiles {
  /** A run of two CPUs needs some 40, a perf buffer one more for each CPU. */
  static final int NEEDED = 64;

  private static final String LIMIT = "Max open files";

  private OpenFiles() {}

  /** A sentence with the fix, where they are too few. */
  static Optional<String> tooFew() {
    try {
      return tooFew(Files.readString(Path.of("/proc/self/limits")));
    } catch (IOException e) {
      return Optional.empty(); // Without /proc other things are said.
    }
  }

  /** The same of what proc_pid_limits(5) says. */
  static Optional<String> tooFew(String limits) {
    return limits
        .lines()
        .filter(line -> line.startsWith(LIMIT))
        .map(line -> line.substring(LIMIT.length()).strip().split(" +", 2)[0])
        .filter(soft -> soft.matches("\\d{1,9}") && Integer.parseInt(soft) < NEEDED)
        .map(soft ->
            "too many open files: only %s may be open at once, and a run needs %d. Raise the limit: ulimit -n 1024"
                .formatted(soft, NEEDED))
        .findFirst();
  }
}
