package dev.bpfgauge.report;

import java.util.Collections;
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
  /** A page without raw data. */
  public static final Downloads NONE = new Downloads(Map.of());

  public Downloads {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  public Downloads(Map<String, String> files) {
    this(new TreeMap<>(files));
  }
}
