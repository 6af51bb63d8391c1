package dev.bpfgauge.report.site;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One writer a site: a lock the kernel drops with the process, however it ends. Its file stays:
 * removing it would let two writers lock two files.
 */
final class SiteLock implements AutoCloseable {
  static final String FILE = ".bpfgauge-site-lock";

  private static final Duration PAUSE = Duration.ofMillis(100);

  /**
   * Folders locked by this JVM. A lock belongs to the process, not to the channel: opening and
   * closing the same file once more would drop it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private SiteLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Locks the folder.
   *
   * @param folder there already
   * @param patience how long to wait for another writer
   * @throws Refusal where another still has it then, or the file cannot be made
   */
  static SiteLock take(Path folder, Duration patience) {
    long start = System.nanoTime();
    try {
      SiteLock lock = attempt(folder.toRealPath());
      while (lock == null && System.nanoTime() - start < patience.toNanos()) {
        Thread.sleep(PAUSE);
        lock = attempt(folder.toRealPath());
      }
      if (lock != null) {
        return lock;
      }
    } catch (IOException e) {
      throw DurableFile.refusal("lock", folder.resolve(FILE), e, "--site");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw Refusal.environment(
        "another `report --site` is writing "
            + folder
            + ": call this again when it has ended, or name another folder with --site.");
  }

  /** The lock, or null where another has it. */
  private static @Nullable SiteLock attempt(Path folder) throws IOException {
    if (!HELD.add(folder)) {
      return null;
    }
    SiteLock lock = null;
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      if (channel.tryLock() != null) {
        lock = new SiteLock(folder, channel);
      }
      return lock;
    } finally {
      if (lock == null) {
        if (channel != null) {
          channel.close();
        }
        HELD.remove(folder);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The kernel drops the lock with the process.
    }
    HELD.remove(folder);
  }
}
