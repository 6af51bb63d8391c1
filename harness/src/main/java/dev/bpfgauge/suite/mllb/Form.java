package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Ways to compute a network in BPF; each is a program of bpf/mllb/infer.bpf.c. */
public enum Form {
  /** In a straight line, weights are constants of the object: net.h. */
  UNROLLED,
  /** In bounded loops, weights are in a map: layers.h. */
  LAYERS,
  /** In bytes, in bounded loops: int8.h. */
  INT8;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Form::word).toList();
  }

  static Form ofWord(String word) {
    return Arrays.stream(values())
        .filter(form -> form.word().equals(word))
        .findFirst()
        .orElseThrow(() -> Refusal.option(NearestName.unknown("form", word, words())));
  }

  /** Whether a network of that many layers and first hidden units has it. */
  boolean computes(FixedNet net) {
    return this != UNROLLED || (net.layers() == 2 && net.units(0) <= NetObject.UNITS);
  }
}
