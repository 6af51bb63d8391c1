package dev.bpfgauge.report.site;

import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Change;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.Point;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The history of one cell as a picture: a point a night with the interval of its forks, the level
 * between changes, each change with its size, the anchor, and the newest night beside what it was
 * held against. Nights stand one after the other; a night without a figure is a gap.
 */
final class HistoryChart {
  private static final int WIDTH = NightAxis.WIDTH;
  private static final int HEIGHT = 260;
  private static final int SPARK_WIDTH = 120;
  private static final int SPARK_HEIGHT = 24;

  private final History history;
  private final CellTrend cell;
  private final NightAxis axis;

  HistoryChart(History history, CellTrend cell) {
    this.history = history;
    this.cell = cell;
    axis = new NightAxis(history.nights());
  }

  /**
   * Absent where no night has a figure. The figures fill it; an interval of few forks may reach far
   * beyond them and is cut.
   */
  Charts.@Nullable Chart chart() {
    double[] figures =
        DoubleStream.concat(cell.nights().stream().flatMapToDouble(HistoryChart::time), repeated())
            .toArray();
    if (figures.length == 0) {
      return null;
    }
    double lowest = Arrays.stream(figures).min().orElseThrow();
    double highest = Arrays.stream(figures).max().orElseThrow();
    double reach = Math.max(highest - lowest, highest * 0.02);
    double[] ends =
        cell.nights().stream()
            .flatMapToDouble(HistoryChart::ends)
            .map(end -> Math.clamp(end, Math.max(0, lowest - reach), highest + reach))
            .toArray();
    Plot plot = new Plot(72, 44, WIDTH, HEIGHT, 16, 44);
    Plot.Scale scale = scale(DoubleStream.concat(Arrays.stream(ends), repeated()).toArray());
    plot.yAxis(scale);
    margin(plot, scale);
    axis.dates(plot);
    anchor(plot);
    changes(plot);
    levels(plot, scale);
    points(plot, scale);
    newest(plot, scale);
    String title = history.name(cell) + ", night by night";
    return new Charts.Chart("history", title, plot.svg("history", title, description()), legend());
  }

  private static DoubleStream ends(Point point) {
    Night night = point.night();
    if (night == null) {
      return DoubleStream.empty();
    }
    Interval interval = night.interval95();
    return interval == null
        ? DoubleStream.of(night.time())
        : DoubleStream.of(night.time(), interval.low(), interval.high());
  }

  /** The repetitions, where there are any and something to hold them against. */
  private DoubleStream repeated() {
    double baseline = baseline();
    return Double.isNaN(baseline)
        ? DoubleStream.empty()
        : cell.repeats().stream().mapToDouble(repeat -> baseline * repeat.ratio());
  }

  /** What the newest night was held against; NaN without one. */
  private double baseline() {
    Point newest = cell.newest(history.trend().newest().key());
    Ratio rolling = cell.rolling();
    Night night = newest == null ? null : newest.night();
    return night == null || rolling == null ? Double.NaN : night.time() / rolling.ratio();
  }

  private Plot.Scale scale(double[] ends) {
    double low = Arrays.stream(ends).min().orElseThrow();
    double high = Arrays.stream(ends).max().orElseThrow();
    double room = Math.max((high - low) * 0.12, high * 0.01);
    double from = Math.max(0, low - room);
    return Plot.Scale.linear(
        from,
        high + room,
        5,
        Words::axis,
        history.unit() + " per operation" + (cell.measured() == null ? "" : ", corrected"));
  }

  private double x(Point point) {
    return axis.x(point.run());
  }

  private static double y(Plot.Scale scale, double value) {
    return HEIGHT - scale.position(value, HEIGHT);
  }

  private void margin(Plot plot, Plot.Scale scale) {
    double baseline = baseline();
    Ratio rolling = cell.rolling();
    if (rolling == null || Double.isNaN(baseline)) {
      return;
    }
    double margin = history.trend().newest().margin();
    double top = Math.max(0, y(scale, baseline * (1 + margin)));
    double bottom = Math.min(HEIGHT, y(scale, baseline / (1 + margin)));
    double left = Math.max(0, WIDTH - (rolling.nights() + 1) * axis.step());
    plot.marks(
        "<rect class=\"m0\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>"
            .formatted(
                Plot.at(left),
                Plot.at(top),
                Plot.at(WIDTH - left),
                Plot.at(Math.max(0, bottom - top))));
  }

