package dev.bpfgauge.report.site;

import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Judged;
import dev.bpfgauge.trend.Role;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the gate judged what it should not and should call a change: each night's equal and delayed
 * arm of one cell against that night's baseline.
 */
final class GateChart {
  private static final int HEIGHT = 150;
  private static final String ID = "gate";

  private final History history;
  private final List<Judged> judged;
  private final NightAxis axis;

  GateChart(History history, CellTrend cell) {
    this.history = history;
    this.axis = new NightAxis(history.nights());
    judged = cell.trust().judged().stream().filter(one -> axis.place(one.run()) >= 0).toList();
  }

  /** Absent where no companion was judged. */
  Charts.@Nullable Chart chart() {
    if (judged.isEmpty()) {
      return null;
    }
    double margin = 100 * history.trend().newest().margin();
    ToDoubleFunction<Judged> percent = one -> 100 * (one.ratio() - 1);
    double low = Math.min(-margin, judged.stream().mapToDouble(percent).min().orElseThrow());
    double high = Math.max(margin, judged.stream().mapToDouble(percent).max().orElseThrow());
    Plot.Scale scale =
        Plot.Scale.linear(
            low - 1, high + 1, 4, Words::axis, "difference to the night’s baseline, %");
    Plot plot = new Plot(72, 34, NightAxis.WIDTH, HEIGHT, 16, 44);
    double top = y(scale, margin);
    plot.marks(
        String.format(
            Locale.ROOT,
            "<rect class=\"m0\" x=\"0\" y=\"%s\" width=\"%d\" height=\"%s\"/>",
            Plot.at(top),
            NightAxis.WIDTH,
            Plot.at(y(scale, -margin) - top)));
    plot.yAxis(scale);
    axis.dates(plot);
    for (Judged one : judged) {
      plot.marks(mark(one, axis.x(one.run()), y(scale, percent.applyAsDouble(one))));
    }
    String title = "Equal and delayed arms, night by night";
    return new Charts.Chart(ID, title, plot.svg(ID, title, description()), legend());
  }

  private static double y(Plot.Scale scale, double value) {
    return HEIGHT - scale.position(value, HEIGHT);
  }

  /** Right is quiet, wrong is loud: a cross for a false alarm, a hollow triangle for a miss. */
  private static String mark(Judged one, double x, double y) {
    String at = "M" + Plot.at(x) + " " + Plot.at(y);
    if (one.role() == Role.AGAIN) {
      return one.called()
          ? "<path class=\"wrong\" d=\"" + at + "m-4 -4l8 8m0 -8l-8 8\"/>"
          : "<circle class=\"s5\" cx=\"" + Plot.at(x) + "\" cy=\"" + Plot.at(y) + "\" r=\"2.5\"/>";
    }
    return "<path class=\""
        + (one.called() ? "s2" : "wrong")
        + "\" d=\""
        + at
        + "m0 -4.5l4.5 8h-9z\"/>";
  }

  private static List<Charts.Key> legend() {
    return List.of(
        HistoryChart.key("equal arm, quiet", "<circle class=\"s5\" cx=\"12\" cy=\"7\" r=\"2.5\"/>"),
        HistoryChart.key("false alarm", "<path class=\"wrong\" d=\"M8 3l8 8m0 -8l-8 8\"/>"),
        HistoryChart.key("delayed arm, seen", "<path class=\"s2\" d=\"M12 2.5l4.5 8h-9z\"/>"),
        HistoryChart.key("missed", "<path class=\"wrong\" d=\"M12 2.5l4.5 8h-9z\"/>"));
  }

  private String description() {
    return "Each night’s equal arm and delayed arm against the baseline of that night. "
        + count(Role.AGAIN, true)
        + " of "
        + (count(Role.AGAIN, true) + count(Role.AGAIN, false))
        + " equal arms were called changed, "
        + count(Role.SLOWED, true)
        + " of "
        + (count(Role.SLOWED, true) + count(Role.SLOWED, false))
        + " delayed arms were found. The shaded band is the margin; the table has every figure.";
  }

  private long count(Role role, boolean called) {
    return judged.stream().filter(one -> one.role() == role && one.called() == called).count();
  }

  /** {@code +0.3 %, quiet}: a night's companion for the table; a dash without one. */
  static String words(CellTrend cell, long run, Role role) {
    return cell.trust().judged().stream()
        .filter(one -> one.run() == run && one.role() == role)
        .findFirst()
        .map(one -> HistoryChart.difference(one.ratio()) + ", " + word(one))
        .orElse(Words.NONE);
  }

  private static String word(Judged one) {
    if (one.role() == Role.AGAIN) {
      return one.called() ? "false alarm" : "quiet";
    }
    return one.called() ? "seen" : "missed";
  }
}
