package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.suite.tools.HostForecast.Figure;
import dev.bpfgauge.suite.tools.HostForecast.OfTool;
import dev.bpfgauge.suite.tools.HostForecast.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A forecast in words.
 *
 * @param lead what the table shows
 * @param rows of the table, its heads first; empty where no tool has a forecast
 * @param sentences what to know about it, and what has none
 */
public record ForecastText(String lead, List<List<String>> rows, List<String> sentences) {
  /** What a narrow terminal does without: how far off the counts and the costs may be. */
  public static final List<Integer> EXPENDABLE = List.of(2, 4);

  private static final int MOST_DIGITS = 6;

  public ForecastText {
    rows = List.copyOf(rows);
    sentences = List.copyOf(sentences);
  }

  public static ForecastText of(HostForecast forecast) {
    List<OfTool> there = forecast.tools().stream().filter(OfTool::isThere).toList();
    return new ForecastText(
        "What each tool's programs would take of this host: its events, counted for %s, × what an event cost where that was measured."
            .formatted(Words.plural(forecast.seconds(), "second")),
        there.isEmpty() ? List.of() : rows(there),
        sentences(forecast, there));
  }

  private static List<List<String>> rows(List<OfTool> tools) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("tool", "events/s", "±", "ns/event", "±", "% of one CPU", "95 % interval"));
    for (OfTool tool : tools) {
      Figure rate = Objects.requireNonNull(tool.eventsPerSecond());
      Figure cost = Objects.requireNonNull(tool.nanosPerEvent());
      Figure share = Objects.requireNonNull(tool.cpuPercent());
      rows.add(
          List.of(
              tool.tool(),
              Words.nanos(rate.value()),
              off(rate, ""),
              Words.nanos(cost.value()),
              off(cost, Words.plural(forks(tool), "fork") + "*"),
              percent(share.value(), finest(share)),
              interval(share)));
    }
    return rows;
  }

  private static int forks(OfTool tool) {
    return Objects.requireNonNull(tool.cost()).forks();
  }

  /** To the farther end of the interval. */
  private static String off(Figure figure, String otherwise) {
    return figure.interval95() == null
        ? otherwise
        : Words.nanos(Words.whisker(figure.value(), figure.interval95()));
  }

  private static String interval(Figure share) {
    Interval interval = share.interval95();
    return interval == null
        ? Words.NONE
        : "["
            + percent(interval.low(), finest(share))
            + ", "
            + percent(interval.high(), finest(share))
            + "]";
  }

  /** Its digits are shown: those of the share, or of how far off it may be. */
  private static double finest(Figure share) {
    Interval interval = share.interval95();
    double off = interval == null ? share.value() : interval.halfWidth();
    return share.value() == 0 ? off : Math.min(share.value(), off);
  }

  /** With those digits that are the first two of {@code of}. */
  private static String percent(double value, double of) {
    int digits = of > 0 ? 1 - (int) Math.floor(Math.log10(of)) : 0;
    return value == 0 ? "0" : Words.decimals(value, Math.clamp(digits, 0, MOST_DIGITS));
  }

  private static List<String> sentences(HostForecast forecast, List<OfTool> there) {
    List<String> sentences = new ArrayList<>();
    grouped(there, ForecastText::counted)
        .forEach((said, tools) -> sentences.add("Events of %s: %s.".formatted(names(tools), said)));
    grouped(there, tool -> source(Objects.requireNonNull(tool.cost())))
        .forEach((said, tools) ->
            sentences.add("Cost of an event of %s: %s.".formatted(names(tools), said)));
    if (!there.isEmpty()) {
      sentences.add(
          "A tool's process comes on top. Under the load of that run it took, of one CPU: "
              + there.stream()
                  .filter(tool -> Double.isFinite(process(tool)))
                  .map(tool ->
                      tool.tool() + " " + percent(process(tool), process(tool)) + Words.THIN + "%")
                  .collect(Collectors.joining(", "))
              + ".");
      if (there.stream().anyMatch(ForecastText::hasNoInterval)) {
        sentences.add("* " + VerdictRule.TOO_FEW + ".");
      }
    }
    forecast.tools().stream()
        .filter(tool -> !tool.isThere())
        .forEach(tool -> sentences.add(tool.tool() + ": unavailable: " + tool.unavailable() + "."));
    return sentences;
  }

  private static String counted(OfTool tool) {
    return tool.events()
        + ", counted by "
        + tool.counter()
        + tool.limits().stream().map(limit -> "; " + limit).collect(Collectors.joining());
  }

  private static boolean hasNoInterval(OfTool tool) {
    return Objects.requireNonNull(tool.nanosPerEvent()).interval95() == null;
  }

  private static double process(OfTool tool) {
    return Objects.requireNonNull(tool.cost()).processPercent();
  }

  private static String source(Source cost) {
    return "time of the programs by the kernel's statistics, %s of %s under %s"
        .formatted(Words.plural(cost.forks(), "fork"), cost.run(), cost.profile());
  }

  private static String names(List<OfTool> tools) {
    return tools.stream().map(OfTool::tool).collect(Collectors.joining(", "));
  }

  private static Map<String, List<OfTool>> grouped(
      List<OfTool> tools, Function<OfTool, String> by) {
    return tools.stream()
        .collect(Collectors.groupingBy(by, LinkedHashMap::new, Collectors.toList()));
  }
}
