package dev.bpfgauge.cli;

import dev.bpfgauge.model.RunData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run that several tests look at: the first of them makes it. They are in order one behind the
 * other, so that none holds a processor that waits for another's run.
 */
final class OneRun {
  private final List<String> arguments;
  private @Nullable Made made;

  /**
   * What came of it.
   *
   * @param folder where the harness was started; its results are below
   */
  record Made(Path folder, Jar.Ended ended, RunData run) {}

  OneRun(String... arguments) {
    this.arguments = List.of(arguments);
  }

  /**
   * The run.
   *
   * @param shared folder of the test class
   */
  synchronized Made in(Path shared) throws IOException, InterruptedException {
    if (made == null) {
      Path folder = Files.createTempDirectory(shared, "run");
      Jar.Ended ended = new Jar(folder).besideOthers().run(arguments.toArray(String[]::new));
      made = new Made(folder, ended, Kernels.latest(folder));
    }
    return made;
  }
}
