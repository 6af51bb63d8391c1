package dev.bpfgauge.report.site;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.LockedFile;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/** One writer a site. */
final class SiteLock {
  static final String FILE = ".bpfgauge-site-lock";

  private static final Duration PAUSE = Duration.ofMillis(100);

  private SiteLock() {}

  /**
   * Locks the folder.
   *
   * @param folder there already
   * @param patience how long to wait for another writer
   * @throws Refusal where another still has it then, or the file cannot be made
   */
  static LockedFile take(Path folder, Duration patience) {
    long start = System.nanoTime();
    try {
      Path file = folder.toRealPath().resolve(FILE);
      Optional<LockedFile> lock = attempt(file);
      while (lock.isEmpty() && System.nanoTime() - start < patience.toNanos()) {
        Thread.sleep(PAUSE);
        lock = attempt(file);
      }
      if (lock.isPresent()) {
        return lock.get();
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

  private static Optional<LockedFile> attempt(Path file) throws IOException {
    return LockedFile.attempt(
        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }
}
