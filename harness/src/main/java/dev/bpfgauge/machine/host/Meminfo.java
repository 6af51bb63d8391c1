package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;

/**
 * The two lines of {@code /proc/meminfo} (proc_meminfo(5)) that matter here, in bytes; 0 where the
 * line is missing.
 */
public record Meminfo(long totalBytes, long availableBytes) {
  /** Of this machine; zeros where that cannot be read. */
  public static Meminfo read(Roots roots) {
    try {
      return parse(ForeignText.read(roots.proc().resolve("meminfo")));
    } catch (IOException e) {
      return new Meminfo(0, 0);
    }
  }

  static Meminfo parse(String meminfo) {
    long total = 0;
    long available = 0;
    for (String line : meminfo.lines().toList()) {
      if (line.startsWith("MemTotal:")) {
        total = bytes(line);
      } else if (line.startsWith("MemAvailable:")) {
        available = bytes(line);
      }
    }
    return new Meminfo(total, available);
  }

  private static long bytes(String line) {
    return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
  }
}
