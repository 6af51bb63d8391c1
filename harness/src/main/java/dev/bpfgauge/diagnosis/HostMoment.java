package dev.bpfgauge.diagnosis;

import dev.bpfgauge.os.CpuTicks;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the host says of itself at a moment (proc_loadavg(5), proc_stat(5),
 * Documentation/accounting/psi.rst).
 *
 * @param atNanos {@link System#nanoTime}
 * @param load of the last minute; NaN where it cannot be read
 * @param running threads that run or could; NaN where that cannot be read
 * @param blocked threads that wait for I/O
 * @param ticks of its CPUs
 * @param stalled microseconds since the start in which some task waited for a resource; without
 *     those that the kernel does not tell
 */
record HostMoment(
    long atNanos,
    double load,
    double running,
    double blocked,
    CpuTicks ticks,
    Map<Resource, Long> stalled) {

  /** What tasks wait for. */
  enum Resource {
    CPU,
    MEMORY,
    IO
  }

  private static final Pattern SOME = Pattern.compile("some .*total=(\\d{1,18})");

  HostMoment {
    stalled = Map.copyOf(stalled);
  }

  static HostMoment read(Path proc) {
    String stat = text(proc.resolve("stat"));
    String load = text(proc.resolve("loadavg"));
    Map<Resource, Long> stalled = new EnumMap<>(Resource.class);
    for (Resource resource : Resource.values()) {
      Matcher some =
          SOME.matcher(
              text(proc.resolve("pressure").resolve(resource.name().toLowerCase(Locale.ROOT))));
      if (some.find()) {
        stalled.put(resource, Long.parseLong(some.group(1)));
      }
    }
    return new HostMoment(
        System.nanoTime(),
        load.isEmpty() ? Double.NaN : Double.parseDouble(load.split(" ", 2)[0]),
        number(stat, "procs_running"),
        number(stat, "procs_blocked"),
        CpuTicks.parse(stat),
        stalled);
  }

  private static String text(Path file) {
    try {
      return ForeignText.read(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static double number(String stat, String name) {
    return stat.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length()).strip()))
        .findFirst()
        .orElse(Double.NaN);
  }
}
