package dev.bpfgauge.top;

import dev.bpfgauge.files.JsonText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The newest look, for who asks from another thread. */
public final class Newest {
  /** Shorter than Prometheus waits by default, 10 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ProgramHistory history = new ProgramHistory();
  private final CountDownLatch first = new CountDownLatch(1);
  private final Duration patience;
  private volatile @Nullable TopView view;

  public Newest() {
    this(PATIENCE);
  }

  /**
   * @param patience how long who asks before the first look waits for it
   */
  Newest(Duration patience) {
    this.patience = patience;
  }

  /** Keeps a look. */
  public void set(TopView newest) {
    history.add(newest);
    view = newest;
    first.countDown();
  }

  /** As metrics; waits for the first look, and is empty where that takes too long. */
  public Optional<String> metrics() {
    try {
      first.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The server ends.
    }
    return Optional.ofNullable(view).map(newest -> TopMetrics.text(newest, newest.rows()));
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
