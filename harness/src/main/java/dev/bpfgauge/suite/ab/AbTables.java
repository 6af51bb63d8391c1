package dev.bpfgauge.suite.ab;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What two settings or more did to a command, measure by measure. */
public final class AbTables {
  private static final double NANOS_A_MILLI = 1e6;
  private static final String WALL = "wall";

  /** A figure, in words. */
  private record Measure(String key, String words, DoubleFunction<String> text) {
    /** Without its unit. */
    String name() {
      return words.replaceFirst(", \\w+$", "");
    }
  }

  private static final List<Measure> MEASURES =
      List.of(
          new Measure(WALL, "Wall clock, ms", AbTables::millis),
          new Measure("task_clock_ns", "On a CPU, ms", AbTables::millis),
          new Measure("user_ns", "In user space, ms", AbTables::millis),
          new Measure("system_ns", "In the kernel, ms", AbTables::millis),
          new Measure("instructions", "Instructions", AbTables::count),
          new Measure("cycles", "Cycles", AbTables::count),
          new Measure("cache_misses", "Cache misses", AbTables::count),
          new Measure("branch_misses", "Branches guessed wrong", AbTables::count),
          new Measure("minor_faults", "Page faults", AbTables::count),
          new Measure("major_faults", "Page faults that read", AbTables::count),
          new Measure("switches", "Switches to others", AbTables::count),
          new Measure("migrations", "Moves to another CPU", AbTables::count),
          new Measure("resident_bytes", "Most memory of a process, B", AbTables::count));

  private final Evidence evidence;

  /** Arm → round → what its fork measured. */
  private final Map<String, SortedMap<Integer, Measurement>> forks = new TreeMap<>();

  private final SortedMap<String, String> missing = new TreeMap<>();

  /** Whether the arms took turns, run by run. */
  private final boolean inTurns;

  /** Arm and measure → what is said of it. */
  private final Map<List<String>, Verdict> verdicts;

  public AbTables(RunAnalysis analysis) {
    this.evidence = new Evidence(analysis);
    this.inTurns = tookTurns(analysis.run().forks());
    for (ForkRecord fork : analysis.run().forks()) {
      Measurement measured = fork.measurement();
      if (fork.cell().suite().equals(AbSuite.NAME)
          && fork.status() == ForkStatus.OK
          && measured != null) {
        forks
            .computeIfAbsent(fork.cell().profile(), _ -> new TreeMap<>())
            .put(fork.round(), measured);
        if (measured.missing() != null) {
          missing.putAll(measured.missing());
        }
      }
    }
    this.verdicts = judged();
  }

  /** Forks that take turns last at the same time. */
  private static boolean tookTurns(List<ForkRecord> forks) {
    return forks.stream()
        .anyMatch(one ->
            forks.stream()
                .anyMatch(other ->
                    one.round() == other.round()
                        && one.seq() < other.seq()
                        && other.startMillis() < one.endMillis()));
  }

  /** Arms other than the reference. */
  private List<String> subjects() {
    return evidence.armLabels().stream()
        .filter(label -> !label.equals(evidence.reference()))
        .toList();
  }

  /** For each arm what the run says of its wall clock, and what would decide it. */
  public List<String> answers() {
    List<String> answers = new ArrayList<>();
    for (String arm : subjects()) {
      Cell subject = AbSuite.cell(arm);
      Optional<CellComparison> compared = evidence.comparison(subject).filter(it -> it.pairs() > 0);
      answers.add(
          compared
              .map(it ->
                  "%s against %s, wall clock: %s %s, %s. %s"
                      .formatted(
                          arm,
                          evidence.reference(),
                          Words.ratio(it.ratio()),
                          Words.ratio(it.ratio(), it.interval95()),
                          Words.verdict(it.verdict(), evidence.unit()),
                          open(it) + decided(arm, it.verdict()))
                      .strip())
              .orElse("%s against %s: nothing to compare.".formatted(arm, evidence.reference())));
    }
    return answers;
  }

  private String open(CellComparison compared) {
    return compared.verdict() == Verdict.INCONCLUSIVE
        ? sentence(
            evidence.wouldDecide(
                evidence.compare(compared.subject(), compared.reference()), compared.subject()))
        : "";
  }

  /** What else is decided, where the wall clock is open or not all that was asked for. */
  private String decided(String arm, Verdict wall) {
    String all =
        all()
            .filter(measure -> !measure.key.equals(WALL))
            .filter(measure -> isDifference(verdict(arm, measure)))
            .map(measure -> {
              PairedComparison compared = Objects.requireNonNull(compared(arm, measure.key));
              return "%s %s %s"
                  .formatted(
                      measure.name(), Words.ratio(compared.ratio()), word(verdict(arm, measure)));
            })
            .collect(Collectors.joining("; "));
    return all.isEmpty()
        ? ""
        : " Beyond the margin%s: %s.".formatted(isDifference(wall) ? " as well" : "", all);
  }

