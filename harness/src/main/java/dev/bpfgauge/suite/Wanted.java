package dev.bpfgauge.suite;

import java.util.List;

/**
 * What a user asked suites to measure, in the words of the options; an empty list leaves the choice
 * to the suite. Suites check the words.
 *
 * @param maps of {@code --map}
 * @param operations of {@code --op}
 * @param paths of {@code --path}
 * @param entries of {@code --entries}
 * @param keySizes in bytes, of {@code --key-size}
 * @param valueSizes in bytes, of {@code --value-size}
 * @param fills in percent, of {@code --fill}
 * @param threads of {@code --threads}
 * @param sharing of {@code --sharing}
 * @param orders of {@code --order}
 * @param batches of {@code --batch}
 * @param hooks of {@code --hook}
 * @param bodies of {@code --body}
 * @param programSizes of {@code --program-size}
 * @param ways of {@code --via}
 */
public record Wanted(
    List<String> maps,
    List<String> operations,
    List<String> paths,
    List<Long> entries,
    List<Integer> keySizes,
    List<Integer> valueSizes,
    List<Integer> fills,
    List<Integer> threads,
    List<String> sharing,
    List<String> orders,
    List<Integer> batches,
    List<String> hooks,
    List<String> bodies,
    List<Integer> programSizes,
    List<String> ways) {}
