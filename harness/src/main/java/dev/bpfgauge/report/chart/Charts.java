package dev.bpfgauge.report.chart;

import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.Circle;
import org.knowm.xchart.style.markers.Diamond;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.None;
import org.knowm.xchart.style.markers.Square;
import org.knowm.xchart.style.markers.TriangleDown;
import org.knowm.xchart.style.markers.TriangleUp;

/** The report's kinds of chart, each drawn by XChart and framed by {@link Plot}. */
public final class Charts {
  private static final List<Marker> MARKERS =
      List.of(
          new Circle(),
          new Square(),
          new Diamond(),
          new TriangleUp(),
          new TriangleDown(),
          new Circle());
  private static final Marker NO_MARKER = new None();

  private Charts() {}

  /** As many as there are markers to tell them apart. */
  public static final int MOST_LINES = MARKERS.size();

  /** A chart's name: ids must be unique in the page and the same for the same data. */
  public record Name(String id, String title, String description) {}

  /** What a chart looks like in the page. */
  public record Chart(String id, String title, String svg, List<Key> legend) {}

  /** One entry of a legend; the mark shows shape and colour. */
  public record Key(String name, String mark) {}

  /**
   * One series over shared categories.
   *
   * @param values one a category, NaN where there is none
   * @param halfWidths from the value to the farther end of its interval, NaN where there is none;
   *     an end beyond the axis is drawn at its end
   */
  public record Bars(String name, List<Double> values, List<Double> halfWidths) {}

  /**
   * Bars from zero, side by side, with their intervals; absent where no bar has a height. The axis
   * begins at zero unless a bar lies below it.
   */
  public static @Nullable Chart grouped(
      Name name, List<String> categories, List<Bars> series, String unit) {
    return grouped(name, categories, series, unit, Double.POSITIVE_INFINITY);
  }

  /**
   * The same of a quantity that has an end.
   *
   * @param most where the axis ends at the latest, e.g. 100 for a percentage
   */
  public static @Nullable Chart grouped(
      Name name, List<String> categories, List<Bars> series, String unit, double most) {
    if (isFlat(series.stream().flatMap(bars -> bars.values().stream()))) {
      return null;
    }
    CategoryChart chart = new CategoryChart(100, 100);
    Plot plot = new Plot(64, 34, 520, 230, 8, 44);
    double top = 0;
    double foot = 0;
    for (Bars bars : series) {
      for (int i = 0; i < bars.values().size(); i++) {
        double value = bars.values().get(i);
        double whisker = bars.halfWidths().get(i) > 0 ? bars.halfWidths().get(i) : 0;
        top = value + whisker > top ? value + whisker : top;
        foot = value < 0 ? Math.min(foot, value - whisker) : foot;
      }
    }
    Plot.Scale scale = Plot.Scale.linear(foot, Math.min(top, most), 5, Words::axis, unit);
    Marks.bare(chart, scale.low(), scale.high());
    chart.getStyler().setAvailableSpaceFill(0.72);
    for (int i = 0; i < series.size(); i++) {
      Bars bars = series.get(i);
      var drawn = chart.addSeries(bars.name(), categories, bars.values(), bars.halfWidths());
      drawn.setFillColor(Marks.series(i));
      drawn.setMarker(NO_MARKER);
    }
    plot.yAxis(scale).marks(Marks.of(chart, plot.width(), plot.height()));
    if (foot < 0) {
      double zero = plot.height() - scale.position(0, plot.height());
      plot.line("a", 0, zero, plot.width(), zero);
    }
    plot.categories(categories);
    return new Chart(
        name.id(),
        name.title(),
        plot.svg(name.id(), name.title(), name.description()),
        keys(series.stream().map(Bars::name).toList(), Charts::barMark));
  }

  /** There is nothing to see where nothing was there: the table beside says so in figures. */
  private static boolean isFlat(Stream<Double> values) {
    return values.allMatch(value -> value == 0 || !Double.isFinite(value));
  }