  private static boolean isDifference(Verdict verdict) {
    return verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
  }

  /** Of a measure that need not be a time. */
  private static String word(Verdict verdict) {
    return switch (verdict) {
      case SLOWER -> "more";
      case FASTER -> "less";
      case EQUIVALENT, INCONCLUSIVE -> verdict.word();
    };
  }

  /** The wall clock is judged with all of the run, the other measures of all arms together. */
  private Verdict verdict(String arm, Measure measure) {
    return measure.key.equals(WALL)
        ? evidence
            .comparison(AbSuite.cell(arm))
            .map(CellComparison::verdict)
            .orElse(Verdict.INCONCLUSIVE)
        : verdicts.getOrDefault(List.of(arm, measure.key), Verdict.INCONCLUSIVE);
  }

  private Map<List<String>, Verdict> judged() {
    List<List<String>> which = new ArrayList<>();
    List<PairedComparison> compared = new ArrayList<>();
    for (String arm : subjects()) {
      all()
          .map(Measure::key)
          .filter(key -> !key.equals(WALL))
          .forEach(key -> {
            PairedComparison its = compared(arm, key);
            if (its != null) {
              which.add(List.of(arm, key));
              compared.add(its);
            }
          });
    }
    double[] adjusted = ComparisonFamily.adjustedP(compared);
    Map<List<String>, Verdict> verdicts = new HashMap<>();
    for (int i = 0; i < adjusted.length; i++) {
      verdicts.put(which.get(i), compared.get(i).verdict(adjusted[i]));
    }
    return verdicts;
  }

  private static String sentence(String words) {
    return words.isEmpty()
        ? ""
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
  }

  /** What the arms are, what each measure says, and what could not be measured. */
  public List<Table> tables() {
    if (!evidence.info().plan().suites().contains(AbSuite.NAME)) {
      return List.of();
    }
    List<Table> tables = new ArrayList<>(List.of(arms()));
    tables.addAll(measures());
    tables.add(notMeasured());
    return tables.stream().filter(table -> !table.rows().isEmpty()).toList();
  }

  /** A table for each arm but the reference. */
  public List<Table> measures() {
    return subjects().stream().map(this::measures).toList();
  }

  private Table arms() {
    Table.Builder table = Table.of("ab-arms", "The arms", "~Arm", "~What is special about it");
    evidence.arms().forEach(arm -> table.row(arm.label(), arm.description()));
    return table.build();
  }

  /** Each measure of an arm against the reference, and both against themselves. */
  private Table measures(String arm) {
    String reference = evidence.reference();
    Table.Builder table =
        Table.of(
            "ab-" + arm,
            "%s against %s, paired by round; and each against itself, %severy second round against"
                    .formatted(
                        arm, reference, inTurns ? "run by run for the wall clock, else " : "")
                + " the one before",
            "~Measure",
            reference,
            arm,
            "%s / %s".formatted(arm, reference),
            "95 % interval",
            "~Verdict",
            "%s / %s".formatted(reference, reference),
            "%s / %s".formatted(arm, arm));
    all()
        .forEach(measure -> {
          double[] own = values(arm, measure.key);
          double[] its = values(reference, measure.key);
          boolean isMetric = measure.key.startsWith(VariantHeld.METRIC);
          if (own.length > 0 && its.length > 0 && (isMetric || Math.max(max(own), max(its)) > 0)) {
            PairedComparison compared = compared(arm, measure.key);
            table.row(
                measure.words,
                measure.text.apply(ForkStatistics.mean(its)),
                measure.text.apply(ForkStatistics.mean(own)),
                compared == null ? Words.NONE : Words.ratio(compared.ratio()),
                compared == null
                    ? Words.NONE
                    : Words.ratio(compared.ratio(), compared.interval95()),
                said(verdict(arm, measure), compared),
                itself(reference, measure.key),
                itself(arm, measure.key));
          }
        });
    return table.build();
  }

  /** With the sign that tells verdicts apart without colour. */
  private static Object said(Verdict verdict, @Nullable PairedComparison compared) {
    return compared == null
        ? Words.NONE
        : new Table.Datum(Table.mark(verdict) + " " + word(verdict), "t v " + verdict.word());
  }

  private Stream<Measure> all() {
    return Stream.concat(MEASURES.stream(), metrics());
  }

  private Stream<Measure> metrics() {
    return forks.values().stream()
        .flatMap(rounds -> rounds.values().stream())
        .flatMap(measured -> extras(measured).keySet().stream())
        .filter(key -> key.startsWith(VariantHeld.METRIC))
        .distinct()
        .sorted()
        .map(key ->
            new Measure(
                key, "Metric " + key.substring(VariantHeld.METRIC.length()), AbTables::number));
  }

