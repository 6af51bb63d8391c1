package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.ProcessClock;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What a process uses and holds.
 *
 * @param cpuNanos CPU time of its threads so far, of those that have ended too, in nanoseconds
 * @param residentBytes its memory; empty where the kernel does not say
 * @param mapBytes what its BPF maps take in the kernel, as the kernel accounts it
 * @param programBytes what its BPF programs take there
 * @param runNanos time its programs ran while statistics were on, in nanoseconds
 * @param runs how often they did
 * @param missed runs that the kernel left out (recursion_misses); empty where it does not say
 */
public record ProcessUse(
    long cpuNanos,
    OptionalLong residentBytes,
    long mapBytes,
    long programBytes,
    long runNanos,
    long runs,
    OptionalLong missed) {

  static final ProcessUse NONE = ofCpu(0, OptionalLong.of(0));

  private static final long KIBI = 1024;

  private static ProcessUse ofCpu(long cpuNanos, OptionalLong residentBytes) {
    return new ProcessUse(cpuNanos, residentBytes, 0, 0, 0, 0, OptionalLong.of(0));
  }

  private static ProcessUse ofMap(long bytes) {
    return new ProcessUse(0, OptionalLong.of(0), bytes, 0, 0, 0, OptionalLong.of(0));
  }

  /**
   * Asks the kernel, which tells programs and maps by the descriptors that the process has.
   *
   * @return empty where it has ended
   * @throws IllegalStateException where the kernel does not tell (before Linux 5.8)
   */
  public static Optional<ProcessUse> of(long pid) {
    OptionalLong cpuNanos = ProcessClock.cpuNanos(pid);
    if (cpuNanos.isEmpty()) {
      return Optional.empty();
    }
    ProcessUse use = ofCpu(cpuNanos.getAsLong(), field(status(pid), "VmRSS:", KIBI));
    for (String text : descriptors(pid).toList()) {
      if (text.contains("map_id:")) {
        use = use.plus(ofMap(held(text, "memlock:")));
      } else if (text.contains("prog_id:") && text.contains("memlock:")) {
        use =
            use.plus(
                new ProcessUse(
                    0,
                    OptionalLong.of(0),
                    0,
                    held(text, "memlock:"),
                    held(text, "run_time_ns:"),
                    held(text, "run_cnt:"),
                    field(text, "recursion_misses:", 1)));
      }
    }
    return Optional.of(use);
  }

  /** The most memory that a process had at a time; empty where the kernel does not say. */
  static OptionalLong peakBytes(long pid) {
    return field(status(pid), "VmHWM:", KIBI);
  }

  ProcessUse plus(ProcessUse other) {
    return new ProcessUse(
        cpuNanos + other.cpuNanos,
        sum(residentBytes, other.residentBytes),
        mapBytes + other.mapBytes,
        programBytes + other.programBytes,
        runNanos + other.runNanos,
        runs + other.runs,
        sum(missed, other.missed));
  }

  /** What is unknown of one is unknown of both. */
  private static OptionalLong sum(OptionalLong a, OptionalLong b) {
    return a.isPresent() && b.isPresent()
        ? OptionalLong.of(a.getAsLong() + b.getAsLong())
        : OptionalLong.empty();
  }

  private static String status(long pid) {
    try {
      return ForeignText.read(folder(pid).resolve("status"));
    } catch (IOException e) {
      return "";
    }
  }

  private static Path folder(long pid) {
    return Path.of("/proc/" + pid);
  }

  /** /proc/PID/fdinfo, a text each; a descriptor that is closed meanwhile is left out. */
  static Stream<String> descriptors(long pid) {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder(pid).resolve("fdinfo"))) {
      for (Path file : files.toList()) {
        try {
          texts.add(ForeignText.read(file));
        } catch (IOException e) {
          // It was closed meanwhile.
        }
      }
    } catch (IOException e) {
      return Stream.empty();
    }
    return texts.stream();
  }

  /**
   * A field that every kernel this suite runs on has (Linux 5.8).
   *
   * @throws IllegalStateException where it is missing
   */
  private static long held(String text, String name) {
    return field(text, name, 1)
        .orElseThrow(
            () -> new IllegalStateException("the kernel's /proc/PID/fdinfo has no field " + name));
  }

  /** The number behind a name, times a unit; empty where there is none. */
  static OptionalLong field(String text, String name, long unit) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip().split(" ", 2)[0])
        .filter(number -> number.matches("[0-9]+"))
        .mapToLong(number -> Long.parseLong(number) * unit)
        .findFirst();
  }
}
