package dev.bpfgauge.top;

import dev.bpfgauge.os.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows as text: as many columns as there is room for, no line wider, names cut with an ellipsis.
 */
final class TopTable {
  private static final String NONE = "-";
  private static final double KIB = 1024;

  /**
   * A column.
   *
   * @param width of its text; the flexible ones share what is left
   * @param left whether it is set to the left
   */
  private record Column(String head, int width, boolean left, Function<ProgramRow, String> text) {
    /** Those to the left get what room there is. */
    boolean isFlexible() {
      return left && !head.equals("TYPE") && !head.startsWith("UNIT");
    }
  }

  private static final Column ID = right("ID", 6, row -> Integer.toString(row.id()));
  private static final Column TYPE = left("TYPE", 14, row -> row.program().typeWord());
  private static final Column NAME = left("NAME", 15, TopTable::name);
  private static final Column HOOK = left("HOOK", 17, ProgramRow::hookWords);
  private static final Column OWNER = left("OWNER", 13, ProgramRow::ownerWords);
  private static final Column UNIT = left("UNIT OR CONTAINER", 20, TopTable::unit);
  private static final Column RUNS = right("RUNS/S", 7, row -> count(row.runsPerSecond()));
  private static final Column NANOS = right("NS/RUN", 6, row -> count(row.nanosPerRun()));
  private static final Column CPU = right("%CPU", 7, TopTable::percent);
  private static final Column MISSED =
      right(
          "MISSED",
          6,
          row -> row.missed().isEmpty() ? NONE : count((double) row.missed().getAsLong()));
  private static final Column MAPS = right("MAPS", 5, TopTable::maps);
  private static final Column MEMORY = right("MEMORY", 7, row -> bytes(row.mapBytes()));
  private static final Column JIT = right("JITED", 6, row -> bytes(row.program().jitedBytes()));

  /** The most that there is room for is shown: the first that fits, else the last. */
  private static final List<List<Column>> CHOICES =
      List.of(
          List.of(ID, TYPE, NAME, HOOK, OWNER, UNIT, RUNS, NANOS, CPU, MISSED, MAPS, MEMORY, JIT),
          List.of(ID, NAME, HOOK, OWNER, RUNS, NANOS, CPU, MISSED, MAPS, MEMORY),
          List.of(ID, NAME, HOOK, OWNER, RUNS, NANOS, CPU),
          List.of(ID, narrow(NAME, 12), narrow(HOOK, 14), narrow(OWNER, 11), RUNS, NANOS, CPU),
          List.of(ID, NAME, HOOK, RUNS, CPU),
          List.of(ID, NAME, RUNS, CPU),
          List.of(ID, narrow(NAME, 4), CPU));

  /** On a narrower terminal names need the room of a history. */
  private static final int NARROWEST_WITH_HISTORY = 100;

  /** Looks that a history shows. */
  private static final int HISTORY = 9;

  private final int width;
  private final @Nullable ProgramHistory history;

  /** Without history. */
  TopTable(int width) {
    this(width, null);
  }

  /**
   * @param history what each row's last column is of; left out on a narrow terminal
   */
  TopTable(int width, @Nullable ProgramHistory history) {
    this.width = width;
    this.history = history;
  }

  private static Column left(String head, int width, Function<ProgramRow, String> text) {
    return new Column(head, width, true, text);
  }

  private static Column right(String head, int width, Function<ProgramRow, String> text) {
    return new Column(head, width, false, text);
  }

  private static Column narrow(Column column, int width) {
    return new Column(column.head, width, column.left, column.text);
  }

  /** Head and rows, a line each. */
  List<String> lines(List<ProgramRow> rows) {
    @Nullable ProgramHistory past = width < NARROWEST_WITH_HISTORY ? null : history;
    int room = past == null ? width : width - HISTORY - 1;
    List<Column> columns = widest(room);
    long flexible = columns.stream().filter(Column::isFlexible).count();
    int spare = (int) (Math.max(0, room - length(columns)) / flexible);
    List<String> lines = new ArrayList<>();
    lines.add(line(columns, spare, Column::head) + (past == null ? "" : " HISTORY"));
    for (ProgramRow row : rows) {
      String line = line(columns, spare, column -> column.text.apply(row));
      String bars = past == null ? "" : " " + past.bars(row, HISTORY);
      lines.add((line + bars).stripTrailing());
    }
    return lines;
  }

  private static List<Column> widest(int room) {
    return CHOICES.stream()
        .filter(columns -> length(columns) <= room)
        .findFirst()
        .orElse(CHOICES.getLast());
  }

  private static int length(List<Column> columns) {
    return columns.stream().mapToInt(column -> column.width + 1).sum() - 1;
  }

  private static String line(List<Column> columns, int spare, Function<Column, String> text) {
    StringBuilder line = new StringBuilder();
    for (Column column : columns) {
      int room = column.width + (column.isFlexible() ? spare : 0);
      String cell = cut(Shown.name(text.apply(column)), room);
      String space = " ".repeat(room - cell.length());
      line.append(line.isEmpty() ? "" : " ").append(column.left ? cell + space : space + cell);
    }
    return line.toString();
  }

  private static String cut(String text, int room) {
    return text.length() <= room ? text : text.substring(0, room - 1) + "…";
  }

  private static String name(ProgramRow row) {
    return row.program().name().isEmpty() ? NONE : row.program().name();
  }

  private static String unit(ProgramRow row) {
    return row.holders().stream()
        .map(h -> h.container().isEmpty() ? h.unit() : h.container())
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** {@code ~} in front of an estimate, {@code >} where the hook's own cost is left out. */
  private static String percent(ProgramRow row) {
    if (!row.isCounted()) {
      return NONE;
    }
    String mark =
        switch (row.dispatch().knowledge()) {
          case MEASURED -> "";
          case ESTIMATE -> "~";
          case UNKNOWN -> ">";
        };
    return row.runs() == 0 ? "0" : mark + percent(row.totalPercent());
  }

  static String percent(double value) {
    return Double.isNaN(value)
        ? NONE
        : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
  }

  /** {@code s} behind the number where some of them are shared and counted elsewhere. */
  private static String maps(ProgramRow row) {
    boolean elsewhere = row.maps().stream().anyMatch(map -> !map.counted());
    return row.maps().size() + (elsewhere ? "s" : "");
  }

  /** {@code 950}, {@code 12.3k}, {@code 4.5M}. */
  static String count(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    if (value < 10 && value > 0) {
      return String.format(Locale.ROOT, "%.1f", value);
    }
    String[] units = {"", "k", "M", "G", "T"};
    return scaled(value, 1000, units);
  }

  /** {@code 950}, {@code 12.3K}, {@code 4.5M}, in units of 1024. */
  static String bytes(long value) {
    return scaled((double) value, KIB, new String[] {"", "K", "M", "G", "T"});
  }

  private static String scaled(double value, double step, String[] units) {
    int unit = 0;
    double scaled = value;
    while (scaled >= step * 0.9995 && unit < units.length - 1) {
      scaled /= step;
      unit++;
    }
    return unit == 0
        ? String.format(Locale.ROOT, "%.0f", scaled)
        : String.format(Locale.ROOT, scaled < 100 ? "%.1f%s" : "%.0f%s", scaled, units[unit]);
  }
}