  /**
   * What noise alone does: each round with an odd number against the one before. Runs that took
   * turns with those of others are held against each other within the round, as the arms are.
   */
  private String itself(String arm, String key) {
    SortedMap<Integer, Measurement> own = forks.getOrDefault(arm, new TreeMap<>());
    PairedComparison compared =
        inTurns && key.equals(WALL)
            ? paired(
                List.copyOf(own.keySet()),
                round -> everySecondRun(own.get(round), 1),
                round -> everySecondRun(own.get(round), 0))
            : paired(
                own.keySet().stream().filter(round -> round % 2 == 1).toList(),
                round -> value(own.get(round), key),
                round -> value(own.get(round - 1), key));
    return compared == null || compared.interval95() == null
        ? Words.NONE
        : Words.ratio(compared.ratio(), compared.interval95());
  }

  /** Of a round's runs, from the first on or the second. */
  private static double everySecondRun(@Nullable Measurement measured, int from) {
    return measured == null
        ? Double.NaN
        : ForkStatistics.median(
            IntStream.range(0, measured.iterationNanosPerOp().size())
                .filter(run -> run % 2 == from)
                .mapToDouble(run -> measured.iterationNanosPerOp().get(run))
                .toArray());
  }

  private @Nullable PairedComparison compared(String subject, String key) {
    String reference = evidence.reference();
    SortedMap<Integer, Measurement> own = forks.getOrDefault(subject, new TreeMap<>());
    SortedMap<Integer, Measurement> its = forks.getOrDefault(reference, new TreeMap<>());
    return paired(
        List.copyOf(own.keySet()),
        round -> value(own.get(round), key),
        round -> value(its.get(round), key));
  }

  /** By rounds in which both have the figure; null where one of them has no ratio. */
  private @Nullable PairedComparison paired(
      List<Integer> rounds, IntToDoubleFunction subject, IntToDoubleFunction reference) {
    int[] both =
        rounds.stream()
            .mapToInt(round -> round)
            .filter(round ->
                Double.isFinite(subject.applyAsDouble(round))
                    && Double.isFinite(reference.applyAsDouble(round)))
            .toArray();
    boolean areTimes =
        Arrays.stream(both)
            .allMatch(
                round -> subject.applyAsDouble(round) > 0 && reference.applyAsDouble(round) > 0);
    return both.length == 0 || !areTimes
        ? null
        : PairedComparison.of(
            Arrays.stream(both).mapToDouble(subject).toArray(),
            Arrays.stream(both).mapToDouble(reference).toArray(),
            evidence.info().plan().margin());
  }

  private double[] values(String arm, String key) {
    return forks.getOrDefault(arm, new TreeMap<>()).values().stream()
        .mapToDouble(measured -> value(measured, key))
        .filter(Double::isFinite)
        .toArray();
  }

  private static double value(@Nullable Measurement measured, String key) {
    if (measured == null) {
      return Double.NaN;
    }
    return key.equals(WALL)
        ? measured.meanNanosPerOp()
        : extras(measured).getOrDefault(key, Double.NaN);
  }

  private static SortedMap<String, Double> extras(Measurement measured) {
    SortedMap<String, Double> extras = measured.extras();
    return extras == null ? new TreeMap<>() : extras;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  private Table notMeasured() {
    Table.Builder table = Table.of("ab-missing", "Not measured", "~Measure", "~Why");
    whyNot().forEach((why, measures) -> table.row(String.join(", ", measures), why));
    return table.build();
  }

  /** Sentences on what is not measured, which a page has as a table. */
  public List<String> whatIsNotMeasured() {
    return whyNot().entrySet().stream()
        .map(why ->
            "Not measured: %s: %s.".formatted(String.join(", ", why.getValue()), why.getKey()))
        .toList();
  }

  /** Sentences on what outlived the command. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    long left =
        Math.round(
            forks.values().stream()
                .flatMap(rounds -> rounds.values().stream())
                .mapToDouble(measured -> extras(measured).getOrDefault(VariantHeld.LEFT, 0.0))
                .sum());
    if (left > 0) {
      notes.add(
          "What the command left running was ended (%s in all): its time is in no figure."
              .formatted(Words.count(left)));
    }
    return notes;
  }

  /** Reason → measures. */
  private SortedMap<String, List<String>> whyNot() {
    SortedMap<String, List<String>> why = new TreeMap<>();
    MEASURES.stream()
        .filter(measure -> missing.containsKey(measure.key))
        .forEach(measure ->
            why.computeIfAbsent(String.valueOf(missing.get(measure.key)), _ -> new ArrayList<>())
                .add(measure.words));
    return why;
  }

  private static String millis(double nanos) {
    return number(nanos / NANOS_A_MILLI);
  }

  /** With three digits that count, where it is small. */
  private static String number(double value) {
    double size = Math.abs(value);
    return size == 0 || size >= 1
        ? Words.nanos(value)
        : Words.decimals(value, Math.min(9, 2 - (int) Math.floor(Math.log10(size))));
  }

  private static String count(double value) {
    return Words.count(Math.round(value));
  }
}
