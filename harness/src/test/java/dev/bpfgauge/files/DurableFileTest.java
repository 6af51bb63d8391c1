package dev.bpfgauge.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user names is written to, whatever it is; nothing beside it is touched. */
class DurableFileTest {
  @TempDir Path folder;

  @Test
  void aNewFileHasTheModeThatTheUmaskSays() throws IOException {
    Path byJava = Files.createFile(folder.resolve("reference"));
    Path file = folder.resolve("new.csv");

    DurableFile.writeTo(file, "new");

    assertEquals("new", Files.readString(file));
    assertEquals(mode(byJava), mode(file));
    assertEquals(Set.of("new.csv", "reference"), names());
  }

  @Test
  void anExistingFileKeepsItsMode() throws IOException {
    for (String mode : new String[] {"rw-r--r--", "rw-------", "rw-rw-r--", "rwxr-x--x"}) {
      Path file = existing("x-" + mode, mode);
      DurableFile.writeTo(file, "new");
      DurableFile.write(file, "newer");

      assertEquals("newer", Files.readString(file));
      assertEquals(mode, mode(file));
    }
  }

  @Test
  void anExistingFileKeepsItsOwner() throws IOException {
    Requires.root();
    Path file = existing("x.prom", "rw-r-----");
    Files.setAttribute(file, "unix:uid", 65_534);
    Files.setAttribute(file, "unix:gid", 65_534);

    DurableFile.writeTo(file, "new");

    assertEquals("new", Files.readString(file));
    assertEquals(65_534, Files.getAttribute(file, "unix:uid"));
    assertEquals(65_534, Files.getAttribute(file, "unix:gid"));
    assertEquals("rw-r-----", mode(file));
  }

  @Test
  void aUsersOwnTemporaryFileStays() throws IOException {
    Path theirs = Files.writeString(folder.resolve("l.csv.tmp"), "theirs");
    existing("l.csv", "rw-r--r--");

    DurableFile.writeTo(folder.resolve("l.csv"), "new");

    assertEquals("theirs", Files.readString(theirs));
    assertEquals(Set.of("l.csv", "l.csv.tmp"), names());
  }

  @Test
  void aLinkIsFollowedAndStays() throws IOException {
    Path target = existing("target", "rw-r-----");
    Files.createDirectory(folder.resolve("d"));
    Path relative = Files.createSymbolicLink(folder.resolve("d/link"), Path.of("../target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), relative);

    DurableFile.writeTo(link, "new");

    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.isSymbolicLink(relative));
    assertEquals("new", Files.readString(target));
    assertEquals("rw-r-----", mode(target));
    assertFalse(Files.isSymbolicLink(target));
  }

  @Test
  void aLinkToNothingMakesTheFile() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("later"));

