package dev.bpfgauge.os;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that one process at a time has to itself, until it closes it or ends, however it ends. The
 * file stays: removing it would let two processes lock two files.
 */
public final class LockedFile implements AutoCloseable {
  /**
   * Files of this JVM. A lock belongs to the process, not to the channel (fcntl(2)): opening and
   * closing the same file once more would drop it.
   */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private LockedFile(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Locks the file, or does not wait.
   *
   * @return empty where it is locked, by this process or another
   * @throws IOException where it cannot be opened so, or its file system has no locks
   */
  public static Optional<LockedFile> attempt(Path file, OpenOption... options) throws IOException {
    Path key = file.toAbsolutePath().normalize();
    if (!OURS.add(key)) {
      return Optional.empty();
    }
    Optional<LockedFile> locked = Optional.empty();
    FileChannel channel = null;
    try {
      channel = FileChannel.open(key, options);
      if (channel.tryLock() != null) {
        locked = Optional.of(new LockedFile(key, channel));
      }
      return locked;
    } finally {
      if (locked.isEmpty()) {
        if (channel != null) {
          channel.close();
        }
        OURS.remove(key);
      }
    }
  }

  /** Whether this process has it. */
  public static boolean isOurs(Path file) {
    return OURS.contains(file.toAbsolutePath().normalize());
  }

  /** To write to the file by. */
  public FileChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The kernel drops the lock with the process.
    }
    OURS.remove(key);
  }
}
