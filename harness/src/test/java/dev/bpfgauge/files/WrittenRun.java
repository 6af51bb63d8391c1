package dev.bpfgauge.files;

import dev.bpfgauge.model.RunData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Run folders as a session leaves them, without a sync for each line. */
public final class WrittenRun {
  private WrittenRun() {}

  /** Writes run.json and the journal of a run into {@code results/ID/}. */
  public static Path in(Path results, RunData run) {
    RunFolder folder = RunFolder.create(results, run.info().id());
    folder.writeInfo(run.info());
    String journal =
        run.forks().stream().map(Journal::lineOf).collect(Collectors.joining("\n", "", "\n"));
    try {
      Files.writeString(folder.path().resolve(RunFolder.JOURNAL), journal);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.path();
  }
}
