package dev.bpfgauge.trend;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A store from before fingerprints had one name everywhere: its runs and series get their new
 * names, where they are. Folders that were imported from elsewhere need not be there any more.
 */
final class FormerNames {
  private final Connection connection;

  private FormerNames(Connection connection) {
    this.connection = connection;
  }

  /** Within the caller's transaction; nothing where all names are as they should be. */
  static void replace(Connection connection, String place) throws SQLException {
    FormerNames store = new FormerNames(connection);
    for (Map.Entry<String, String> renamed : store.renamed(place).entrySet()) {
      store.runs(renamed.getKey(), renamed.getValue());
      store.series(renamed.getKey(), renamed.getValue());
      store.update(
          "INSERT INTO fingerprints SELECT ?, content FROM fingerprints WHERE name = ?"
              + " ON CONFLICT DO NOTHING",
          renamed.getValue(),
          renamed.getKey());
      store.update("DELETE FROM fingerprints WHERE name = ?", renamed.getKey());
    }
  }

  private Map<String, String> renamed(String place) throws SQLException {
    Map<String, String> renamed = new HashMap<>();
    try (PreparedStatement all =
            connection.prepareStatement("SELECT name, content FROM fingerprints");
        ResultSet rows = all.executeQuery()) {
      while (rows.next()) {
        String name = rows.getString(1);
        Map<String, String> parts = parts(rows.getString(2), place);
        if (name.equals(FingerprintName.former(parts))) {
          renamed.put(name, FingerprintName.of(parts));
        }
      }
    }
    return renamed;
  }

  /** None where the row is damaged: whoever reads it says so. */
  private static Map<String, String> parts(String content, String place) {
    Map<String, String> parts = new HashMap<>();
    try {
      Json.tree(content, place)
          .properties()
          .forEach(part -> parts.put(part.getKey(), part.getValue().stringValue()));
    } catch (RuntimeException e) {
      return Map.of();
    }
    return parts;
  }

  private record Key(long was, long is) {}

  private void runs(String was, String is) throws SQLException {
    List<Key> keys = new ArrayList<>();
    read(
        "SELECT run, id, started, role FROM runs WHERE fingerprint = ?",
        was,
        row ->
            keys.add(
                new Key(
                    row.getLong(1),
                    StoredRun.key(
                        row.getString(2),
                        Instant.ofEpochMilli(row.getLong(3)),
                        is,
                        Role.valueOf(row.getString(4))))));
    for (Key run : keys) {
      // Where a newer program has read the same run into it already.
      update("DELETE FROM points WHERE run = ?", run.is);
      update("DELETE FROM runs WHERE run = ?", run.is);
      update("UPDATE points SET run = ? WHERE run = ?", run.is, run.was);
      update("UPDATE runs SET run = ?, fingerprint = ? WHERE run = ?", run.is, is, run.was);
    }
  }

  private void series(String was, String is) throws SQLException {
    List<Key> keys = new ArrayList<>();
    read(
        "SELECT series, cell, role, delay_ns FROM series WHERE fingerprint = ?",
        was,
        row ->
            keys.add(
                new Key(
                    row.getLong(1),
                    new Series(
                            Json.parse(row.getString(2), Cell.class, "a series of the store"),
                            Role.valueOf(row.getString(3)),
                            row.getLong(4),
                            is)
                        .key())));
    for (Key series : keys) {
      update("DELETE FROM series WHERE series = ?", series.is);
      update("UPDATE points SET series = ? WHERE series = ?", series.is, series.was);
      update(
          "UPDATE series SET series = ?, fingerprint = ? WHERE series = ?",
          series.is,
          is,
          series.was);
    }
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void read(String query, String name, Row each) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          each.read(rows);
        }
      }
    }
  }

  private void update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
