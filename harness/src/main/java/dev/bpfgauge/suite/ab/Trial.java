package dev.bpfgauge.suite.ab;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run of a command before those that count: whether it works, and how long it takes.
 *
 * @param wall from its start to its end
 */
public record Trial(Duration wall) {

  /**
   * Tries the command of each arm, without the settings of the machine.
   *
   * @param mark variables by which its processes are found
   * @throws Refusal where one does not work
   */
  public static Map<String, Trial> of(Experiment experiment, Map<String, String> mark)
      throws InterruptedException {
    Map<String, Trial> tried = new TreeMap<>();
    for (String arm : experiment.arms().keySet()) {
      tried.put(arm, of(experiment, arm, mark));
    }
    return tried;
  }

  private static Trial of(Experiment experiment, String arm, Map<String, String> mark)
      throws InterruptedException {
    try {
      Path folder = Scratch.newFolder("ab-");
      try {
        return new Trial(
            Duration.ofNanos(VariantHeld.once(experiment, arm, mark, folder).wallNanos()));
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.USAGE,
          "arm %s, tried before the run: %s.".formatted(arm, e.getMessage()),
          e);
    }
  }
}
