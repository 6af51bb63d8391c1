package dev.bpfgauge.report.site;

import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.trend.StoredRun;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Nights from left to right, one after the other: where each stands, and their dates below. */
final class NightAxis {
  static final int WIDTH = 860;

  static final DateTimeFormatter DAY_OF_YEAR = format("d MMM uuuu");

  private static final DateTimeFormatter DAY = format("d MMM");
  private static final DateTimeFormatter MINUTE = format("d MMM HH:mm");
  private static final int MOST_DATES = 7;

  private final List<StoredRun> nights;
  private final Map<Long, Integer> places = new HashMap<>();

  NightAxis(List<StoredRun> nights) {
    this.nights = nights;
    for (int i = 0; i < nights.size(); i++) {
      places.put(nights.get(i).key(), i);
    }
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
  }

  int size() {
    return nights.size();
  }

  /** Counted from 0; -1 for a run that is no night here. */
  int place(long run) {
    return places.getOrDefault(run, -1);
  }

  double step() {
    return (double) WIDTH / nights.size();
  }

  double x(int place) {
    return (place + 0.5) * step();
  }

  double x(long run) {
    return x(place(run));
  }

  void dates(Plot plot) {
    int every = Math.max(1, (nights.size() + MOST_DATES - 1) / MOST_DATES);
    DateTimeFormatter format = dateFormat();
    for (int i = 0; i < nights.size(); i += every) {
      plot.line("a", x(i), plot.height(), x(i), plot.height() + 4.0);
      plot.text("t m", x(i), plot.height() + 20.0, format.format(nights.get(i).startedAt()));
    }
    plot.line("a", 0, plot.height(), WIDTH, plot.height());
  }

  private DateTimeFormatter dateFormat() {
    Duration length = Duration.between(nights.getFirst().startedAt(), nights.getLast().startedAt());
    if (length.toDays() < nights.size() / 2) {
      return MINUTE;
    }
    return length.toDays() > 300 ? DAY_OF_YEAR : DAY;
  }
}
