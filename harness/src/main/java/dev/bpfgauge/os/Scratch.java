package dev.bpfgauge.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

  /** What the name of a process's folder begins with. */
  private static final String OURS = "bpfgauge-";

  /** In such a folder, locked by the process whose folder it is as long as that lives. */
  private static final String OWNER = "owner";

  /** Where the process ended between making its folder and locking it. */
  private static final Duration NEW = Duration.ofMinutes(1);

  private static @Nullable Path own;

  /** As long as this is referred to, its file stays locked. */
  private static Optional<LockedFile> owner = Optional.empty();

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
   * This process's own folder in it, which its end deletes. After SIGKILL {@link #deleteLeftovers}
   * does.
   */
  public static synchronized Path own() throws IOException {
    Path made = own;
    if (made == null || !Files.exists(made)) { // Some hosts delete what is old in /tmp.
      made = Files.createTempDirectory(folder(), OURS);
      owner.ifPresent(LockedFile::close);
      owner =
          LockedFile.attempt(
              made.resolve(OWNER), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      own = made;
      Path ours = made;
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      deleteTree(ours);
                    } catch (IOException | UncheckedIOException e) {
                      // Somebody still writes there, or it is gone.
                    }
                  },
                  "scratch"));
    }
    return made;
  }

  /**
   * A new folder in {@link #own}.
   *
   * @param prefix of its name
   */
  public static Path newFolder(String prefix) throws IOException {
    return Files.createTempDirectory(own(), prefix);
  }

  /** A new file in {@link #own}; its name begins and ends so. */
  public static Path newFile(String prefix, String suffix) throws IOException {
    return Files.createTempFile(own(), prefix, suffix);
  }

  /**
   * Deletes folders of this user's processes that are dead.
   *
   * @return those folders
   */
  public static List<Path> deleteLeftovers() {
    return deleteLeftovers(candidates());
  }

  static List<Path> deleteLeftovers(List<Path> folders) {
    List<Path> deleted = new ArrayList<>();
    for (Path folder : folders) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, OURS + "*")) {
        for (Path each : found) {
          if (isLeftover(each)) {
            deleteTree(each);
            deleted.add(each);
          }
        }
      } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
        // Not there, or another user's.
      }
    }
    return deleted;
  }

  private static boolean isLeftover(Path folder) throws IOException {
    Path owner = folder.resolve(OWNER);
    boolean isOwned = Files.isRegularFile(owner, LinkOption.NOFOLLOW_LINKS);
    Path judged = isOwned ? owner : folder;
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        || !Files.getOwner(judged).equals(Files.getOwner(Path.of("/proc/self")))
        || Files.getLastModifiedTime(judged).toInstant().isAfter(Instant.now().minus(NEW))) {
      return false;
    }
    if (!isOwned) { // Its process ended before it wrote that, or in the midst of deleting.
      try (Stream<Path> files = Files.list(folder)) {
        return files.findAny().isEmpty();
      }
    }
    Optional<LockedFile> dead = LockedFile.attempt(owner, StandardOpenOption.WRITE);
    dead.ifPresent(LockedFile::close);
    return dead.isPresent();
  }

  /** Deletes a folder with all that is in it; nothing where it is not there. */
  public static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each); // Its user may delete it as well.
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
