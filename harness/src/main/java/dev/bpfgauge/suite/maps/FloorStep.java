package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import java.util.List;

/** The steps of the floor ladder, each a method of {@link FloorBenchmark}. */
enum FloorStep {
  EMPTY("empty"),
  FFM("ffm"),
  GETPPID("getppid"),
  BPF_REFUSED("bpfRefused");

  private final String method;

  FloorStep(String method) {
    this.method = method;
  }

  String method() {
    return method;
  }

  static FloorStep ofWord(String word) {
    return EnumWords.parse(FloorStep.class, "floor step", word);
  }

  static List<String> names() {
    return EnumWords.all(FloorStep.class);
  }
}
