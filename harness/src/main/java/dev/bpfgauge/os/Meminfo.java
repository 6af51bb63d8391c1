package dev.bpfgauge.os;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The sizes in {@code /proc/meminfo} (proc_meminfo(5)).
 *
 * @param all bytes by the kernel's name, e.g. {@code MemTotal}; lines that are no size are left out
 */
public record Meminfo(Map<String, Long> all) {
  private static final String KILOBYTES = " kB";

  public Meminfo {
    all = Map.copyOf(all);
  }

  /** Of the machine whose procfs that is; nothing is known where it cannot be read. */
  public static Meminfo read(Path proc) {
    try {
      return parse(ForeignText.read(proc.resolve("meminfo")));
    } catch (IOException e) {
      return new Meminfo(Map.of());
    }
  }

  /** The file's text. */
  public static Meminfo parse(String meminfo) {
    Map<String, Long> all = new HashMap<>();
    for (String line : meminfo.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.endsWith(KILOBYTES)) {
        String digits = line.substring(colon + 1, line.length() - KILOBYTES.length()).strip();
        all.put(line.substring(0, colon), Long.parseLong(digits) * 1024);
      }
    }
    return new Meminfo(all);
  }

  /** Bytes; empty where the kernel has no such line. */
  public OptionalLong bytes(String name) {
    Long bytes = all.get(name);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  /** All the memory there is, or 0. */
  public long totalBytes() {
    return bytes("MemTotal").orElse(0);
  }

  /** What can be had without swapping, or 0. */
  public long availableBytes() {
    return bytes("MemAvailable").orElse(0);
  }
}
