package dev.bpfgauge.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders for temporary files, programs and libraries among them: where /tmp is full, read-only or
 * mounted {@code noexec}, another one that works.
 */
public final class Scratch {
  /** A native library or a compiled program is smaller. */
  private static final int ROOM_BYTES = 4 << 20;

  private static @Nullable Path found;

  /** Folders of this process that may still be there. */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Scratch::deleteOpen, "scratch"));
  }

  private Scratch() {}

  /**
   * A folder in which programs and libraries can be written and executed; found once.
   *
   * @throws IOException where there is none; the message is for the user
   */
  public static synchronized Path folder() throws IOException {
    Path known = found;
    if (known == null) {
      known = firstUsable(candidates());
      found = known;
    }
    return known;
  }

  /**
   * A new folder in it.
   *
   * @param prefix of its name
   */
  public static Path newFolder(String prefix) throws IOException {
    Path made = Files.createTempDirectory(folder(), prefix);
    OPEN.add(made);
    return made;
  }

  /** What a signal leaves no time to delete otherwise. */
  private static void deleteOpen() {
    for (Path each : OPEN) {
      try {
        deleteTree(each);
      } catch (IOException | UncheckedIOException e) {
        // Somebody still writes there, or it is gone.
      }
    }
  }

  /** Deletes a folder with all that is in it; nothing where it is not there. */
  public static void deleteTree(Path tree) throws IOException {
    OPEN.remove(tree);
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static List<Path> candidates() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    List<Path> others = List.of(Path.of("/var/tmp"), Path.of("/dev/shm"));
    return Stream.of(Stream.of(temporary), cache().stream(), others.stream())
        .flatMap(folders -> folders)
        .toList();
  }

  private static Optional<Path> cache() {
    try {
      return Optional.of(UserFolders.cache());
    } catch (IllegalStateException noHome) {
      return Optional.empty();
    }
  }

  /** The first folder that has room and lets programs run. */
  static Path firstUsable(List<Path> folders) throws IOException {
    StringBuilder why = new StringBuilder();
    for (Path folder : folders) {
      String problem = problem(folder);
      if (problem.isEmpty()) {
        return folder;
      }
      why.append(why.isEmpty() ? "" : "; ").append(folder).append(' ').append(problem);
    }
    throw new IOException(
        "no folder for temporary programs and libraries: %s. Set XDG_CACHE_HOME to a folder on a file system with %d MB free that is writable and not mounted noexec."
            .formatted(why, ROOM_BYTES >> 20));
  }

  /** Empty where the folder is usable. */
  private static String problem(Path folder) {
    Path probe = null;
    try {
      Files.createDirectories(folder);
      probe =
          Files.createTempFile(
              folder,
              "bpfgauge",
              ".probe",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.write(probe, new byte[ROOM_BYTES]);
      // access(2) answers EACCES for a file on a file system that is mounted noexec, to root too.
      return Files.isExecutable(probe) ? "" : "is mounted noexec";
    } catch (IOException e) {
      return "cannot be written (" + e.getMessage() + ")";
    } finally {
      delete(probe);
    }
  }

  private static void delete(@Nullable Path probe) {
    try {
      if (probe != null) {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      System.getLogger(Scratch.class.getName())
          .log(System.Logger.Level.DEBUG, "a probe of four megabytes stays", e);
    }
  }
}
