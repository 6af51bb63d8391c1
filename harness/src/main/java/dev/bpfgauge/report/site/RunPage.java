package dev.bpfgauge.report.site;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run's report as a page of the site: the same, with a way back. */
final class RunPage {
  /** Where the way back is put: in the header, or first where one's own template has none. */
  private static final List<Pattern> STARTS =
      List.of(Pattern.compile("<header>"), Pattern.compile("<body[^>]*>"));

  private RunPage() {}

  /**
   * The report with links to the index and to its history.
   *
   * @param report as {@code report RUN} wrote it, by this version or an older one: the links bring
   *     their own style
   * @param history name of its history's page in the site, or empty
   */
  static String of(String report, String history) {
    for (Pattern pattern : STARTS) {
      Matcher start = pattern.matcher(report);
      if (start.find()) {
        return report.substring(0, start.end())
            + "\n"
            + back(history)
            + report.substring(start.end());
      }
    }
    return report;
  }

  private static String back(String history) {
    return "<nav aria-label=\"Site\" style=\"margin:0 0 .8rem;font-size:.95rem\">"
        + link(SiteNames.INDEX, "All histories and runs")
        + (history.isEmpty()
            ? ""
            : " <span aria-hidden=\"true\">·</span> " + link(history, "The history of this run"))
        + "</nav>";
  }

  private static String link(String page, String text) {
    return "<a href=\"../" + page + "\">" + text + "</a>";
  }
}