  /**
   * Bars on top of each other; the first series is the lowest, the last has the first colour.
   * Absent where no bar has a height.
   */
  public static @Nullable Chart stacked(
      Name name, List<String> categories, List<Bars> series, String unit) {
    if (isFlat(series.stream().flatMap(bars -> bars.values().stream()))) {
      return null;
    }
    CategoryChart chart = new CategoryChart(100, 100);
    Plot plot = new Plot(64, 34, Math.max(520, 88 * categories.size()), 260, 8, 44);
    double top = 0;
    for (int c = 0; c < categories.size(); c++) {
      double sum = 0;
      for (Bars bars : series) {
        double value = bars.values().get(c);
        sum += value > 0 ? value : 0;
      }
      top = Math.max(top, sum);
    }
    Plot.Scale scale = Plot.Scale.linear(0, top, 5, Words::axis, unit);
    Marks.bare(chart, 0, scale.high());
    chart.getStyler().setAvailableSpaceFill(0.6);
    chart.getStyler().setStacked(true);
    for (int i = 0; i < series.size(); i++) {
      var drawn = chart.addSeries(series.get(i).name(), categories, series.get(i).values());
      drawn.setFillColor(Marks.series(ink(i, series.size())));
      drawn.setMarker(NO_MARKER);
    }
    plot.yAxis(scale).marks(Marks.of(chart, plot.width(), plot.height())).categories(categories);
    return new Chart(
        name.id(),
        name.title(),
        plot.svg(name.id(), name.title(), name.description()),
        keys(series.stream().map(Bars::name).toList(), i -> barMark(ink(i, series.size()))));
  }

  private static int ink(int index, int size) {
    return size - 1 - index;
  }

  /**
   * One series of points over shared rows.
   *
   * @param points one a row
   */
  public record Dots(String name, List<Point> points) {}

  /** A value and the ends of its whisker; NaN where there is none. */
  public record Point(double value, double low, double high) {
    public static final Point NONE = new Point(Double.NaN, Double.NaN, Double.NaN);
  }

  /**
   * One row a thing, its value a point on the horizontal axis, its interval a whisker.
   *
   * @param margin low and high end of a band to shade, or null
   */
  public static Chart dots(
      Name name,
      List<String> rows,
      List<Dots> series,
      Plot.Scale scale,
      @Nullable Interval margin) {
    int labels = rows.stream().mapToInt(String::length).max().orElse(10);
    Plot plot = new Plot(Math.min(300, 24 + labels * 7), 12, 440, 18 + rows.size() * 24, 20, 48);
    XYChart chart = new XYChart(100, 100);
    Marks.bare(chart, 0, rows.size());
    chart.getStyler().setXAxisMin(scale.low());
    chart.getStyler().setXAxisMax(scale.high());
    chart.getStyler().setMarkerSize(9);
    if (margin != null) {
      plot.band(
          "m0",
          scale.position(margin.low(), plot.width()),
          scale.position(margin.high(), plot.width()));
    }
    plot.xAxis(scale);
    if (scale.low() < 0 && scale.high() > 0) {
      double zero = scale.position(0, plot.width());
      plot.line("a", zero, 0, zero, plot.height());
    }
    for (int i = 0; i < series.size(); i++) {
      double shift = series.size() == 1 ? 0 : (i - (series.size() - 1) / 2.0) * 0.22;
      addWhiskers(chart, series.get(i), i, shift);
      addPoints(chart, series.get(i), i, shift);
    }
    plot.marks(Marks.of(chart, plot.width(), plot.height())).rows(rows);
    return new Chart(
        name.id(),
        name.title(),
        plot.svg(name.id(), name.title(), name.description()),
        keys(series.stream().map(Dots::name).toList(), Charts::dotMark));
  }

