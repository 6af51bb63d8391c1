package dev.bpfgauge.report.page;

import dev.bpfgauge.report.words.Words;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Downloads as data: links, which work offline and without JavaScript. Large files are packed; what
 * does not fit in the page is named with its place.
 */
final class RawData {
  /** All links together; with 2 000 cells the rest of the page stays below 2 MB. */
  static final int BUDGET_BYTES = 2_800_000;

  private static final int PACK_ABOVE_BYTES = 200_000;

  /** What a reader wants first; others follow by name. */
  private static final List<String> ORDER =
      List.of("results.csv", "jmh.json", "run.json", "samples.csv", "journal.jsonl");

  private RawData() {}

  /**
   * One file.
   *
   * @param name the file's name
   * @param saveAs the name to save as, with {@code .gz} where packed
   * @param size size of the content, in words
   * @param href the data: link, empty where it did not fit
   */
  record Link(String name, String saveAs, String size, String href) {}

  static List<Link> links(Downloads downloads) {
    List<String> names = new ArrayList<>(ORDER);
    names.retainAll(downloads.files().keySet());
    downloads.files().keySet().stream().filter(n -> !ORDER.contains(n)).forEach(names::add);
    List<Link> links = new ArrayList<>();
    int left = BUDGET_BYTES;
    for (String name : names) {
      Link link = link(name, downloads.files(), left);
      left -= link.href().length();
      links.add(link);
    }
    return links;
  }

  private static Link link(String name, Map<String, String> files, int left) {
    byte[] content = files.getOrDefault(name, "").getBytes(StandardCharsets.UTF_8);
    boolean packed = content.length > PACK_ABOVE_BYTES;
    String href =
        "data:"
            + (packed ? "application/gzip" : type(name))
            + ";base64,"
            + Base64.getEncoder().encodeToString(packed ? gzip(content) : content);
    return new Link(
        name,
        packed ? name + ".gz" : name,
        size(content.length),
        href.length() <= left ? href : "");
  }

  private static String type(String name) {
    return name.endsWith(".csv")
        ? "text/csv"
        : name.endsWith(".json") ? "application/json" : "text/plain";
  }

  private static String size(long bytes) {
    return bytes < 10_000
        ? Words.count(bytes) + Words.THIN + "B"
        : bytes < 10_000_000
            ? Words.count(Math.round(bytes / 1000.0)) + Words.THIN + "kB"
            : Words.count(Math.round(bytes / 1e6)) + Words.THIN + "MB";
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(content.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException("packing in memory", e);
    }
    return packed.toByteArray();
  }
}
