package dev.bpfgauge.report.page;

import dev.bpfgauge.files.KeptFile;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The run's raw data, to be carried inside the page.
 *
 * @param files file name → text, e.g. {@code results.csv}, {@code jmh.json}, {@code run.json},
 *     {@code journal.jsonl}, {@code samples.csv}
 */
public record Downloads(SortedMap<String, String> files) {
  private static final List<String> NAMES =
      List.of(
          "results.csv",
          "jmh.json",
          RunFolder.INFO,
          RunFolder.SAMPLES,
          RunFolder.SAMPLES_HEADER,
          RunFolder.JOURNAL);

  /** A page without raw data. */
  public static final Downloads NONE = new Downloads(Map.of());

  public Downloads {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  public Downloads(Map<String, String> files) {
    this(new TreeMap<>(files));
  }

  /**
   * The raw files of a run's folder, those that are there; what is packed there, unpacked.
   *
   * @throws Refusal naming the file that cannot be read
   */
  public static Downloads of(Path runFolder) {
    SortedMap<String, String> files = new TreeMap<>();
    for (String name : NAMES) {
      Path file = KeptFile.of(runFolder.resolve(name));
      if (Files.isRegularFile(file)) {
        files.put(name, KeptFile.text(file));
      }
    }
    return new Downloads(files);
  }
}
