package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kernel's own counts of interrupts, over all CPUs: the lines of {@code /proc/interrupts} and
 * {@code /proc/softirqs} (proc_interrupts(5), proc_softirqs(5)).
 *
 * @param counts label → how many since the machine started
 */
record InterruptCounts(Map<String, Long> counts) {
  static InterruptCounts read(Path proc) {
    try {
      Map<String, Long> all = parse(ForeignText.readLines(proc.resolve("interrupts")));
      all.putAll(parse(ForeignText.readLines(proc.resolve("softirqs"))));
      return new InterruptCounts(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Label → sum of the numbers behind it; the first line names the CPUs. */
  static Map<String, Long> parse(List<String> lines) {
    int cpus = lines.isEmpty() ? 0 : lines.getFirst().strip().split(" +", -1).length;
    Map<String, Long> sums = new TreeMap<>();
    for (String line : lines.stream().skip(1).toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        long sum =
            List.of(line.substring(colon + 1).strip().split(" +", -1)).stream()
                .limit(cpus)
                .takeWhile(word -> word.matches("\\d+"))
                .mapToLong(Long::parseLong)
                .sum();
        sums.put(line.substring(0, colon).strip(), sum);
      }
    }
    return sums;
  }

  /** Label → how many since then. */
  Map<String, Long> since(InterruptCounts before) {
    Map<String, Long> passed = new TreeMap<>();
    counts.forEach(
        (label, count) -> passed.put(label, count - before.counts.getOrDefault(label, count)));
    return passed;
  }
}
