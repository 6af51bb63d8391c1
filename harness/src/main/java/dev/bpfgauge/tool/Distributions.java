package dev.bpfgauge.tool;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Histograms by log2, one for all or one for each disk, process, flag …
 *
 * @param unit what a slot's bounds are in: {@code usecs} or {@code msecs}
 * @param histograms in the order they are shown
 */
public record Distributions(String unit, List<LogHistogram> histograms) implements Findings {

  public Distributions {
    histograms = List.copyOf(histograms);
  }

  @Override
  public boolean isEmpty() {
    return histograms.stream().allMatch(histogram -> histogram.events() == 0);
  }

  @Override
  public void print(PrintWriter out) {
    for (LogHistogram histogram : histograms) {
      out.println();
      if (!histogram.title().isEmpty()) {
        out.println(histogram.title());
      }
      histogram.print(unit, out);
    }
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("unit", unit);
    json.put("histograms", histograms.stream().map(LogHistogram::json).toList());
    return json;
  }
}
