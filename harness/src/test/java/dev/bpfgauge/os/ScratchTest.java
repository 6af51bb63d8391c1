package dev.bpfgauge.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place for programs is one where they run. */
class ScratchTest {
  @TempDir Path tmp;

  @Test
  void whereNothingCanBeWrittenTheNextFolderIsTaken() throws IOException {
    Path file = Files.createFile(tmp.resolve("file"));
    Path good = tmp.resolve("made/here");

    assertEquals(good, Scratch.firstUsable(List.of(file.resolve("below"), good, tmp)));
    try (Stream<Path> left = Files.list(good)) {
      assertEquals(0, left.count(), "the probe is gone");
    }
  }

  @Test
  void theRefusalNamesEachFolder() {
    IOException none =
        assertThrows(
            IOException.class, () -> Scratch.firstUsable(List.of(Path.of("/proc/nowhere"))));

    assertTrue(
        String.valueOf(none.getMessage()).contains("/proc/nowhere"),
        () -> String.valueOf(none.getMessage()));
    assertTrue(
        String.valueOf(none.getMessage()).contains("XDG_CACHE_HOME"),
        () -> String.valueOf(none.getMessage()));
  }

  @Test
  void whereNoProgramMayRunOrNothingFitsTheNextFolderIsTaken() throws Exception {
    Requires.root();
    Path noexec = mounted("noexec", "noexec");
    Path full = null;
    try {
      full = mounted("full", "size=64k");
      Path good = tmp.resolve("good");
      assertEquals(good, Scratch.firstUsable(List.of(noexec, full, good)));
      Path none = full;
      IOException why =
          assertThrows(IOException.class, () -> Scratch.firstUsable(List.of(noexec, none)));
      assertTrue(
          String.valueOf(why.getMessage()).contains(noexec + " is mounted noexec"),
          () -> String.valueOf(why.getMessage()));
    } finally {
      command("umount", noexec.toString());
      if (full != null) {
        command("umount", full.toString());
      }
    }
  }

  private Path mounted(String name, String options) throws Exception {
    Path folder = Files.createDirectory(tmp.resolve(name));
    command("mount", "-t", "tmpfs", "-o", options, "none", folder.toString());
    return folder;
  }

  private static void command(String... words) throws Exception {
    assertEquals(
        0, new ProcessBuilder(words).inheritIO().start().waitFor(), String.join(" ", words));
  }
}
