package dev.bpfgauge.bench;

import dev.bpfgauge.results.NearestName;
import dev.bpfgauge.results.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Enum constants as the words of the command line and of cells: {@code PERCPU_HASH} ↔ percpu-hash.
 */
public final class Words {

  private Words() {}

  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static <E extends Enum<E>> List<String> all(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(Words::of).toList();
  }

  /**
   * The constant of that word.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static <E extends Enum<E>> E parse(Class<E> type, String what, String word) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> of(constant).equals(word.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> Refusal.usage(NearestName.unknown(what, word, all(type))));
  }
}
