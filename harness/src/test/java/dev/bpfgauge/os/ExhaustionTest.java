package dev.bpfgauge.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExhaustionTest {
  @Test
  void whatRanOutIsTold() {
    IOException start =
        new IOException(
            "Cannot run program \"gcc\": error=24, Too many open files",
            new IOException("error=24, Too many open files"));

    assertTrue(said(start).contains("ulimit -n"), said(start));
    assertTrue(said(new UncheckedIOException(start)).contains("ulimit -n"));
    assertTrue(said(new IOException("/x (Too many open files in system)")).contains("fs.file-max"));
    assertTrue(
        said(new IOException("error=11, Resource temporarily unavailable")).contains("pids.max"));
  }

  @Test
  void whatIsMissingIsMissing(@TempDir Path folder) {
    try {
      new ProcessBuilder(folder.resolve("none").toString()).start();
    } catch (IOException e) {
      assertEquals(Optional.empty(), Exhaustion.of(e));
      return;
    }
    throw new AssertionError("a program that is not there started");
  }

  private static String said(Throwable thrown) {
    return Exhaustion.of(thrown).orElse("");
  }
}
