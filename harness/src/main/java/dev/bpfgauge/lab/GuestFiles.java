package dev.bpfgauge.lab;

import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder in the cache for the files of one harness's guests, deleted at the end. As long as it is
 * open, nothing that a harness may be using is deleted from the cache: each that uses it shares a
 * lock, which the kernel drops with the process, and only one that finds itself alone deletes what
 * killed ones left. So it is true across containers too, where a pid says nothing.
 */
final class GuestFiles implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String OURS = "guests-";

  /** Ending of the archives of classes; a jar has one for each of the guests' programs. */
  static final String ARCHIVE = ".jsa";

  private static final int KEPT_ARCHIVES = 2;

  private final FileChannel channel;
  private final Path folder;

  private GuestFiles(FileChannel channel, Path folder) {
    this.channel = channel;
    this.folder = folder;
  }

  /**
   * Makes the folder, in a cache that is made where it is absent.
   *
   * @throws IOException where the cache cannot be written or locked
   */
  static GuestFiles in(Path cache) throws IOException {
    Files.createDirectories(cache);
    FileChannel channel =
        FileChannel.open(
            cache.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock alone = channel.tryLock();
      if (alone != null) {
        deleteLeftovers(cache);
        alone.release();
      }
      channel.lock(0, Long.MAX_VALUE, true);
      return new GuestFiles(channel, Files.createTempDirectory(cache, OURS));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void deleteLeftovers(Path cache) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(cache)) {
      all = files.toList();
    }
    for (Path each : all) {
      if (each.getFileName().toString().startsWith(OURS)) {
        Scratch.deleteTree(each);
      }
    }
    List<Path> lastUsedFirst =
        all.stream()
            .filter(file -> file.toString().endsWith(ARCHIVE))
            .sorted(
                Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed())
            .toList();
    for (Path old : lastUsedFirst.stream().skip(KEPT_ARCHIVES).toList()) {
      Files.delete(old);
    }
  }

  /** Says that an archive is the one last used: those stay when others are deleted. */
  static void used(Path archive) throws IOException {
    Files.setLastModifiedTime(archive, FileTime.from(Instant.now()));
  }

  Path folder() {
    return folder;
  }

  Path initramfs() {
    return folder.resolve("initramfs");
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Scratch.deleteTree(folder);
    }
  }
}
