package dev.bpfgauge.model;

import dev.bpfgauge.os.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The name of a fingerprint: twelve hex digits, the beginning of a SHA-256 over its names and
 * values, each with its length. Exports, the store, the site and the file of anchors all say this
 * one. Parts that came later count only where they are not as usual, see {@link FingerprintPart}.
 */
public final class FingerprintName {
  private FingerprintName() {}

  /** Of a fingerprint's parts by name. */
  public static String of(Map<String, String> parts) {
    List<String> texts = new ArrayList<>();
    new TreeMap<>(parts)
        .forEach((name, value) -> {
          if (!FingerprintPart.saysNothing(name, value)) {
            texts.add(name);
            texts.add(value);
          }
        });
    return Hash.of(texts.toArray(String[]::new)).brief();
  }

  /** What version 0.1 called it in files of anchors, which still hold. */
  public static String former(Map<String, String> parts) {
    return Hash.of(
            new TreeMap<>(parts)
                .entrySet().stream()
                    .filter(part -> !FingerprintPart.saysNothing(part.getKey(), part.getValue()))
                    .map(part -> part.getKey() + "\n" + part.getValue())
                    .collect(Collectors.joining("\n\n")))
        .brief();
  }
}