  private void anchor(Plot plot) {
    Anchor anchor = history.trend().anchor();
    if (anchor == null) {
      return;
    }
    Instant last = anchor.runStartedAt();
    int place = (int) history.nights().stream().filter(n -> !n.startedAt().isAfter(last)).count();
    if (place > 0) {
      plot.marks(
          "<path class=\"anchor\" d=\"M%s 0v%d\"/>".formatted(Plot.at(axis.x(place - 1)), HEIGHT));
      plot.text(
          "t " + (place > 3 ? "e" : ""), axis.x(place - 1) + (place > 3 ? -5 : 5), 12, "anchor");
    }
  }

  private void changes(Plot plot) {
    double lastLabel = Double.NEGATIVE_INFINITY;
    for (Change change : cell.changes()) {
      double x = place(change) * axis.step();
      boolean worse = change.ratio() > 1;
      plot.marks(
          "<path class=\"step %s\" d=\"M%s 0v%d\"/>"
              .formatted(worse ? "slower" : "faster", Plot.at(x), HEIGHT));
      if (x - lastLabel > 60) {
        plot.text("t b m " + (worse ? "slower" : "faster"), x, -6, size(change));
        lastLabel = x;
      }
    }
  }

  private int place(Change change) {
    return Math.max(0, axis.place(change.run()));
  }

  /** {@code ▲ +10.2 %}. */
  static String size(Change change) {
    return (change.ratio() > 1 ? "▲ " : "▼ ") + difference(change.ratio());
  }

  /** A ratio as what was added: {@code +10.2 %}. */
  static String difference(double ratio) {
    return signed(ratio) + Words.THIN + "%";
  }

  /** The same without its sign of per cent; below one per cent with two digits. */
  static String signed(double ratio) {
    int digits = Math.abs(ratio - 1) < 0.01 ? 2 : 1;
    double power = Math.pow(10, digits);
    double percent = Math.rint((ratio - 1) * 100 * power) / power;
    return (percent > 0 ? "+" : "") + Words.decimals(percent + 0.0, digits);
  }

  /** The median of each stretch between changes. */
  private void levels(Plot plot, Plot.Scale scale) {
    List<Integer> cuts = new ArrayList<>(List.of(0));
    cell.changes().forEach(change -> cuts.add(place(change)));
    cuts.add(axis.size());
    for (int i = 1; i < cuts.size(); i++) {
      int from = cuts.get(i - 1);
      int to = cuts.get(i);
      double[] times =
          cell.nights().stream()
              .filter(p -> axis.place(p.run()) >= from)
              .filter(p -> axis.place(p.run()) < to)
              .flatMapToDouble(HistoryChart::time)
              .sorted()
              .toArray();
      if (times.length > 1) {
        double y = y(scale, times[times.length / 2]);
        plot.line("l5", axis.x(from), y, axis.x(to - 1), y);
      }
    }
  }

  private static DoubleStream time(Point point) {
    Night night = point.night();
    return night == null ? DoubleStream.empty() : DoubleStream.of(night.time());
  }

  private void points(Plot plot, Plot.Scale scale) {
    double radius = axis.size() > 200 ? 2 : 3.5;
    StringBuilder marks = new StringBuilder();
    for (int i = 0; i < cell.nights().size(); i++) {
      Point point = cell.nights().get(i);
      Night night = point.night();
      if (night == null) {
        continue;
      }
      double[] ends = ends(point).toArray();
      if (ends.length == 3) {
        marks.append("<path class=\"l0 thin\" d=\"M").append(Plot.at(x(point))).append(' ');
        marks.append(Plot.at(Math.min(HEIGHT, y(scale, ends[1]))));
        marks.append(cutBelow(scale, ends[1])).append('V');
        marks.append(Plot.at(Math.max(0, y(scale, ends[2])))).append(cut(scale, ends[2]));
        marks.append("\"/>");
      }
      marks.append("<circle class=\"s0\" data-i=\"").append(i).append("\" cx=\"");
      marks.append(Plot.at(x(point))).append("\" cy=\"").append(Plot.at(y(scale, night.time())));
      marks.append("\" r=\"").append(Plot.at(radius)).append("\"/>");
    }
    plot.marks(marks.toString());
  }

  /** An arrow's head where the interval goes on beyond the chart. */
  private static String cut(Plot.Scale scale, double high) {
    return y(scale, high) < 0 ? "m-3 4l3 -4l3 4" : "";
  }

  private static String cutBelow(Plot.Scale scale, double low) {
    return y(scale, low) > HEIGHT ? "m-3 -4l3 4l3 -4m-3 4" : "";
  }

