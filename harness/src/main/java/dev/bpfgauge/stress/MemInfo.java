package dev.bpfgauge.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two figures of {@code /proc/meminfo} that say how full the memory is (proc_meminfo(5)).
 *
 * @param totalBytes MemTotal
 * @param availableBytes MemAvailable: what can be had without swapping
 */
record MemInfo(long totalBytes, long availableBytes) {

  static MemInfo read() throws IOException {
    return parse(Files.readString(Path.of("/proc/meminfo")));
  }

  /**
   * @throws IllegalArgumentException where a figure is missing
   */
  static MemInfo parse(String meminfo) {
    return new MemInfo(bytes(meminfo, "MemTotal"), bytes(meminfo, "MemAvailable"));
  }

  double usedPercent() {
    return 100.0 * (totalBytes - availableBytes) / totalBytes;
  }

  private static long bytes(String meminfo, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + ":\\s+(\\d+) kB").matcher(meminfo);
    if (!line.find()) {
      throw new IllegalArgumentException("/proc/meminfo has no line " + name);
    }
    return Long.parseLong(line.group(1)) * 1024;
  }
}
