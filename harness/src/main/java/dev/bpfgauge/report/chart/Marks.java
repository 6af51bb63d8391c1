package dev.bpfgauge.report.chart;

import dev.bpfgauge.stats.Interval;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.PathIterator;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;

/**
 * What XChart draws inside the axes, as small SVG paths. XChart turns all text into outlines (77 KB
 * for three bars), so it is asked for the marks alone; {@link Plot} writes axes and words as text.
 * Colours leave as CSS classes: the page's style sheet decides them for light, dark and paper.
 */
public final class Marks {
  /** Colours a reader with any colour vision can tell apart; more series go to the table only. */
  public static final int MAX_SERIES = 6;

  /** The colour of error bars and whiskers. */
  static final Color WHISKER = new Color(0, 0, 1);

  static final BasicStroke LINE = new BasicStroke(2);

  private static final Interval NO_END =
      new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  private static final Color NOTHING = new Color(0, 0, 0, 0);

  private Marks() {}

  /** Stands for series {@code index} until the style sheet colours it. */
  public static Color series(int index) {
    return new Color(index + 1, 0, 0);
  }

  /** Takes titles, legend, axes, grid and margins off, so that marks fill the given size. */
  public static <T extends AxesChartStyler> void bare(
      Chart<T, ?> chart, double yLow, double yHigh) {
    T style = chart.getStyler();
    style.setChartTitleVisible(false);
    style.setLegendVisible(false);
    style.setChartPadding(0);
    style.setChartBackgroundColor(NOTHING);
    style.setPlotBackgroundColor(NOTHING);
    style.setPlotBorderVisible(false);
    style.setPlotContentSize(1.0);
    style.setPlotMargin(0);
    style.setPlotGridLinesVisible(false);
    style.setPlotTicksMarksVisible(false);
    style.setAxisTicksVisible(false);
    style.setAxisTitlesVisible(false);
    style.setXAxisTickLabelsFormattingFunction(at -> "");
    style.setYAxisTickLabelsFormattingFunction(at -> "");
    style.setErrorBarsColor(WHISKER);
    style.setYAxisMin(yLow);
    style.setYAxisMax(yHigh);
  }

  /** Whiskers end where the plot does: an interval cut short by what can be reaches to there. */
  public static String of(CategoryChart chart, int width, int height) {
    DrawnShapes graphics = new DrawnShapes();
    chart.paint(graphics, width, height);
    return paths(graphics.shapes(), new Interval(0, height));
  }

  public static String of(XYChart chart, int width, int height) {
    DrawnShapes graphics = new DrawnShapes();
    chart.paint(graphics, width, height);
    return paths(graphics.shapes(), NO_END);
  }

  /**
   * Neighbouring shapes of one class share a path, lines that meet a point: a third of the bytes.
   */
  private static String paths(List<DrawnShapes.Drawn> shapes, Interval whiskers) {
    StringBuilder out = new StringBuilder();
    String open = "";
    String end = "";
    for (DrawnShapes.Drawn drawn : shapes) {
      Color color = drawn.color();
      if (color.getAlpha() == 0) {
        continue;
      }
      String data = data(drawn.shape(), color.equals(WHISKER) ? whiskers : NO_END);
      if (data.isEmpty()) {
        continue;
      }
      String css = cssClass(color, drawn.filled());
      if (!css.equals(open)) {
        out.append(open.isEmpty() ? "" : "\"/>")
            .append("<path class=\"")
            .append(css)
            .append("\" d=\"");
        open = css;
        end = "";
      }
      String joined = data.startsWith("M" + end + "L") ? data.substring(1 + end.length()) : data;
      out.append(joined);
      end = data.substring(data.lastIndexOf('L') + 1);
    }
    return out.append(open.isEmpty() ? "" : "\"/>").toString();
  }

  private static String cssClass(Color color, boolean fill) {
    if (color.equals(WHISKER)) {
      return "w";
    }
    return (fill ? "s" : "l") + (color.getRed() - 1);
  }

  private static String data(Shape shape, Interval height) {
    StringBuilder out = new StringBuilder();
    double[] at = new double[6];
    for (PathIterator path = shape.getPathIterator(null); !path.isDone(); path.next()) {
      int kind = path.currentSegment(at);
      int numbers = List.of(2, 2, 4, 6, 0).get(kind);
      out.append("MLQCZ".charAt(kind));
      for (int i = 0; i < numbers; i++) {
        if (!Double.isFinite(at[i])) {
          return "";
        }
        double coordinate = i % 2 == 0 ? at[i] : Math.clamp(at[i], height.low(), height.high());
        out.append(i == 0 ? "" : " ").append(Plot.at(coordinate));
      }
    }
    return out.toString();
  }
}
