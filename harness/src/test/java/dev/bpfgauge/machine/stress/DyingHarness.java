package dev.bpfgauge.machine.stress;

import java.nio.file.Path;
import java.time.Duration;

/** A harness that starts a load and waits to be killed. */
final class DyingHarness {
  private DyingHarness() {}

  /**
   * Arguments: the working folder; {@code paused} for a load that is. Prints one line when the load
   * stands, or has been paused.
   */
  public static void main(String... arguments) throws InterruptedException {
    Path folder = Path.of(arguments[0]);
    var profile =
        ProfileFile.parse("description: d\ncpu: {load-percent: 10}", "dying.yaml", "dying");
    Load load =
        Load.start(profile, LoadSettings.of(AllowedCpusOf.all(1), Duration.ofSeconds(30), folder));
    while (load.alive() < 2) {
      Thread.sleep(10);
    }
    boolean paused = arguments.length > 1;
    while (paused && !load.pause()) {
      Thread.sleep(10);
    }
    System.out.println(paused ? "paused" : "standing");
    Thread.sleep(Duration.ofMinutes(1));
  }
}
