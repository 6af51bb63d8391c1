package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.ProcessTree;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command of the user's that makes events: a line for the shell, with nothing to read, which runs
 * to its end. No process of it outlives a run.
 *
 * @param line without control characters
 * @param limit of one run
 */
record CommandLoad(String line, Duration limit) {
  /** Of a run on this machine. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** Of a run in a guest, whose seconds are a thousand million instructions. */
  static final Duration LONGEST_COUNTED = Duration.ofMillis(500);

  private static final int MOST_CHARACTERS = 400;
  private static final int RUSAGE_CHILDREN = -1;
  private static final int RUSAGE_BYTES = 144;
  private static final int SIGKILL = 9;

  /** A run of it that says nothing of a program: why, as a clause. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * What a run took.
   *
   * @param wallNanos from its start to its end
   * @param cpuNanos CPU time of its processes, those that it waited for included
   */
  record Spent(long wallNanos, long cpuNanos) {}

  /**
   * Checks what a user gave.
   *
   * @throws Refusal where it is no line
   */
  static void requireLine(String line) {
    if (line.isBlank()
        || line.length() > MOST_CHARACTERS
        || line.chars().anyMatch(Shown::disturbs)) {
      throw Refusal.usage(
          "--load takes one line for the shell, of %d characters at most: put more into a script"
              .formatted(MOST_CHARACTERS));
    }
  }

  /** Runs it once. */
  Spent run() throws FailedException, InterruptedException {
    try {
      Path folder = Scratch.newFolder("load-");
      try {
        return run(folder.resolve("stderr"));
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new FailedException("the load does not start: " + e.getMessage());
    }
  }

  private Spent run(Path words) throws IOException, FailedException, InterruptedException {
    long cpu = childrensNanos();
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(words.toFile())
            .start();
    boolean ended = false;
    try {
      ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
      long wall = System.nanoTime() - start;
      if (!ended) {
        throw new FailedException(endless());
      }
      if (process.exitValue() != 0) {
        throw new FailedException(failed(process.exitValue(), ForeignText.read(words)));
      }
      return new Spent(wall, childrensNanos() - cpu);
    } finally {
      end(process);
    }
  }

  private String endless() {
    return "the load did not end within %s: give a command that does a fixed amount of work"
        .formatted(
            limit.toSeconds() > 0
                ? limit.toSeconds() + " s"
                : "%,d million instructions".formatted(limit.toMillis()).replace(',', ' '));
  }

  private static String failed(int code, String said) {
    String last =
        said.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .reduce("", (_, line) -> line);
    return "the load ended with exit code "
        + code
        + (last.isEmpty() ? ", and said nothing" : ": " + Shown.name(last));
  }

  /** In a session of its own, so that all of it can be ended; it ends with this thread as well. */
  private List<String> command() {
    List<String> command = new ArrayList<>();
    SearchPath.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
    SearchPath.find("setpriv")
        .ifPresent(
            setpriv -> command.addAll(List.of(setpriv.toString(), "--pdeathsig", "KILL", "--")));
    Path shell = Path.of("/bin/sh");
    // A guest of the lab has busybox alone.
    command.addAll(
        Files.isExecutable(shell) ? List.of(shell.toString()) : List.of("/bin/busybox", "sh"));
    command.addAll(List.of("-c", line));
    return command;
  }

  /** Whatever it left behind is ended. */
  private static void end(Process process) {
    ProcessTree.kill(process.toHandle());
    if (SearchPath.find("setsid").isPresent()) {
      LibC.kill(-(int) process.pid(), SIGKILL);
    }
    process.onExit().join();
  }

  /** CPU time of all children of this process that have ended, getrusage(2). */
  private static long childrensNanos() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
      MemorySegment errno = Errno.allocate(arena);
      if (LibC.getrusage(errno, RUSAGE_CHILDREN, usage) != 0) {
        throw new IllegalStateException("getrusage, errno " + Errno.of(errno));
      }
      long[] times = usage.asSlice(0, 4 * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
      return TimeUnit.SECONDS.toNanos(times[0] + times[2])
          + TimeUnit.MICROSECONDS.toNanos(times[1] + times[3]);
    }
  }
}
