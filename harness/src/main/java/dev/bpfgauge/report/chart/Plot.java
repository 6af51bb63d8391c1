package dev.bpfgauge.report.chart;

import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * One SVG picture: the frame (grid, ticks, words as text) around the marks XChart drew. Coordinates
 * are rounded to a tenth; ids come from the caller, so that the same data gives the same bytes.
 */
public final class Plot {

  /** A place on an axis and what stands there. */
  public record Tick(double at, String label) {}

  /** A scale from {@code low} to {@code high} with its ticks; the title carries the unit. */
  public record Scale(double low, double high, List<Tick> ticks, String title) {

    private static final List<Double> STEPS = List.of(1.0, 2.0, 2.5, 5.0);

    public double position(double value, double length) {
      return (value - low) / (high - low) * length;
    }

    /** Ticks at 1, 2, 2.5 or 5 × 10ⁿ; the upper end is rounded up to a tick. */
    public static Scale linear(
        double low, double high, int wanted, DoubleFunction<String> label, String title) {
      double top = high > low ? high : low + 1;
      double raw = (top - low) / wanted;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double step = power * STEPS.stream().filter(s -> raw <= s * power).findFirst().orElse(10.0);
      long first = (long) Math.ceil(low / step - 1e-9);
      long last = (long) Math.ceil(top / step - 1e-9);
      List<Tick> ticks = new ArrayList<>();
      for (long i = first; i <= last; i++) {
        ticks.add(new Tick(i * step, label.apply(i * step)));
      }
      return new Scale(low, last * step, List.copyOf(ticks), title);
    }
  }

  private final int left;
  private final int top;
  private final int width;
  private final int height;
  private final int right;
  private final int bottom;
  private final StringBuilder body = new StringBuilder();

  public Plot(int left, int top, int width, int height, int right, int bottom) {
    this.left = left;
    this.top = top;
    this.width = width;
    this.height = height;
    this.right = right;
    this.bottom = bottom;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** A coordinate with one decimal, without a trailing {@code .0}. */
  public static String at(double value) {
    long tenths = Math.round(value * 10);
    return tenths % 10 == 0
        ? Long.toString(tenths / 10)
        : String.format(
            Locale.ROOT,
            "%s%d.%d",
            tenths < 0 ? "-" : "",
            Math.abs(tenths / 10),
            Math.abs(tenths % 10));
  }

  /** Horizontal grid lines, their labels on the left and the title above. */
  public Plot yAxis(Scale scale) {
    for (Tick tick : scale.ticks()) {
      double y = height - scale.position(tick.at(), height);
      line("g", 0, y, width, y);
      text("t e", -8, y + 4, tick.label());
    }
    return text("t b", -left + 4, -12, scale.title());
  }

  /** Vertical grid lines, their labels below and the title under them. */
  public Plot xAxis(Scale scale) {
    for (Tick tick : scale.ticks()) {
      double x = scale.position(tick.at(), width);
      line("g", x, 0, x, height);
      text("t m", x, height + 18, tick.label());
    }
    return text("t b m", width / 2.0, height + 38, scale.title());
  }

  /** One label a category below the axis, equally spaced; two lines where it has a line break. */
  public Plot categories(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      int line = 0;
      for (String part : names.get(i).split("\n", -1)) {
        text("t m", (i + 0.5) * width / names.size(), height + 18 + 15 * line++, part);
      }
    }
    return line("a", 0, height, width, height);
  }

  /** One label a row on the left, equally spaced from the top. */
  public Plot rows(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      text("t e", -10, (i + 0.5) * height / names.size() + 4, names.get(i));
    }
    return this;
  }

  public Plot band(String css, double x1, double x2) {
    double from = Math.clamp(x1, 0, width);
    double to = Math.clamp(x2, 0, width);
    body.append("<rect class=\"").append(css).append("\" x=\"").append(at(from));
    body.append("\" y=\"0\" width=\"").append(at(Math.max(0.5, to - from)));
    body.append("\" height=\"").append(height).append("\"/>");
    return this;
  }

  /** Short strokes at the foot of the plot; those that would touch are one. */
  public Plot strokes(List<Double> places, Scale scale) {
    if (!places.isEmpty()) {
      body.append("<path class=\"f\" d=\"");
      double last = Double.NEGATIVE_INFINITY;
      for (double place : places) {
        double x = scale.position(place, width);
        if (x - last >= 1.5) {
          body.append('M').append(at(x)).append(' ').append(height).append("v-8");
          last = x;
        }
      }
      body.append("\"/>");
    }
    return this;
  }

  public Plot line(String css, double x1, double y1, double x2, double y2) {
    body.append("<path class=\"").append(css).append("\" d=\"M").append(at(x1)).append(' ');
    body.append(at(y1)).append('L').append(at(x2)).append(' ').append(at(y2)).append("\"/>");
    return this;
  }

  public Plot text(String css, double x, double y, String words) {
    body.append("<text class=\"").append(css).append("\" x=\"").append(at(x)).append("\" y=\"");
    body.append(at(y)).append("\">").append(Words.escape(words)).append("</text>");
    return this;
  }

  public Plot marks(String paths) {
    body.append(paths);
    return this;
  }

  public String svg(String id, String title, String description) {
    String name = Words.escape(title);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" id=\"%s\" viewBox=\"0 0 %d %d\""
            .formatted(id, left + width + right, top + height + bottom)
        + " style=\"min-width:%dpx;max-width:%dpx\""
            .formatted((left + width + right) * 3 / 4, (left + width + right) * 6 / 5)
        + " aria-label=\"%s\" aria-describedby=\"%s-d\"><title>%s</title><desc id=\"%s-d\">%s</desc>"
            .formatted(name, id, name, id, Words.escape(description))
        + "<g transform=\"translate(%d %d)\">".formatted(left, top)
        + body
        + "</g></svg>";
  }
}
