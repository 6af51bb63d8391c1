package dev.bpfgauge.trend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.machine.host.Privileges;
import dev.bpfgauge.model.FingerprintName;
import dev.bpfgauge.model.Refusal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
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

  /** Who makes the file, its journal and its tables is decided by chance. */
  @Test
  void severalOpenOneNewFile() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      for (int attempt = 0; attempt < 50; attempt++) {
        String url = Store.in(Files.createDirectory(folder.resolve("new" + attempt)));
        Callable<Long> opened =
            () -> {
              try (Store store = Store.open(url)) {
                return store.size();
              }
            };
        for (Future<Long> each : threads.invokeAll(Collections.nCopies(2 * WRITERS, opened))) {
          assertEquals(0, each.get());
        }
      }
    }
  }

  @Test
  void severalMachinesFillOneServerAndGetTheSameAnswersAsFromAFile() throws Exception {
    try (EmbeddedPostgres server = server()) {
      String url = server.getJdbcUrl("postgres", "postgres");
      fillTogether(url);
      assertEquals(trend(Store.in(folder)), trend(url));
    }
  }

  /** A server that runs, for a while. */
  private EmbeddedPostgres server() throws Exception {
    boolean canBeAnother =
        !Privileges.read().isRoot()
            || new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0;
    Requires.machine(
        canBeAnother,
        "user namespaces: PostgreSQL does not run as root (inside a chroot there are none)");
    return EmbeddedPostgres.builder().setOverrideWorkingDirectory(folder.toFile()).start();
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

  /** As programs made it that knew no references; their digests of runs are of another reading. */
  @Test
  void aStoreWithoutReferencesGetsThemFromTheRuns() throws Exception {
    Path runs = folder.resolve("runs");
    new Nights(runs, 1).reference(200).moods(0.1).nights(0, 12);
    String url = Store.in(folder);
    Trend before;
    try (Store store = Store.open(url)) {
      RunImport.of(store, List.of(runs));
      before = Trend.newest(store, List.of());
      assertTrue(Objects.requireNonNull(before.correction()).decides());
    }
    try (Connection old = DriverManager.getConnection(url);
        Statement statement = old.createStatement()) {
      statement.executeUpdate("ALTER TABLE points DROP COLUMN reference_ns");
      statement.executeUpdate("ALTER TABLE points DROP COLUMN corrected_deviation");
      statement.executeUpdate("ALTER TABLE points DROP COLUMN lack");
    }

    try (Store store = Store.open(url)) {
      assertNull(Trend.newest(store, List.of()).correction(), "as measured, and nothing is lost");
      try (Connection old = DriverManager.getConnection(url);
          Statement statement = old.createStatement()) {
        statement.executeUpdate("UPDATE runs SET digest = 'of an older reading'");
      }
      assertEquals(12, RunImport.of(store, List.of(runs)).added());
      assertEquals(before.cells(), Trend.newest(store, List.of()).cells());
    }
  }

  /** Runs, series and points keep what they are; nothing has to be read again. */
  @Test
  void aStoreWithFormerNamesGetsTheNewOnesWhereItIs() throws Exception {
    Path runs = folder.resolve("runs");
    new Nights(runs, 1).nights(0, 12);
    String url = Store.in(folder);
    String name;
    Trend before;
    try (Store store = Store.open(url)) {
      RunImport.of(store, List.of(runs));
      before = Trend.newest(store, List.of());
      name = before.newest().fingerprint();
    }
    String former = FingerprintName.former(Map.of("kernel", "6.18"));
    assertNotEquals(former, name);
    try (Connection old = DriverManager.getConnection(url);
        Statement statement = old.createStatement()) {
      for (String table : List.of("runs", "series")) {
        statement.executeUpdate("UPDATE " + table + " SET fingerprint = '" + former + "'");
      }
      statement.executeUpdate("UPDATE fingerprints SET name = '" + former + "'");
      statement.executeUpdate("UPDATE runs SET run = run - 1");
      statement.executeUpdate("UPDATE series SET series = series - 1");
      statement.executeUpdate("UPDATE points SET run = run - 1, series = series - 1");
    }

    try (Store store = Store.open(url)) {
      Trend after = Trend.newest(store, List.of());
      assertEquals(name, after.newest().fingerprint());
      assertEquals(before.cells(), after.cells());
      assertEquals(before.nights(), after.nights());
      RunImport.Outcome again = RunImport.of(store, List.of(runs));
      assertEquals(0, again.added());
      assertEquals(12, again.already());
    }
  }

  @Test
  void anyFolderHoldsAStore() throws Exception {
    for (String name :
        List.of("x?date_class=TEXT", "a&b=2", "q#1", "100%41", "a b+c", "été", "semi;colon")) {
      Path odd = folder.resolve(name);
      Path runs = odd.resolve("runs");
      new Nights(runs, 1).nights(0, 2);
      try (Store store = Store.open(Store.in(odd))) {
        RunImport.of(store, List.of(runs));
        assertEquals(Nights.id(1), Trend.newest(store, List.of()).newest().id(), name);
      }
      assertTrue(Files.isRegularFile(odd.resolve("history.db")), name);
    }
    try (Stream<Path> made = Files.list(folder)) {
      assertEquals(7, made.count(), "nothing elsewhere");
    }
  }

  @Test
  void aNightDatedAheadIsLeftOutAndForgotten() throws Exception {
    Path runs = folder.resolve("runs");
    int ahead = (int) Duration.between(Nights.start(0), Instant.now()).toDays() + 365;
    new Nights(runs, 1).nights(ahead, 1);
    try (Store store = Store.open(Store.in(folder))) {
      RunImport.Outcome alone = RunImport.of(store, List.of(runs));
      assertEquals(List.of(), alone.leftOut(), "where all are ahead, our clock is wrong");

      new Nights(runs, 1).nights(0, 2);
      RunImport.Outcome both = RunImport.of(store, List.of(runs));
      assertEquals(1, both.leftOut().size());
      assertTrue(both.leftOut().getFirst().reason().contains("dated in the future"));
      assertEquals(Nights.id(1), Trend.newest(store, List.of()).newest().id());
      assertEquals(2, store.runs().size());
    }
  }

  @Test
  void aTableOfAnotherVersionIsDamageOfAFile() throws Exception {
    try (Connection old = DriverManager.getConnection(Store.in(folder))) {
      old.createStatement().execute("CREATE TABLE runs (run BIGINT PRIMARY KEY, id TEXT)");
    }
    assertThrows(Store.DamagedException.class, () -> imported(Store.in(folder)));
  }

  @Test
  void aTableOfAnotherVersionOnAServerIsRecognised() throws Exception {
    try (EmbeddedPostgres server = server()) {
      String url = server.getJdbcUrl("postgres", "postgres");
      try (Connection old = DriverManager.getConnection(url)) {
        old.createStatement().execute("CREATE TABLE runs (run BIGINT PRIMARY KEY, id TEXT)");
      }
      assertThrows(Store.DamagedException.class, () -> imported(url));
    }
  }

  private void imported(String url) throws Exception {
    Path runs = folder.resolve("nights");
    if (!Files.exists(runs)) {
      new Nights(runs, 1).nights(0, 1);
    }
    try (Store store = Store.open(url)) {
      RunImport.of(store, List.of(runs));
    }
  }

  /** A reader that refuses a row must not leave the connection in its transaction. */
  @Test
  void aRowThatCannotBeUnderstoodEndsItsTransaction() throws Exception {
    imported(Store.in(folder));
    try (Connection raw = DriverManager.getConnection(Store.in(folder))) {
      raw.createStatement().execute("UPDATE fingerprints SET content = 'no JSON'");
    }
    try (Store store = Store.open(Store.in(folder))) {
      String name = store.runs().getFirst().fingerprint();
      assertThrows(Refusal.class, () -> store.fingerprint(name));
      try (Connection other = DriverManager.getConnection(Store.in(folder))) {
        other.createStatement().execute("PRAGMA busy_timeout = 0");
        // Refused as long as any reader holds a snapshot.
        assertEquals(0, checkpoint(other));
      }
    }
  }

  /** 1 where somebody reads or writes, 0 where the log was emptied. */
  private static int checkpoint(Connection connection) throws SQLException {
    connection.createStatement().execute("CREATE TABLE more (x INTEGER)");
    try (ResultSet row =
        connection.createStatement().executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
      return row.getInt(1);
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
    assertEquals(Refusal.Kind.OPTION, refusal.kind());
  }
}
