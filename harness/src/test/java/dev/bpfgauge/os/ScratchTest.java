package dev.bpfgauge.os;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

  /** Makes its folder with a file in it, says where it is and waits to be killed. */
  static final class Keeper {
    private Keeper() {}

    public static void main(String[] arguments) throws Exception {
      System.out.println(Scratch.newFile("left", ".txt"));
      Thread.sleep(60_000);
    }
  }

  @Test
  void whatAKilledProcessLeftIsDeletedAndALivingOnesIsNot() throws Exception {
    Path left;
    try (ChildJvm killed = ChildJvm.start(Keeper.class);
        ChildJvm alive = ChildJvm.start(Keeper.class)) {
      left = Path.of(killed.line());
      Path used = Path.of(alive.line());
      Path own = requireNonNull(left.getParent());
      Path in = requireNonNull(own.getParent());
      assertEquals(in, requireNonNull(used.getParent()).getParent());
      FileTime longAgo = FileTime.from(Instant.now().minusSeconds(600));
      Files.setLastModifiedTime(used.resolveSibling("owner"), longAgo);
      killed.kill();
      assertFalse(
          Scratch.deleteLeftovers(List.of(in)).contains(own), "one as new may not be locked yet");

      Files.setLastModifiedTime(left.resolveSibling("owner"), longAgo);
      Path link = Files.createSymbolicLink(tmp.resolve("bpfgauge-link"), own);
      Path others = Files.createDirectory(tmp.resolve("bpfgauge-mine"));
      assertEquals(List.of(), Scratch.deleteLeftovers(List.of(tmp, tmp.resolve("none"))));
      assertTrue(Files.isSymbolicLink(link) && Files.exists(left) && Files.exists(others));

      Path empty = Files.createDirectory(tmp.resolve("bpfgauge-empty"));
      Files.createFile(others.resolve("not from here"));
      Files.setLastModifiedTime(others, longAgo);
      Files.setLastModifiedTime(empty, longAgo);
      assertEquals(List.of(empty), Scratch.deleteLeftovers(List.of(tmp)), "it ended in between");

      assertTrue(Scratch.deleteLeftovers(List.of(in)).contains(own));
      assertFalse(Files.exists(own));
      assertTrue(Files.exists(used));
    }
  }

  /** Says whether it can lock a file, and whether a folder of its own that went is made again. */
  static final class Other {
    private Other() {}

    public static void main(String[] file) throws Exception {
      System.out.println(
          LockedFile.attempt(Path.of(file[0]), StandardOpenOption.WRITE).isPresent());
      Path first = requireNonNull(Scratch.newFile("first", "").getParent());
      Scratch.deleteTree(first);
      System.out.println(Files.exists(Scratch.newFile("second", "")));
    }
  }

  /** A lock that nobody refers to goes with its channel. */
  @Test
  void thisProcesssFolderStaysLockedAndOneThatWentIsMadeAgain() throws Exception {
    Path own = requireNonNull(Scratch.newFile("mine", "").getParent());
    System.gc();
    try (ChildJvm other = ChildJvm.start(Other.class, own.resolve("owner").toString())) {
      assertEquals("false", other.line(), "another process can lock it");
      assertEquals("true", other.line());
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
