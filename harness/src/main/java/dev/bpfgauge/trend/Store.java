package dev.bpfgauge.trend;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.stats.Night;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * The history of runs in a database: SQLite in one file, or PostgreSQL, which several machines
 * write to at once. Everything in it follows from the run folders and can be read again from them;
 * docs/formats.md has the tables.
 *
 * <p>Keys are hashes of what they name, so that writers need not agree on them. A run's rows are
 * written in one transaction: a reader sees all of a run or nothing.
 */
public final class Store implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());
  private static final String SQLITE = "jdbc:sqlite:";

  /** A store for one command, where there is no place for a file. */
  public static final String MEMORY = SQLITE + ":memory:";

  private static final String POSTGRESQL = "jdbc:postgresql:";

  /** Result codes of SQLite: SQLITE_ERROR (a statement that does not fit), CORRUPT, NOTADB. */
  private static final Set<Integer> NOT_OUR_FILE = Set.of(1, 11, 26);

  /** Extended result codes have more bits above these. */
  private static final int SQLITE_PRIMARY_CODE = 0xff;

  /** PostgreSQL's states for a column, a table, a type or a number of values that does not fit. */
  private static final Set<String> NOT_OUR_TABLES = Set.of("42703", "42P01", "42804", "42601");

  /** System property of SQLite's driver. */
  private static final String LIBRARY_FOLDER = "org.sqlite.tmpdir";

  /** How long one writer waits for another. */
  private static final int BUSY_SECONDS = 60;

  private static final int BATCH = 1000;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS fingerprints (
            name VARCHAR(64) PRIMARY KEY,
            content TEXT NOT NULL)
          """,
          """
          CREATE TABLE IF NOT EXISTS runs (
            run BIGINT PRIMARY KEY,
            id TEXT NOT NULL,
            role TEXT NOT NULL,
            started BIGINT NOT NULL,
            status TEXT NOT NULL,
            version TEXT NOT NULL,
            fingerprint VARCHAR(64) NOT NULL,
            clock TEXT NOT NULL,
            margin DOUBLE PRECISION NOT NULL,
            digest TEXT NOT NULL,
            folder TEXT NOT NULL)
          """,
          """
          CREATE TABLE IF NOT EXISTS series (
            series BIGINT PRIMARY KEY,
            cell TEXT NOT NULL,
            role TEXT NOT NULL,
            delay_ns BIGINT NOT NULL,
            fingerprint VARCHAR(64) NOT NULL)
          """,
          """
          CREATE TABLE IF NOT EXISTS points (
            series BIGINT NOT NULL,
            started BIGINT NOT NULL,
            run BIGINT NOT NULL,
            time_ns DOUBLE PRECISION,
            deviation DOUBLE PRECISION,
            forks INTEGER NOT NULL,
            p99_ns DOUBLE PRECISION,
            reason TEXT NOT NULL,
            reference_ns DOUBLE PRECISION,
            corrected_deviation DOUBLE PRECISION,
            company DOUBLE PRECISION,
            lack VARCHAR(16),
            PRIMARY KEY (series, started, run))
          """,
          "CREATE INDEX IF NOT EXISTS points_of_run ON points (run)");

  /** Columns of points that a store may be without, and their types. */
  private static final Map<String, String> ADDED =
      new TreeMap<>(
          Map.of(
              "reference_ns",
              "DOUBLE PRECISION",
              "corrected_deviation",
              "DOUBLE PRECISION",
              "company",
              "DOUBLE PRECISION",
              "lack",
              "VARCHAR(16)"));

  /** The embedded file is damaged, or of another version; it can be made again. */
  public static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String file, SQLException cause) {
      super(file + " is damaged (" + cause.getMessage() + ")", cause);
    }
  }

  private final Connection connection;
  private final String place;

  private Store(Connection connection, String place) {
    this.connection = connection;
    this.place = place;
  }

  /**
   * Opens a store, and makes its tables where they are missing.
   *
   * @param url a JDBC URL of SQLite or PostgreSQL
   * @throws Refusal where it is neither, or the server does not answer or let us in
   * @throws DamagedException where the file is no database, or a broken one
   */
  public static Store open(String url) throws DamagedException {
    String place = url.startsWith(SQLITE) ? url.substring(SQLITE.length()) : withoutSecrets(url);
    if (!url.startsWith(SQLITE) && !url.startsWith(POSTGRESQL)) {
      throw Refusal.option(
          "--store takes jdbc:sqlite:FILE or jdbc:postgresql://HOST/DATABASE, not '"
              + place
              + "'.");
    }
    try {
      // A shaded jar and a modular class path find drivers by different ways; this is the plain
      // one.
      Class.forName(url.startsWith(SQLITE) ? "org.sqlite.JDBC" : "org.postgresql.Driver");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the jar has both drivers", e);
    }
    Patience patience = new Patience();
    while (true) {
      Store store = null;
      try {
        store = new Store(connection(url), place);
        store.prepare(url.startsWith(POSTGRESQL));
        return store;
      } catch (SQLException e) {
        if (store != null) {
          store.close();
        }
        if (!patience.triesAgainAfter(e)) {
          throw refusal(place, e);
        }
      } catch (RuntimeException e) {
        if (store != null) {
          store.close();
        }
        throw e;
      }
    }
  }

  /**
   * Where a transaction of SQLite has read before it writes, or a file gets its journal, the driver
   * does not wait for another writer: it says at once that the file is busy, and beginning again is
   * what helps (sqlite.org/rescode.html#busy).
   */
  private static final class Patience {
    private static final int SQLITE_BUSY = 5;

    /** The rest of an extended code tells what kind of busy it is. */
    private static final int PRIMARY = 0xff;

    private static final int PAUSE_MILLIS = 20;

    private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BUSY_SECONDS);

    boolean triesAgainAfter(SQLException e) {
      if ((e.getErrorCode() & PRIMARY) != SQLITE_BUSY || System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
        return true;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /** The URL of the embedded file in a folder of runs. */
  public static String in(Path resultsFolder) {
    return SQLITE + resultsFolder.resolve("history.db");
  }

  /** The embedded file; absent where a server or the memory holds the store. */
  public static @Nullable Path file(String url) {
    return url.startsWith(SQLITE) && !url.equals(MEMORY)
        ? Path.of(url.substring(SQLITE.length()))
        : null;
  }

  /**
   * A file's name as SQLite's driver takes it: in a plain one it would look for settings behind a
   * question mark, and in a URI for a fragment behind a number sign.
   */
  private static String uri(Path file) {
    return SQLITE + file.toAbsolutePath().toUri();
  }

  /** The driver's library must be unpacked where libraries may be loaded from. */
  private static void giveRoomToItsLibrary() {
    if (System.getProperty(LIBRARY_FOLDER) == null) {
      try {
        System.setProperty(LIBRARY_FOLDER, Scratch.own().toString());
      } catch (IOException e) {
        throw new Refusal(
            Refusal.Kind.ENVIRONMENT,
            "the store's library cannot be unpacked: " + e.getMessage(),
            e);
      }
    }
  }

  /** A user and a password may stand in a URL; they are nobody's business. */
  static String withoutSecrets(String url) {
    int question = url.indexOf('?');
    String plain = question < 0 ? url : url.substring(0, question);
    return plain.replaceFirst("//[^/@]*@", "//");
  }

  private static Connection connection(String url) throws SQLException {
    Path file = file(url);
    Properties properties = new Properties();
    if (url.startsWith(SQLITE)) {
      giveRoomToItsLibrary();
    }
    if (file != null) {
      makeFolder(file);
      properties.setProperty("busy_timeout", Integer.toString(BUSY_SECONDS * 1000));
      properties.setProperty("journal_mode", "WAL");
      properties.setProperty("synchronous", "NORMAL");
    } else if (!url.equals(MEMORY)) {
      properties.setProperty("connectTimeout", "10");
      properties.setProperty("reWriteBatchedInserts", "true");
    }
    return DriverManager.getConnection(file == null ? url : uri(file), properties);
  }

  private static void makeFolder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    try {
      if (parent != null) {
        Files.createDirectories(parent);
      }
    } catch (IOException e) {
      throw Refusal.environment(
          "the folder of the store cannot be made: " + parent + "; --store names another.");
    }
  }

  private void prepare(boolean server) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      if (server) {
        // Two writers that start together would both try to make the tables.
        statement.execute("SELECT pg_advisory_xact_lock(722133)");
      }
      for (String table : TABLES) {
        statement.execute(table);
      }
    }
    addColumns();
    FormerNames.replace(connection, place);
    connection.commit();
  }

  /** What points of an older program's store do not have yet; its runs are read anew. */
  private void addColumns() throws SQLException {
    List<String> missing = missingColumns();
    connection.commit(); // A transaction that has read does not wait for another's writing.
    try (Statement statement = connection.createStatement()) {
      for (String column : missing) {
        statement.execute("ALTER TABLE points ADD COLUMN " + column + " " + ADDED.get(column));
      }
    } catch (SQLException e) {
      rollBack(e);
      if (!missingColumns().isEmpty()) {
        throw e;
      } // Another writer of the same file added them at the same moment.
    }
  }

  private List<String> missingColumns() throws SQLException {
    List<String> missing = new ArrayList<>(ADDED.keySet());
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM points WHERE 1 = 0")) {
      for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
        missing.remove(none.getMetaData().getColumnName(i));
      }
    }
    return missing;
  }

  /** A run and all that it says, in place of what was there of it. */
  void put(StoredRun run, SortedMap<String, String> fingerprint, Map<Series, Point> points)
      throws DamagedException {
    inTransaction(() -> {
      update(
          "INSERT INTO fingerprints VALUES (?, ?) ON CONFLICT DO NOTHING",
          run.fingerprint(),
          Json.line(fingerprint));
      // A second writer of the same run waits for this row.
      update(
          """
          INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (run) DO UPDATE SET status = EXCLUDED.status, digest = EXCLUDED.digest,
            folder = EXCLUDED.folder
          """,
          run.key(),
          run.id(),
          run.role().name(),
          run.startedAt().toEpochMilli(),
          run.status().name(),
          run.version(),
          run.fingerprint(),
          run.clock(),
          run.margin(),
          run.digest(),
          run.folder());
      update("DELETE FROM points WHERE run = ?", run.key());
      insertSeries(points.keySet().stream().toList());
      insertPoints(points);
    });
  }

  private void insertSeries(List<Series> all) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO series VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
      // In one order for all writers, or two of them wait for each other.
      for (Series series : all.stream().sorted((a, b) -> Long.compare(a.key(), b.key())).toList()) {
        set(
            insert,
            series.key(),
            Json.line(series.cell()),
            series.role().name(),
            series.delayNanos(),
            series.fingerprint());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void insertPoints(Map<Series, Point> points) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO points (series, started, run, time_ns, deviation, forks, p99_ns, reason,
              reference_ns, corrected_deviation, company, lack)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      int waiting = 0;
      for (Map.Entry<Series, Point> entry : points.entrySet()) {
        Point point = entry.getValue();
        Night night = point.measured();
        Night.Beside beside = night == null ? null : night.beside();
        Point.Lack lack = point.lack();
        set(
            insert,
            entry.getKey().key(),
            point.startedAt().toEpochMilli(),
            point.run(),
            night == null ? null : night.time(),
            night == null ? null : orNull(night.deviation()),
            night == null ? 0 : night.forks(),
            orNull(point.p99()),
            point.reason(),
            beside == null ? null : beside.reference(),
            beside == null ? null : orNull(beside.deviation()),
            orNull(point.company()),
            lack == null ? null : lack.name());
        insert.addBatch();
        if (++waiting % BATCH == 0) {
          insert.executeBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private static @Nullable Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** Run key → digest of every run that is there. */
  Map<Long, String> digests() throws DamagedException {
    Map<Long, String> digests = new TreeMap<>();
    query("SELECT run, digest FROM runs", row -> digests.put(row.getLong(1), row.getString(2)));
    return digests;
  }

  /** Takes out runs. */
  void forget(List<Long> runs) throws DamagedException {
    inTransaction(() -> {
      for (long run : runs) {
        update("DELETE FROM points WHERE run = ?", run);
        update("DELETE FROM runs WHERE run = ?", run);
      }
    });
  }

  /** Every run, oldest first. */
  public List<StoredRun> runs() throws DamagedException {
    List<StoredRun> runs = new ArrayList<>();
    query(
        """
        SELECT id, role, started, status, version, fingerprint, clock, margin, digest, folder
        FROM runs ORDER BY started, id
        """,
        row ->
            runs.add(
                new StoredRun(
                    row.getString(1),
                    Role.valueOf(row.getString(2)),
                    Instant.ofEpochMilli(row.getLong(3)),
                    RunInfo.Status.valueOf(row.getString(4)),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getDouble(8),
                    row.getString(9),
                    row.getString(10))));
    return runs;
  }

  /** The parts of a fingerprint by name; empty where the store does not know it. */
  public SortedMap<String, String> fingerprint(String name) throws DamagedException {
    SortedMap<String, String> parts = new TreeMap<>();
    query(
        "SELECT content FROM fingerprints WHERE name = ?",
        row ->
            Json.tree(row.getString(1), place)
                .properties()
                .forEach(part -> parts.put(part.getKey(), part.getValue().stringValue())),
        name);
    return Collections.unmodifiableSortedMap(parts);
  }

  /** Every series of a fingerprint, by the cell's id. */
  public List<Series> series(String fingerprint) throws DamagedException {
    List<Series> all = new ArrayList<>();
    query(
        "SELECT cell, role, delay_ns FROM series WHERE fingerprint = ? ORDER BY cell, role",
        row ->
            all.add(
                new Series(
                    Json.parse(row.getString(1), Cell.class, place),
                    Role.valueOf(row.getString(2)),
                    row.getLong(3),
                    fingerprint)),
        fingerprint);
    return all;
  }

  /**
   * The newest points of a series.
   *
   * @param most so many at most
   * @return oldest first
   */
  public List<Point> points(Series series, int most) throws DamagedException {
    List<Point> points = new ArrayList<>();
    query(
        """
        SELECT run, started, time_ns, deviation, forks, p99_ns, reason, reference_ns,
          corrected_deviation, company, lack
        FROM points WHERE series = ? ORDER BY started DESC, run LIMIT ?
        """,
        row -> points.add(point(row)),
        series.key(),
        most);
    return points.reversed();
  }

  private static Point point(ResultSet row) throws SQLException {
    double time = real(row, 3);
    double reference = real(row, 8);
    String lack = row.getString(11);
    Night.Beside beside =
        Double.isNaN(reference) ? null : new Night.Beside(reference, real(row, 9));
    return new Point(
        row.getLong(1),
        Instant.ofEpochMilli(row.getLong(2)),
        Double.isNaN(time) ? null : new Night(time, real(row, 4), row.getInt(5), beside),
        real(row, 10),
        lack == null ? null : Point.Lack.valueOf(lack),
        real(row, 6),
        row.getString(7));
  }

  private static double real(ResultSet row, int column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Double.NaN : value;
  }

  /** How many points there are in all. */
  public long size() throws DamagedException {
    long[] size = new long[1];
    query("SELECT COUNT(*) FROM points", row -> size[0] = row.getLong(1));
    return size[0];
  }

  /** Where the file is busy it is begun again, before a row was read. */
  private interface Work {
    void run() throws SQLException;
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void inTransaction(Work work) throws DamagedException {
    Patience patience = new Patience();
    boolean done = false;
    while (!done) {
      try {
        work.run();
        connection.commit();
        done = true;
      } catch (SQLException e) {
        rollBack(e);
        if (!patience.triesAgainAfter(e)) {
          throw refusal(place, e);
        }
      } catch (RuntimeException e) {
        rollBack(e); // A row that cannot be understood must not leave the transaction open.
        throw e;
      }
    }
  }

  private void rollBack(Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private void update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, values);
      statement.executeUpdate();
    }
  }

  private void query(String sql, Row reader, Object... values) throws DamagedException {
    inTransaction(() -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        set(statement, values);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
    });
  }

  private static void set(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  /** Damaged, or with tables that our statements do not fit: of another version, or not ours. */
  private static boolean canBeMadeAgain(SQLException e) {
    return e instanceof SQLiteException
        ? NOT_OUR_FILE.contains(e.getErrorCode() & SQLITE_PRIMARY_CODE)
        : NOT_OUR_TABLES.contains(String.valueOf(e.getSQLState()));
  }

  private static Refusal refusal(String place, SQLException e) throws DamagedException {
    if (canBeMadeAgain(e)) {
      throw new DamagedException(place, e);
    }
    String message = String.valueOf(e.getMessage());
    String first = message.lines().findFirst().orElse("").strip();
    return new Refusal(
        Refusal.Kind.ENVIRONMENT,
        String.format(
            Locale.ROOT, "the store %s does not do it: %s; --store names another.", place, first),
        e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.DEBUG, "what was committed is on the disk", e);
    }
  }
}
