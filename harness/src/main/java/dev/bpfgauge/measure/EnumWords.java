package dev.bpfgauge.measure;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Enum constants as the words of the command line and of cells: {@code PERCPU_HASH} ↔ percpu-hash.
 */
public final class EnumWords {

  private EnumWords() {}

  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static <E extends Enum<E>> List<String> all(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(EnumWords::of).toList();
  }

  /**
   * The constant of that word, as {@link #of} writes it.
   *
   * @param what what the word names, for the message
   * @throws Refusal with the nearest name where there is none
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String what, String word) {
    return parse(List.of(type.getEnumConstants()), EnumWords::of, what, word);
  }

  /**
   * The one of some values that has that word.
   *
   * @throws Refusal with the nearest name where there is none
   */
  public static <E> E parse(List<E> values, Function<E, String> words, String what, String word) {
    String wanted = word.strip().toLowerCase(Locale.ROOT);
    return values.stream()
        .filter(value -> words.apply(value).equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            Refusal.option(NearestName.unknown(what, word, values.stream().map(words).toList())));
  }
}
