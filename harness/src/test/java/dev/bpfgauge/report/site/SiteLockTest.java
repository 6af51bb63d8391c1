package dev.bpfgauge.report.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.LockedFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock between real processes, and between two threads of one. */
class SiteLockTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  /** Takes the lock of the given folder, says so and keeps it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] folders) throws Exception {
      try (LockedFile _ = SiteLock.take(Path.of(folders[0]), Duration.ZERO)) {
        System.out.println("locked");
        Thread.sleep(LONG);
      }
    }
  }

  @TempDir Path folder;

  private LockedFile take(Duration patience) {
    return SiteLock.take(folder, patience);
  }

  @Test
  void aSecondWriterIsRefusedInOneSentenceAndTheEndOfTheFirstFreesTheFolder() throws Exception {
    try (ChildJvm first = ChildJvm.start(Holder.class, folder.toString())) {
      assertEquals("locked", first.line());
      Refusal refused = assertThrows(Refusal.class, () -> take(Duration.ofMillis(1)));
      assertEquals(Refusal.Kind.ENVIRONMENT, refused.kind());
      assertTrue(
          String.valueOf(refused.getMessage())
              .startsWith("another `report --site` is writing " + folder + ": "),
          refused::getMessage);
      first.kill();
      take(LONG).close();
    }
  }

  @Test
  void aSecondWriterWaitsForTheFirst() throws Exception {
    LockedFile first = take(Duration.ZERO);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<LockedFile> second = threads.submit(() -> take(LONG));
      assertThrows(Refusal.class, () -> take(Duration.ZERO));
      first.close();
      second.get().close();
    }
    take(Duration.ZERO).close();
  }
}
