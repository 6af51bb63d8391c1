package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.host.AllowedCpus;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** CPUs a test is allowed. */
final class AllowedCpusOf {
  private AllowedCpusOf() {}

  /** A whole machine with so many. */
  static AllowedCpus all(int count) {
    List<Integer> cpus = IntStream.range(0, count).boxed().toList();
    return new AllowedCpus(cpus, cpus, OptionalDouble.empty());
  }
}
