package dev.bpfgauge.export;

import dev.bpfgauge.files.JmhJson;
import dev.bpfgauge.files.ResultsCsv;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The formats that runs can be exported to. */
public enum Format {
  /** What {@code -rf json} of JMH writes. */
  JMH(Several.REFUSED),
  /** One row a fork: results.csv. */
  CSV(Several.REFUSED),
  /** One row a run, one column a cell. */
  CSV_WIDE(Several.ALLOWED),
  /** The same for Apache Otava's CSV importer. */
  OTAVA(Several.COMPARABLE),
  /** The configuration which tells Otava of those columns. */
  OTAVA_CONFIG(Several.COMPARABLE),
  /** {@code customSmallerIsBetter} of the action github-action-benchmark. */
  GITHUB_ACTION_BENCHMARK(Several.REFUSED),
  /** Bencher Metric Format. */
  BENCHER(Several.REFUSED),
  /** OpenMetrics text, also valid as Prometheus text. */
  OPENMETRICS(Several.REFUSED);

  /** How many runs one file can hold. */
  private enum Several {
    REFUSED,
    ALLOWED,
    /** As one series, so that they must be comparable. */
    COMPARABLE
  }

  private final Several several;

  Format(Several several) {
    this.several = several;
  }

  /** The word on the command line, e.g. {@code csv-wide}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Every word, in order. */
  public static List<String> words() {
    return Arrays.stream(values()).map(Format::word).toList();
  }

  /**
   * The format of that {@link #word()}.
   *
   * @throws Refusal with the nearest word where there is none
   */
  public static Format ofWord(String word) {
    return Arrays.stream(values())
        .filter(format -> format.word().equals(word))
        .findFirst()
        .orElseThrow(() -> Refusal.option(NearestName.unknown("format", word, words())));
  }

  /** Whether its reader takes several runs for one series, and a difference for a change. */
  public boolean needsComparableRuns() {
    return several == Several.COMPARABLE;
  }

  /**
   * The runs' text, ending in a line feed.
   *
   * @param runs at least one, in any order
   * @throws Refusal where the format cannot hold them
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public String render(List<RunData> runs) {
    if (runs.size() > 1 && several == Several.REFUSED) {
      throw Refusal.usage(
          "%s holds one run, got %d: export each into a file of its own."
              .formatted(word(), runs.size()));
    }
    RunData run = runs.getFirst();
    return switch (this) {
      case JMH -> JmhJson.render(run);
      case CSV -> ResultsCsv.render(run);
      case CSV_WIDE -> WideTable.csv(runs);
      case OTAVA -> OtavaSeries.csv(runs);
      case OTAVA_CONFIG -> OtavaSeries.config(runs);
      case GITHUB_ACTION_BENCHMARK -> BenchmarkEntries.json(run);
      case BENCHER -> BencherMetrics.json(run);
      case OPENMETRICS -> MetricsText.render(run);
    };
  }
}
