package dev.bpfgauge.top;

import dev.bpfgauge.files.JsonText;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The newest look, for who asks from another thread. */
public final class Newest {
  private final ProgramHistory history = new ProgramHistory();
  private volatile @Nullable TopView view;

  /** Keeps a look. */
  public void set(TopView newest) {
    history.add(newest);
    view = newest;
  }

  /** As metrics; without a sample before the first look. */
  public String metrics() {
    TopView newest = view;
    return newest == null ? "# EOF\n" : TopMetrics.text(newest, newest.rows());
  }

  /** The look with what was before: {@code look}, {@code moments}, {@code history} by id. */
  public String json() {
    TopView newest = view;
    if (newest == null) {
      return "{}";
    }
    StringBuilder text = new StringBuilder();
    text.append("{\"look\":").append(TopJson.line(newest, newest.rows())).append(",\"moments\":[");
    String gap = "";
    for (ProgramHistory.Moment moment : history.moments()) {
      text.append(gap)
          .append(
              String.format(
                  Locale.ROOT,
                  "[%d,%.4f,%.1f]",
                  moment.epochMillis(),
                  moment.cpuPercent(),
                  moment.runsPerSecond()));
      gap = ",";
    }
    text.append("],\"history\":");
    JsonText json = new JsonText(text).object();
    for (ProgramRow row : newest.rows()) {
      json.key(Integer.toString(row.id())).array();
      numbers(json, history.of(row));
      json.endArray();
    }
    json.endObject();
    return text.append('}').toString();
  }

  private static void numbers(JsonText json, List<Double> values) {
    values.forEach(
        value -> json.number(digits -> digits.append(String.format(Locale.ROOT, "%.4f", value))));
  }
}
