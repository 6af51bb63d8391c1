package dev.bpfgauge.machine.stress;

import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Meminfo;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The figures of {@code /proc/meminfo} that say how full the memory is (proc_meminfo(5)).
 *
 * @param totalBytes MemTotal
 * @param availableBytes MemAvailable: what can be had without swapping
 * @param hugeBytes memory set aside for huge pages, which nobody else gets
 * @param promiseBytes what the kernel would still promise to programs were it to promise no more
 *     than it has (CommitLimit less Committed_AS); may be negative
 */
record MemoryFigures(long totalBytes, long availableBytes, long hugeBytes, long promiseBytes) {
  private static final Path OVERCOMMIT = Path.of("/proc/sys/vm/overcommit_memory");

  /** Without huge pages, and with promises without limit. */
  MemoryFigures(long totalBytes, long availableBytes) {
    this(totalBytes, availableBytes, 0, Long.MAX_VALUE);
  }

  /** Whether the kernel promises no more memory than it has: vm.overcommit_memory is 2. */
  static boolean isPromiseLimited() {
    try {
      return ForeignText.read(OVERCOMMIT).strip().equals("2");
    } catch (IOException e) {
      return false;
    }
  }

  static MemoryFigures read() throws IOException {
    MemoryFigures read = parse(ForeignText.read(Path.of("/proc/meminfo")));
    // What is promised counts only where promises are kept.
    return isPromiseLimited()
        ? read
        : new MemoryFigures(read.totalBytes, read.availableBytes, read.hugeBytes, Long.MAX_VALUE);
  }

  /**
   * @throws IllegalArgumentException where a figure is missing
   */
  static MemoryFigures parse(String meminfo) {
    Meminfo read = Meminfo.parse(meminfo);
    return new MemoryFigures(
        needed(read, "MemTotal"),
        needed(read, "MemAvailable"),
        read.bytes("Hugetlb").orElse(0),
        read.bytes("CommitLimit").orElse(Long.MAX_VALUE) - read.bytes("Committed_AS").orElse(0));
  }

  double usedPercent() {
    return 100.0 * (totalBytes - availableBytes) / totalBytes;
  }

  private static long needed(Meminfo read, String name) {
    return read.bytes(name)
        .orElseThrow(() -> new IllegalArgumentException("/proc/meminfo has no line " + name));
  }
}
