package dev.bpfgauge.suite;

import java.util.List;

/**
 * What a user asked suites to measure, in the words of the options; an empty list leaves the choice
 * to the suite. Suites check the words.
 *
 * @param maps of {@code --map}
 * @param operations of {@code --op}
 * @param entries of {@code --entries}
 * @param keySizes in bytes, of {@code --key-size}
 * @param valueSizes in bytes, of {@code --value-size}
 * @param fills in percent, of {@code --fill}
 * @param threads of {@code --threads}
 * @param cpus that there are where the cells are measured
 * @param hooks of {@code --hook}
 * @param own what each suite's {@link Suite#ownOptions} became
 */
public record Wanted(
    List<String> maps,
    List<String> operations,
    List<Long> entries,
    List<Integer> keySizes,
    List<Integer> valueSizes,
    List<Integer> fills,
    List<Integer> threads,
    int cpus,
    List<String> hooks,
    List<Object> own) {

  /** {@link #threads}, or one where none is named. */
  public List<Integer> threadsOrOne() {
    return threads.isEmpty() ? List.of(1) : threads;
  }

  /** The options of one suite's own. */
  public <T> T own(Class<T> type) {
    return own.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }
}
