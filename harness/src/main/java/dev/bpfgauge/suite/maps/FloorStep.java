package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.Words;
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
    return Words.parse(FloorStep.class, "floor step", word);
  }

  static List<String> names() {
    return Words.all(FloorStep.class);
  }
}
