package dev.bpfgauge.suite.mllb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small trainings on made-up decisions. */
final class MadeNets {
  private MadeNets() {}

  static Examples examples(Path folder, int each, double noise, String... scenarios) {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < scenarios.length; i++) {
      Path file = folder.resolve("raw_" + scenarios[i] + ".csv");
      files.add(MadeDecisions.write(file, MadeDecisions.of(each, i + 1, noise, scenarios[i])));
    }
    return Examples.read(files, Examples.Label.IMITATE);
  }

  static Training.Request request(List<Integer> hidden, int epochs) {
    return new Training.Request(
        Examples.Label.IMITATE, hidden, 0.1, 64, epochs, 0.005, 7, 0.1, false);
  }

  static Model train(Examples examples, Path file, Training.Request request) {
    return new Training(examples, request, file, false, (split, epoch, epochs, loss, test) -> {})
        .run();
  }
}
