package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The kernel's own counts of pages, over all CPUs: {@code pgalloc_*} and {@code pgfree} of {@code
 * /proc/vmstat} (proc_vmstat(5)).
 *
 * @param allocated pages since the machine started, of all zones
 * @param freed pages since then; more than were allocated, as those that were not free at the start
 *     can be freed, too
 */
record PageCounts(long allocated, long freed) {
  private static final String ALLOCATED = "pgalloc_";
  private static final String FREED = "pgfree ";

  static PageCounts read(Path proc) {
    try {
      return parse(ForeignText.readLines(proc.resolve("vmstat")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines of a name and a number. */
  static PageCounts parse(List<String> lines) {
    return new PageCounts(sum(lines, ALLOCATED), sum(lines, FREED));
  }

  private static long sum(List<String> lines, String prefix) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1).strip()))
        .sum();
  }

  PageCounts since(PageCounts before) {
    return new PageCounts(allocated - before.allocated, freed - before.freed);
  }
}