    DurableFile.writeTo(link, "new");

    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(folder.resolve("later"), StandardCharsets.UTF_8));
  }

  @Test
  void linksInACircleAreRefused() throws IOException {
    Path a = Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));

    assertThrows(Refusal.class, () -> DurableFile.writeTo(a, "new"));
    assertEquals(Set.of("a", "b"), names());
  }

  /** A link in a run's folder may be a trap: who writes the report is often root. */
  @Test
  void aLinkInAFolderOfOursIsReplaced() throws IOException {
    Path target = existing("target", "rw-r--r--");
    Path link = Files.createSymbolicLink(folder.resolve("report.html"), target);

    DurableFile.write(link, "new");

    assertFalse(Files.isSymbolicLink(link));
    assertEquals("old", Files.readString(target));
    assertEquals("new", Files.readString(link));
  }

  @Test
  void aFifoIsWrittenThrough() throws Exception {
    Path fifo = folder.resolve("fifo");
    command("mkfifo", fifo.toString());
    Process reader = new ProcessBuilder("cat", fifo.toString()).start();
    try {
      DurableFile.writeTo(fifo, "through");
      assertEquals(
          "through", new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } finally {
      reader.destroyForcibly();
    }
    assertEquals(Set.of("fifo"), names());
    assertFalse(Files.isRegularFile(fifo));
  }

  @Test
  void aDeviceStaysOne() throws Exception {
    Requires.root();
    Path device = folder.resolve("null");
    command("mknod", device.toString(), "c", "1", "3");
    Path full = folder.resolve("full");
    command("mknod", full.toString(), "c", "1", "7");

    DurableFile.writeTo(device, "gone");
    Refusal refused = assertThrows(Refusal.class, () -> DurableFile.writeTo(full, "no"));

    assertTrue(Files.readAttributes(device, PosixFileAttributes.class).isOther());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("-o"),
        () -> String.valueOf(refused.getMessage()));
    assertEquals(Set.of("null", "full"), names());
  }

  /** As /dev/stdout where a shell has sent it to a file: what stands there stays. */
  @Test
  void anOpenFileIsAppendedTo() throws Exception {
    Path out = existing("out.txt", "rw-r--r--");
    Process holder =
        new ProcessBuilder("sleep", "60")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
            .start();
    try {
      Object inode = Files.getAttribute(out, "unix:ino");
      Path stdout =
          Files.createSymbolicLink(
              folder.resolve("stdout"), Path.of("/proc/" + holder.pid() + "/fd/1"));
      while (!stdout.toRealPath().equals(out.toRealPath())) {
        Thread.onSpinWait(); // The child has not got its files yet.
      }
      DurableFile.writeTo(stdout, " and new");

      assertEquals("old and new", Files.readString(out));
      assertEquals(inode, Files.getAttribute(out, "unix:ino"));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void aFolderIsNoFile() {
    Refusal refused = assertThrows(Refusal.class, () -> DurableFile.writeTo(folder, "new"));

    assertTrue(
        String.valueOf(refused.getMessage()).contains("it is a folder"),
        () -> String.valueOf(refused.getMessage()));
  }

  /** The node exporter's folder is often another user's, and the file in it ours. */
  @Test
  void aFileOfOursInAFolderThatIsNotIsWrittenAndAFolderThatCannotBeReadIsNoError()
      throws Exception {
    Requires.root();
    Path there = Files.createDirectory(folder.resolve("there"));
    Path file = Files.writeString(there.resolve("x.prom"), "old");
    Files.setAttribute(file, "unix:uid", 65_534);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path blind = Files.createDirectory(folder.resolve("blind"));
    Files.setPosixFilePermissions(blind, PosixFilePermissions.fromString("-wx-wx-wx"));

    assertEquals("done", asNobody(ourClasses(), file, blind.resolve("y.prom")));

    assertEquals("new", Files.readString(file));
    assertEquals(65_534, Files.getAttribute(file, "unix:uid"));
    assertEquals("new", Files.readString(blind.resolve("y.prom")));
    try (Stream<Path> left = Files.list(there)) {
      assertEquals(1, left.count());
    }
  }

  /** Where nobody may read them too: a checkout is often in a private home. */
  private Path ourClasses() throws IOException {
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      for (String name : List.of("files", "model", "os")) {
        Path classes = Path.of(entry).resolve("dev/bpfgauge").resolve(name);
        Path copy = folder.resolve("classes/dev/bpfgauge").resolve(name);
        if (Files.isDirectory(classes)) {
          Files.createDirectories(copy);
          try (Stream<Path> all = Files.list(classes)) {
            for (Path file : all.filter(path -> path.toString().endsWith(".class")).toList()) {
              Files.copy(file, copy.resolve(file.getFileName()));
            }
          }
        }
      }
    }
    return folder.resolve("classes");
  }

  private static String asNobody(Path classes, Path... files) throws IOException {
    Process child =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(
                            "setpriv",
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups",
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            classes.toString(),
                            Nobody.class.getName()),
                        Stream.of(files).map(Path::toString))
                    .toList())
            .redirectErrorStream(true)
            .start();
    return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Writes files in a process of another user. */
  static final class Nobody {
    private Nobody() {}

    public static void main(String[] files) {
      for (String file : files) {
        DurableFile.writeTo(Path.of(file), "new");
      }
      System.out.println("done");
    }
  }

  private Path existing(String name, String mode) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "old");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static void command(String... words) throws Exception {
    assertEquals(0, new ProcessBuilder(words).inheritIO().start().waitFor());
  }

  @Test
  void anOutputIsNoFileOfARunAndNoInput() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(run.resolve(RunFolder.INFO), "{}");
    Path journal = Files.writeString(run.resolve(RunFolder.JOURNAL), "kept");
    Path input = Files.writeString(folder.resolve("in.csv"), "kept");
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), input);

    assertThrows(Refusal.class, () -> DurableFile.writeTo(journal, "lost"));
    assertThrows(Refusal.class, () -> DurableFile.requireNoInput(link, List.of(input)));
    DurableFile.requireNoInput(folder.resolve("new.csv"), List.of(input, folder.resolve("none")));
    DurableFile.writeTo(run.resolve("results.csv"), "may be made again");

    assertEquals("kept", Files.readString(journal));
  }
}
