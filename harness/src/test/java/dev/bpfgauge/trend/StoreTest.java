package dev.bpfgauge.trend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.results.Refusal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's file, and a real PostgreSQL server that the test unpacks and starts. */
class StoreTest {
  private static final int WRITERS = 4;

  @TempDir Path folder;

  @Test
  void severalWritersFillOneFile() throws Exception {
    fillTogether(Store.in(folder));
  }

  @Test
  void severalMachinesFillOneServerAndGetTheSameAnswersAsFromAFile() throws Exception {
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder().setOverrideWorkingDirectory(folder.toFile()).start()) {
      String url = server.getJdbcUrl("postgres", "postgres");
      fillTogether(url);
      assertEquals(trend(Store.in(folder)), trend(url));
    }
  }

  /** Each writer reads the same folder, and one of its own that nobody else has. */
  private void fillTogether(String url) throws Exception {
    Path shared = folder.resolve("shared");
    if (!Files.exists(shared)) {
      new Nights(shared, 1).nights(0, 10);
    }
    List<Callable<RunImport.Outcome>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      Path own = folder.resolve("machine" + writer);
      if (!Files.exists(own)) {
        new Nights(own, writer).fingerprint("cpu", "no. " + writer).nights(0, 10);
      }
      writers.add(() -> {
        try (Store store = Store.open(url)) {
          return RunImport.of(store, List.of(shared, own));
        }
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      for (Future<RunImport.Outcome> writer : threads.invokeAll(writers)) {
        assertEquals(List.of(), writer.get().leftOut());
      }
    }
    try (Store store = Store.open(url)) {
      assertEquals(10 * (WRITERS + 1), store.runs().size());
      assertEquals(10L * (WRITERS + 1) * 2 * 3, store.size());
    }
  }

  private Trend trend(String url) throws Exception {
    try (Store store = Store.open(url)) {
      RunImport.of(store, List.of(folder.resolve("shared")));
      return Trend.of(
          store,
          store.runs(),
          store.runs().stream()
              .filter(run -> run.folder().startsWith(folder.resolve("shared").toString()))
              .reduce((_, later) -> later)
              .orElseThrow(),
          List.of());
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsDamaged() throws Exception {
    Files.writeString(folder.resolve("history.db"), "this is not a database".repeat(100));
    assertThrows(Store.DamagedException.class, () -> Store.open(Store.in(folder)));
  }

  @Test
  void aFileThatIsBrokenInTheMiddleIsFoundOut() throws Exception {
    new Nights(folder.resolve("runs"), 1).nights(0, 60);
    try (Store store = Store.open(Store.in(folder))) {
      RunImport.of(store, List.of(folder.resolve("runs")));
    }
    Path file = folder.resolve("history.db");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      for (long page = 1; page < bytes.length() / 4096; page++) {
        bytes.seek(page * 4096);
        bytes.write(new byte[64]);
      }
    }
    assertThrows(
        Store.DamagedException.class,
        () -> {
          try (Store store = Store.open(Store.in(folder))) {
            RunImport.of(store, List.of(folder.resolve("runs")));
            Trend.newest(store, List.of());
          }
        });
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithoutItsPassword() {
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () -> Store.open("jdbc:postgresql://me:secret@127.0.0.1:1/none?password=secret"));
    assertEquals(Refusal.Kind.ENVIRONMENT, refusal.kind());
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("jdbc:postgresql://127.0.0.1:1/none"), message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void anotherDatabaseIsRefused() {
    Refusal refusal = assertThrows(Refusal.class, () -> Store.open("jdbc:oracle:thin:@x"));
    assertEquals(Refusal.Kind.USAGE, refusal.kind());
  }
}
