package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import java.util.List;

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
  public void print(StringBuilder text) {
    for (LogHistogram histogram : histograms) {
      text.append('\n');
      if (!histogram.title().isEmpty()) {
        text.append(histogram.title()).append('\n');
      }
      histogram.print(unit, text);
    }
  }

  @Override
  public void json(JsonText json) {
    json.field("unit", unit).key("histograms").array();
    histograms.forEach(histogram -> histogram.json(json));
    json.endArray();
  }
}
