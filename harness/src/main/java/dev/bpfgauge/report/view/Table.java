package dev.bpfgauge.report.view;

import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of the page, as data: the template makes it HTML.
 *
 * @param id unique in the page
 * @param caption what it shows
 * @param heads one a column
 * @param rows as many cells as there are heads
 */
public record Table(String id, String caption, List<Head> heads, List<Row> rows) {

  /**
   * The head of a column.
   *
   * @param text what the column holds, with its unit
   * @param css {@code t} for words, empty for numbers
   */
  public record Head(String text, String css) {}

  /** One row; its first cell names it. */
  public record Row(List<Datum> cells) {}

  /**
   * One place of a table.
   *
   * @param text what stands there
   * @param css {@code t} for words, a verdict's word, or empty for numbers
   * @param href where it leads, empty for nowhere
   */
  public record Datum(String text, String css, String href) {
    public Datum(String text, String css) {
      this(text, css, "");
    }
  }

  /** Columns are numbers unless their head starts with a tilde, which marks words. */
  public static Builder of(String id, String caption, String... heads) {
    return new Builder(id, caption, List.of(heads));
  }

  /**
   * A verdict.
   *
   * @param unit of the figures that were compared
   */
  public static Datum verdict(Verdict verdict, String unit) {
    return new Datum(mark(verdict) + " " + Words.verdict(verdict, unit), "t v " + verdict.word());
  }

  /** A sign that tells verdicts apart without colour. */
  public static String mark(Verdict verdict) {
    return switch (verdict) {
      case SLOWER -> "▲";
      case FASTER -> "▼";
      case EQUIVALENT -> "=";
      case INCONCLUSIVE -> "?";
    };
  }

  public static final class Builder {
    private final String id;
    private final String caption;
    private final List<Head> heads;
    private final List<Row> rows = new ArrayList<>();

    private Builder(String id, String caption, List<String> heads) {
      this.id = id;
      this.caption = caption;
      this.heads =
          heads.stream()
              .map(h -> h.startsWith("~") ? new Head(h.substring(1), "t") : new Head(h, ""))
              .toList();
    }

    public Builder row(Object... cells) {
      List<Datum> row = new ArrayList<>();
      for (int i = 0; i < cells.length; i++) {
        row.add(cells[i] instanceof Datum d ? d : new Datum((String) cells[i], heads.get(i).css()));
      }
      if (row.size() != heads.size()) {
        throw new IllegalArgumentException(
            id + ": " + heads.size() + " columns, but a row of " + Arrays.toString(cells));
      }
      rows.add(new Row(row));
      return this;
    }

    public Table build() {
      return new Table(id, caption, heads, List.copyOf(rows));
    }
  }
}
