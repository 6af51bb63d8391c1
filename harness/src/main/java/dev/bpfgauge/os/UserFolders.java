package dev.bpfgauge.os;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where this user's files belong, by the XDG Base Directory Specification: a variable that is empty
 * or not an absolute path does not count.
 */
public final class UserFolders {
  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private UserFolders() {}

  /** {@code $XDG_CACHE_HOME/bpfgauge}, by default {@code ~/.cache/bpfgauge}. */
  public static Path cache() {
    return in(System.getenv(), "XDG_CACHE_HOME", ".cache", UserFolders::home);
  }

  /**
   * A folder of this program.
   *
   * @param variable that names the folder above it
   * @param below where that is in a home by default
   * @param home asked only where the variable does not count
   */
  public static Path in(
      Map<String, String> environment, String variable, String below, Supplier<Path> home) {
    return absolute(environment.getOrDefault(variable, ""))
        .orElseGet(() -> home.get().resolve(below))
        .resolve("bpfgauge");
  }

  /**
   * This user's home. A user without one, as in a container with a number for a user, gets a folder
   * of its own for temporary files.
   *
   * @throws IllegalStateException where there is none and none can be made; the message is for the
   *     user
   */
  public static Path home() {
    return home(
        System.getProperty("user.home", ""),
        System.getenv().getOrDefault("HOME", ""),
        Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
  }

  static Path home(String fromAccount, String fromEnvironment, Path temporary) {
    return Stream.of(fromAccount, fromEnvironment)
        .flatMap(name -> absolute(name).stream())
        .filter(Files::isDirectory)
        .findFirst()
        .orElseGet(() -> own(temporary));
  }

  private static Optional<Path> absolute(String name) {
    try {
      return Optional.of(name).filter(n -> !n.isEmpty()).map(Path::of).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Path own(Path temporary) {
    Path folder = temporary;
    try {
      Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      folder = temporary.resolve("bpfgauge-" + user);
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OURS_ALONE));
      } catch (FileAlreadyExistsException earlier) {
        if (!isOurs(folder, user)) {
          throw new IOException("it is another user's, or others may write there", earlier);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new IllegalStateException(
          "this user has no home folder, and %s cannot stand in for one (%s): set HOME to a folder that this user may write."
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  private static boolean isOurs(Path folder, Object user) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && user.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))
        && Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(OURS_ALONE);
  }
}
