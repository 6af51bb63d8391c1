package dev.bpfgauge.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, folders and pipes that a user named, on a real file system. */
class OutputPlaceTest {
  @TempDir Path folder;

  private Path pipe() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    return pipe;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static String refused(String option, Path named) {
    Refusal refusal = assertThrows(Refusal.class, () -> OutputPlace.of(option, named).close());
    return String.valueOf(refusal.getMessage());
  }

  @Test
  void aTrialLeavesNothingAndTakesNothing() throws IOException {
    Path old = Files.writeString(folder.resolve("old"), "old");

    OutputPlace.of("-o", folder.resolve("new")).close();
    OutputPlace.of("-o", old).close();

    assertEquals(List.of("old"), names());
    assertEquals("old", Files.readString(old));
  }

  @Test
  void eachContentReplacesTheFile() throws IOException {
    Path file = folder.resolve("file");
    try (OutputPlace place = OutputPlace.of("-o", file)) {
      assertTrue(place.write("one"));
      assertTrue(place.write("two"));
    }
    assertEquals("two", Files.readString(file));
  }

  @Test
  void theOptionThatWasGivenIsNamed() {
    assertEquals(
        "cannot write %s: it is a folder. Name another file with --openmetrics.".formatted(folder),
        refused("--openmetrics", folder));
    assertTrue(refused("-x", folder.resolve("a/b")).endsWith("Name another file with -x."));
    assertEquals(
        "--openmetrics names no file: give one, or leave --openmetrics out.",
        refused("--openmetrics", Path.of("")));
  }

  @Test
  void aPipeWithoutReaderIsRefusedAndLeftAlone() throws Exception {
    Path pipe = pipe();

    String said = refused("-o", pipe);

    assertTrue(said.contains("nobody reads this pipe; start its reader first."), said);
    assertEquals(List.of("pipe"), names());
  }

  @Test
  void waitingForAReaderCanBeInterrupted() throws Exception {
    Path pipe = pipe();
    Thread.currentThread().interrupt();

    String said = refused("-o", pipe);

    assertTrue(Thread.interrupted());
    assertTrue(said.contains("nobody read this pipe"), said);
  }

  @Test
  void aReaderThatGoesIsTold() throws Exception {
    Path pipe = pipe();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try (BufferedReader lines = Files.newBufferedReader(pipe)) {
                assertEquals("first", lines.readLine());
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    try (OutputPlace place = OutputPlace.of("-o", pipe)) {
      assertTrue(place.write("first\n"));
      reader.join();
      assertFalse(place.write("second\n"));
    }
  }
}