  private void newest(Plot plot, Plot.Scale scale) {
    Point newest = cell.newest(history.trend().newest().key());
    Night night = newest == null ? null : newest.night();
    if (newest == null || night == null) {
      return;
    }
    plot.marks(
        "<circle class=\"ring %s\" cx=\"%s\" cy=\"%s\" r=\"7\"/>"
            .formatted(
                SiteWords.css(cell.verdict()),
                Plot.at(x(newest)),
                Plot.at(y(scale, night.time()))));
    repeated()
        .forEach(repeated ->
            plot.marks(
                "<path class=\"again\" d=\"M%s %sl5 5l-5 5l-5 -5z\"/>"
                    .formatted(Plot.at(x(newest)), Plot.at(y(scale, repeated) - 5))));
  }

  private List<Charts.Key> legend() {
    List<Charts.Key> keys = new ArrayList<>();
    keys.add(
        key(
            cell.nights().stream().anyMatch(point -> ends(point).count() > 1)
                ? "a night, with the 95 % interval of its forks (an arrow: longer than the chart)"
                : "a night",
            "<path class=\"l0 thin\" d=\"M12 1v12\"/><circle class=\"s0\" cx=\"12\" cy=\"7\""
                + " r=\"3.5\"/>"));
    keys.add(key("level", "<path class=\"l5\" d=\"M1 7h22\"/>"));
    if (!cell.changes().isEmpty()) {
      keys.add(key("the level changed", "<path class=\"step slower\" d=\"M12 0v14\"/>"));
    }
    if (cell.rolling() != null) {
      keys.add(
          key(
              "baseline nights, ±" + Words.margin(history.trend().newest().margin()),
              "<rect class=\"m0\" width=\"24\" height=\"14\"/>"));
    }
    if (!cell.verdict().isWithoutFigure()) {
      keys.add(
          key(
              "newest: " + cell.verdict().word(),
              "<circle class=\"ring "
                  + SiteWords.css(cell.verdict())
                  + "\" cx=\"12\" cy=\"7\" r=\"5.5\"/>"));
    }
    if (!cell.repeats().isEmpty()) {
      keys.add(key("its repetitions", "<path class=\"again\" d=\"M12 2l5 5l-5 5l-5 -5z\"/>"));
    }
    if (history.trend().anchor() != null) {
      keys.add(key("anchor", "<path class=\"anchor\" d=\"M12 0v14\"/>"));
    }
    return keys;
  }

  static Charts.Key key(String name, String mark) {
    return new Charts.Key(
        name, "<svg class=\"key\" viewBox=\"0 0 24 14\" aria-hidden=\"true\">" + mark + "</svg>");
  }

  private String description() {
    return Words.plural(cell.nights().size(), "night")
        + ". "
        + (cell.changes().isEmpty()
            ? "The level did not change."
            : "The level changed "
                + Words.list(
                    cell.changes().stream()
                        .map(c ->
                            difference(c.ratio())
                                + " on "
                                + NightAxis.DAY_OF_YEAR.format(c.startedAt()))
                        .toList())
                + ".")
        + " Newest: "
        + cell.verdict().word()
        + ". The axis does not begin at zero; the table below has every figure.";
  }

  /** The same as a line of a table: levels alone. */
  String spark() {
    double[] times = cell.nights().stream().flatMapToDouble(HistoryChart::time).toArray();
    if (times.length < 2) {
      return "";
    }
    double low = Arrays.stream(times).min().orElseThrow();
    double high = Math.max(Arrays.stream(times).max().orElseThrow(), low * 1.05);
    double step = (SPARK_WIDTH - 6.0) / Math.max(1, axis.size() - 1);
    StringBuilder path = new StringBuilder();
    String end = "";
    for (Point point : cell.nights()) {
      Night night = point.night();
      if (night != null) {
        double x = 3 + axis.place(point.run()) * step;
        double y = SPARK_HEIGHT - 4 - (night.time() - low) / (high - low) * (SPARK_HEIGHT - 8);
        path.append(path.isEmpty() ? 'M' : 'L').append(Plot.at(x)).append(' ').append(Plot.at(y));
        end = "cx=\"" + Plot.at(x) + "\" cy=\"" + Plot.at(y) + "\"";
      }
    }
    return "<svg class=\"spark\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\"><path class=\"l5\" d=\"%s\"/><circle class=\"ring %s\" %s r=\"2.5\"/></svg>"
        .formatted(SPARK_WIDTH, SPARK_HEIGHT, path, SiteWords.css(cell.verdict()), end);
  }
}
