package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Shell;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Processes that end side by side, each in a known way: what a module must show of them is known.
 */
final class KnownEnds {
  private static final int CODES = 256;

  /** A shell leaves these to their defaults in what it starts with {@code &}. */
  private static final List<Integer> SIGNALS = List.of(1, 4, 6, 7, 8, 9, 10, 11, 12, 14, 15);

  private static final String SCRIPT =
      """
      ulimit -c 0
      times=0
      while [ $times -lt $1 ]; do
        i=0
        while [ $i -lt $2 ]; do $3 -c "exit $i" & i=$((i+1)); done
        for i in $4; do $3 -c "kill -$i \\$\\$" & done
        wait
        times=$((times+1))
      done
      """;

  private final int times;

  /** Each way so many times. */
  KnownEnds(int times) {
    this.times = times;
  }

  /** How many processes end, the shell that starts them included. */
  int count() {
    return times * (CODES + SIGNALS.size()) + 1;
  }

  /**
   * Has them end and holds the rows against them.
   *
   * @param rows how all ended that are shown by then
   * @throws IllegalStateException where they differ
   */
  void proveSeenBy(Supplier<List<WaitStatus>> rows) {
    ShellScript.run(
        SCRIPT,
        Integer.toString(times),
        Integer.toString(CODES),
        Shell.command(),
        SIGNALS.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    Map<String, Long> found =
        rows.get().stream()
            .collect(
                Collectors.groupingBy(WaitStatus::toString, TreeMap::new, Collectors.counting()));
    Map<String, Long> truth = truth();
    if (!found.equals(truth)) {
      Map<String, Long> missing = new TreeMap<>(truth);
      found.forEach((how, count) -> missing.merge(how, -count, Long::sum));
      missing.values().removeIf(count -> count == 0);
      throw new IllegalStateException(
          "of %d ends %d are shown; too few, or too many where negative: %s"
              .formatted(
                  count(), found.values().stream().mapToLong(Long::longValue).sum(), missing));
    }
  }

  private Map<String, Long> truth() {
    Map<String, Long> truth = new TreeMap<>();
    for (int code = 0; code < CODES; code++) {
      truth.put(new WaitStatus(code << 8).toString(), (long) times);
    }
    truth.merge(new WaitStatus(0).toString(), 1L, Long::sum); // the shell itself
    for (int signal : SIGNALS) {
      truth.put(new WaitStatus(signal).toString(), (long) times);
    }
    return truth;
  }
}