  private static void addWhiskers(XYChart chart, Dots dots, int index, double shift) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    int rows = dots.points().size();
    for (int row = 0; row < rows; row++) {
      Point point = dots.points().get(row);
      if (point.low() <= point.high()) {
        double at = rows - row - 0.5 - shift;
        x.addAll(List.of(point.low(), point.high(), point.high()));
        y.addAll(List.of(at, at, Double.NaN));
      }
    }
    if (!x.isEmpty()) {
      style(chart.addSeries("whiskers " + index, x, y), index, NO_MARKER);
    }
  }

  private static void addPoints(XYChart chart, Dots dots, int index, double shift) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    int rows = dots.points().size();
    for (int row = 0; row < rows; row++) {
      if (Double.isFinite(dots.points().get(row).value())) {
        x.add(dots.points().get(row).value());
        y.add(rows - row - 0.5 - shift);
      }
    }
    if (!x.isEmpty()) {
      XYSeries points = chart.addSeries("points " + index, x, y);
      style(points, index, MARKERS.get(index));
      points.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }
  }

  /** One line; NaN breaks it. */
  public record Line(String name, List<Double> x, List<Double> y) {}

  /** A stretch of the horizontal axis to shade, e.g. the time of one arm. */
  public record Band(String css, double from, double to) {}

  /**
   * Lines over a shared axis; absent where all of them lie at zero.
   *
   * @param bands shaded behind everything
   * @param strokes places on the horizontal axis marked at its foot
   * @param markers whether each point shows
   */
  public static @Nullable Chart lines(
      Name name,
      List<Line> lines,
      Plot.Scale x,
      Plot.Scale y,
      List<Band> bands,
      List<Double> strokes,
      boolean markers) {
    if (isFlat(lines.stream().flatMap(line -> line.y().stream()))) {
      return null;
    }
    Plot plot = new Plot(64, 34, 520, 200, 16, 48);
    XYChart chart = new XYChart(100, 100);
    Marks.bare(chart, y.low(), y.high());
    chart.getStyler().setXAxisMin(x.low());
    chart.getStyler().setXAxisMax(x.high());
    chart.getStyler().setMarkerSize(8);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      style(
          chart.addSeries("line " + i, line.x(), line.y()),
          i,
          markers ? MARKERS.get(i) : NO_MARKER);
    }
    for (Band band : bands) {
      plot.band(
          band.css(), x.position(band.from(), plot.width()), x.position(band.to(), plot.width()));
    }
    plot.yAxis(y).xAxis(x).strokes(strokes, x).marks(Marks.of(chart, plot.width(), plot.height()));
    return new Chart(
        name.id(),
        name.title(),
        plot.svg(name.id(), name.title(), name.description()),
        keys(lines.stream().map(Line::name).toList(), markers ? Charts::lineMark : i -> stroke(i)));
  }

  private static void style(XYSeries series, int index, Marker marker) {
    series.setMarker(marker);
    series.setMarkerColor(Marks.series(index));
    series.setLineColor(Marks.series(index));
    series.setLineStyle(Marks.LINE);
  }

  private static List<Key> keys(List<String> names, java.util.function.IntFunction<String> mark) {
    return IntStream.range(0, names.size())
        .mapToObj(i ->
            new Key(
                names.get(i),
                "<svg class=\"key\" viewBox=\"0 0 24 14\" aria-hidden=\"true\">"
                    + mark.apply(i)
                    + "</svg>"))
        .toList();
  }

  private static String barMark(int index) {
    return "<path class=\"s" + index + "\" d=\"M3 1L21 1L21 13L3 13Z\"/>";
  }

  private static String stroke(int index) {
    return "<path class=\"l" + index + "\" d=\"M1 7L23 7\"/>";
  }

  private static String dotMark(int index) {
    return "<path class=\"s"
        + index
        + "\" d=\""
        + List.of(
                "M7 7A5 5 0 1 1 17 7A5 5 0 1 1 7 7Z",
                "M7.5 2.5L16.5 2.5L16.5 11.5L7.5 11.5Z",
                "M6 7L12 1L18 7L12 13Z",
                "M7 12L17 12L12 2Z",
                "M7 2L17 2L12 12Z",
                "M7 7A5 5 0 1 1 17 7A5 5 0 1 1 7 7Z")
            .get(index)
        + "\"/>";
  }

  private static String lineMark(int index) {
    return stroke(index) + dotMark(index);
  }
}
