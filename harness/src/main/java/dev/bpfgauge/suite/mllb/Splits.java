package dev.bpfgauge.suite.mllb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Ways to keep examples back for testing. A random split flatters: neighbours in time are much the
 * same, and one of them is trained on. By time, and by scenario, it is not so.
 */
final class Splits {
  static final String RANDOM = "random";
  static final String TIME = "time";
  private static final String WITHOUT = "without ";

  private Splits() {}

  /**
   * Which examples to train on and which to test on.
   *
   * @param name {@code random}, {@code time}, {@code without cpu}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Split(String name, int[] train, int[] test) {}

  /** A random share for testing, at least one example. */
  static Split random(Examples examples, double share, long seed) {
    int[] order = shuffled(examples.size(), new SplittableRandom(seed));
    return cut(RANDOM, order, share);
  }

  /** The latest share of each scenario for testing. */
  static Split byTime(Examples examples, double share) {
    List<Integer> train = new ArrayList<>();
    List<Integer> test = new ArrayList<>();
    for (String scenario : examples.scenarios()) {
      int[] order =
          of(examples, scenario, true)
              .boxed()
              .sorted(Comparator.comparingLong(examples::time))
              .mapToInt(i -> i)
              .toArray();
      Split split = cut(TIME, order, share);
      Arrays.stream(split.train).forEach(train::add);
      Arrays.stream(split.test).forEach(test::add);
    }
    return new Split(TIME, array(train), array(test));
  }

  /** For each scenario: trained on all others, tested on it; none where there is one only. */
  static List<Split> leaveOneOut(Examples examples) {
    if (examples.scenarios().size() < 2) {
      return List.of();
    }
    return examples.scenarios().stream()
        .map(scenario ->
            new Split(
                WITHOUT + scenario,
                of(examples, scenario, false).toArray(),
                of(examples, scenario, true).toArray()))
        .toList();
  }

  private static IntStream of(Examples examples, String scenario, boolean its) {
    return IntStream.range(0, examples.size())
        .filter(i -> examples.scenario(i).equals(scenario) == its);
  }

  private static Split cut(String name, int[] order, double share) {
    int train = order.length - (int) Math.max(1, Math.round(order.length * share));
    return new Split(
        name, Arrays.copyOf(order, train), Arrays.copyOfRange(order, train, order.length));
  }

  private static int[] array(List<Integer> values) {
    return values.stream().mapToInt(i -> i).toArray();
  }

  /** 0 to {@code count} − 1 in random order (Fisher and Yates). */
  static int[] shuffled(int count, SplittableRandom random) {
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** Test examples whose inputs and label occur among those trained on as well. */
  static long duplicates(Examples examples, Split split) {
    Set<List<Integer>> seen =
        Arrays.stream(split.train)
            .mapToObj(i -> row(examples, i))
            .collect(Collectors.toCollection(HashSet::new));
    return Arrays.stream(split.test).filter(i -> seen.contains(row(examples, i))).count();
  }

  private static List<Integer> row(Examples examples, int example) {
    List<Integer> row = new ArrayList<>(Feature.COUNT + 1);
    for (int input : examples.inputs(example)) {
      row.add(input);
    }
    row.add(examples.label(example));
    return row;
  }
}
