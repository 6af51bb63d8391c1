package dev.bpfgauge.report.site;

import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs and moments as pages of the site show them. */
final class SiteLinks {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final Map<Long, String> hrefs = new HashMap<>();

  SiteLinks(List<SitePages.Run> runs) {
    runs.forEach(run -> hrefs.put(run.stored().key(), run.href()));
  }

  /** A run's page from the site's folder; empty where it has none. */
  String href(long run) {
    return hrefs.getOrDefault(run, "");
  }

  /** A link to a run, from a page in a folder of the site. */
  Table.Datum link(String text, long run) {
    String href = href(run);
    return new Table.Datum(text, "t", href.isEmpty() ? "" : "../" + href);
  }

  /** {@code 28 Nov 2026, 03:00}, UTC. */
  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** The interval of a ratio as what was added, in per cent: {@code [−0.8, +1.2]}. */
  static String percents(@Nullable Interval ratio) {
    return ratio == null
        ? Words.NONE
        : "[" + HistoryChart.signed(ratio.low()) + ", " + HistoryChart.signed(ratio.high()) + "]";
  }
}
