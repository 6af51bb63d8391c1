package dev.bpfgauge.model;

import dev.bpfgauge.model.SuiteWords.Better;
import dev.bpfgauge.model.SuiteWords.Extra;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a process in turns measures beside its cells, and what neither a map nor a program has a
 * part in: where it takes longer, the machine was slower. Among a measurement's extras it is the
 * median over the turns in the same state of the machine as the figure's; absent where it could not
 * be had.
 */
public enum Reference {
  SYSCALL("ref_syscall_ns", "getppid"),
  CPU("ref_cpu_ns", "a loop on the CPU"),
  MEMORY("ref_memory_ns", "a step through memory larger than the cache");

  /** What figures are divided by: docs/measured/references.md has what others would do. */
  public static final Reference CORRECTS = SYSCALL;

  /** As a suite declares them. */
  public static final List<Extra> EXTRAS =
      Arrays.stream(values())
          .map(one -> new Extra(one.key, "ns", one.words + ", for reference", Better.LESS))
          .toList();

  private final String key;
  private final String words;

  Reference(String key, String words) {
    this.key = key;
    this.words = words;
  }

  /** In {@link Measurement#extras}. */
  public String key() {
    return key;
  }

  /** What it is, in a sentence. */
  public String words() {
    return words;
  }

  /** Nanoseconds for each call, loop or step beside a fork's figure. */
  public Optional<Double> in(Measurement measurement) {
    return Optional.ofNullable(measurement.extras()).map(extras -> extras.get(key));
  }
}
