package dev.bpfgauge.machine.stress;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What /proc says about single processes (proc_pid_stat(5) and its neighbours). */
final class Proc {
  /** USER_HZ, the unit of times in /proc/PID/stat: 100 on every architecture we build for. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private Proc() {}

  /**
   * @param state one letter: {@code Z} is a process that has ended and waits for its parent
   * @param cpuNanos user and system time, in steps of 10 ms
   * @param startTicks start time since boot: with the pid it names a process for good
   */
  record Stat(char state, long cpuNanos, long startTicks) {

    /** Parses /proc/PID/stat; the command's name may hold blanks and parentheses. */
    static Stat parse(String stat) {
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      return new Stat(fields[0].charAt(0), ticks * NANOS_PER_TICK, Long.parseLong(fields[19]));
    }
  }

  /** Empty where there is no such process, or only its remains. */
  static Optional<Stat> stat(long pid) {
    return read(pid, "stat").map(Stat::parse).filter(stat -> stat.state() != 'Z');
  }

  /**
   * Nanoseconds a process ran or was ready to run: the first two figures of /proc/PID/schedstat.
   * Empty where the kernel is built without CONFIG_SCHED_INFO.
   */
  static OptionalLong demandNanos(long pid) {
    return read(pid, "schedstat")
        .map(text -> OptionalLong.of(demandNanos(text)))
        .orElse(OptionalLong.empty());
  }

  static long demandNanos(String schedstat) {
    String[] fields = schedstat.strip().split(" ", -1);
    return Long.parseLong(fields[0]) + Long.parseLong(fields[1]);
  }

  /** A process's own memory: anonymous pages resident, 0 where it has ended. */
  static long anonymousBytes(long pid) {
    return read(pid, "status").map(Proc::anonymousBytes).orElse(0L);
  }

  static long anonymousBytes(String status) {
    Matcher line = Pattern.compile("(?m)^RssAnon:\\s+(\\d+) kB").matcher(status);
    return line.find() ? Long.parseLong(line.group(1)) * 1024 : 0;
  }

  /** Live processes whose environment holds exactly this setting; only our own user's are seen. */
  static List<Long> withEnvironment(String setting) {
    return pids().stream()
        .filter(pid -> environment(pid).anyMatch(setting::equals))
        .filter(pid -> stat(pid).isPresent())
        .toList();
  }

  /** A process's environment at its start, empty where it may not be read. */
  static Stream<String> environment(long pid) {
    return read(pid, "environ").stream().flatMap(Pattern.compile("\0")::splitAsStream);
  }

  static List<Long> pids() {
    try (Stream<Path> folders = Files.list(Path.of("/proc"))) {
      return folders
          .map(folder -> String.valueOf(folder.getFileName()))
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Optional<String> read(long pid, String file) {
    try {
      String text = ForeignText.read(Path.of("/proc", Long.toString(pid), file));
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException e) {
      return Optional.empty(); // ended meanwhile, or another user's
    }
  }
}
