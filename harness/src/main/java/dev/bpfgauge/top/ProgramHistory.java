package dev.bpfgauge.top;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What programs took in the last looks: % of a CPU of each, and sums. What is gone is forgotten.
 * For several threads.
 */
public final class ProgramHistory {
  /** Looks that are kept. */
  static final int KEPT = 300;

  private static final String BARS = "▁▂▃▄▅▆▇█";

  /** A program for good: ids come again. */
  private record Key(int id, long loadedAtNanos) {
    static Key of(ProgramRow row) {
      return new Key(row.id(), row.program().loadedAtNanos());
    }
  }

  /**
   * All programs together at one look.
   *
   * @param epochMillis when
   */
  record Moment(long epochMillis, double cpuPercent, double runsPerSecond) {}

  private final Map<Key, Deque<Double>> programs = new HashMap<>();
  private final Deque<Moment> moments = new ArrayDeque<>();

  /** Adds a look. */
  public synchronized void add(TopView view) {
    Map<Key, Deque<Double>> now = new HashMap<>();
    for (ProgramRow row : view.rows()) {
      Deque<Double> values = programs.getOrDefault(Key.of(row), new ArrayDeque<>());
      keep(values, row.totalPercent());
      now.put(Key.of(row), values);
    }
    programs.clear();
    programs.putAll(now);
    keep(
        moments,
        new Moment(
            view.time().toEpochMilli(), view.sum().totalPercent(), view.sum().runsPerSecond()));
  }

  private static <T> void keep(Deque<T> values, T value) {
    values.addLast(value);
    if (values.size() > KEPT) {
      values.removeFirst();
    }
  }

  /** % of a CPU, the oldest first; fewer than looks for a program that came later. */
  synchronized List<Double> of(ProgramRow row) {
    return new ArrayList<>(programs.getOrDefault(Key.of(row), new ArrayDeque<>()));
  }

  synchronized List<Moment> moments() {
    return new ArrayList<>(moments);
  }

  /** The same as bars, a character for each of the last looks; the highest is its own maximum. */
  String bars(ProgramRow row, int width) {
    List<Double> values = of(row);
    List<Double> last = values.subList(Math.max(0, values.size() - width), values.size());
    double most = last.stream().mapToDouble(v -> v).filter(Double::isFinite).max().orElse(0);
    StringBuilder bars = new StringBuilder();
    for (double value : last) {
      int step = most > 0 && value > 0 ? (int) Math.ceil(value / most * BARS.length()) - 1 : 0;
      bars.append(value > 0 ? BARS.charAt(Math.clamp(step, 0, BARS.length() - 1)) : ' ');
    }
    return " ".repeat(width - last.size()) + bars;
  }
}
