package dev.bpfgauge.report.site;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.os.Hash;
import dev.bpfgauge.trend.StoredRun;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of the site's files: always the same for the same thing, and lower-case letters, digits and
 * hyphens alone, whatever a run calls itself. What tells things apart is a hash of all of their
 * name; the words before it are for people.
 */
public final class SiteNames {
  static final String INDEX = "index.html";

  /** What any file of a site is called. */
  static final Pattern FILE = Pattern.compile("index\\.html|(cells|runs|trends)/[a-z0-9-]+\\.html");

  private static final int MOST_LETTERS = 60;

  private SiteNames() {}

  static String run(StoredRun run) {
    return file("runs", run.id(), Hash.of(Long.toString(run.key())));
  }

  public static String trend(String fingerprint, Collection<String> suites) {
    String joined = String.join(" ", suites);
    return file("trends", joined, Hash.of(fingerprint, joined));
  }

  static String cell(String fingerprint, Cell cell) {
    String words = cell.benchmark() + " " + cell.param("map") + " " + cell.profile();
    return file("cells", words, Hash.of(fingerprint, cell.suite(), cell.id()));
  }

  private static String file(String folder, String words, Hash hash) {
    String slug = words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String kept = slug.substring(0, Math.min(slug.length(), MOST_LETTERS));
    return folder + "/" + (kept + "-" + hash.brief() + ".html").replaceAll("^-+|(?<=-)-+", "");
  }
}
