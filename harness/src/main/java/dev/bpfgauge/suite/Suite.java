package dev.bpfgauge.suite;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One description of a suite, which everything else reads: the command line its cells, a run what
 * measures them, names and exports its words, the report its sections. A new suite is a package
 * with one of these, a template for each section, and its line in
 * META-INF/services/dev.bpfgauge.model.SuiteWords.
 */
public interface Suite extends SuiteWords {

  /** {@code run --suite} takes it; others have a command of their own. */
  default boolean isNamedByRun() {
    return true;
  }

  /** Nothing of it can be measured where no BPF map can be created. */
  default boolean needsBpf() {
    return true;
  }

  /**
   * Where a profile has no load, the machine has to be quiet. Not where the question is what
   * something costs on a machine as it is, and the answer a comparison by turns.
   */
  default boolean needsQuiet() {
    return true;
  }

  /** How long a fork of a run may take, where that is longer than usual. */
  default Duration longestFork(Path run) {
    return Duration.ZERO;
  }

  /** Guests of the lab measure it. */
  default boolean isMeasuredInGuests() {
    return isNamedByRun();
  }

  /**
   * Options that this suite alone reads, which {@code run} and {@code kernels run} then take: a new
   * object whose fields have annotations of picocli, and initial values for where nothing is given.
   * Empty where those of {@link Wanted} do.
   */
  default Optional<Object> ownOptions() {
    return Optional.empty();
  }

  /**
   * The cells asked for. Their profile is left empty; the plan puts them on its arms.
   *
   * @throws Refusal where a word or a number is wrong
   */
  List<Cell> cells(Wanted wanted);

  /** What guests measure of it where no suite is named. */
  default List<Cell> usualInGuests(Wanted wanted) {
    return List.of();
  }

  /** What the default plan of suite maps takes of this one, few cells. */
  default List<Cell> overview() {
    return List.of();
  }

  /** The same where a quick plan is wanted: one or a few. */
  default List<Cell> glance() {
    return overview().stream().limit(1).toList();
  }

  /** What the default plan of suite maps holds its cells against, in each round. */
  default List<Cell> besideMaps() {
    return List.of();
  }

  /** What tells where this suite's time goes, measured on the first arm alone. */
  default List<Cell> references(Wanted wanted) {
    return List.of();
  }

  /** The same in C, of those among the cells that C measures as well. */
  default List<Cell> inC(List<Cell> cells) {
    return List.of();
  }

  /** A new meter that measures its cells in this process. */
  Meter meter();

  /** What measures those of its cells that another runtime than Java does. */
  default Optional<Meter> meterInC() {
    return Optional.empty();
  }

  /** Measures each cell in a process of its own, where {@link #meter} must not; else empty. */
  default Optional<OwnProcess> ownProcess() {
    return Optional.empty();
  }

  /** Measures those of its cells in turns that can share a process; empty where none can. */
  default Optional<InTurns> inTurns() {
    return Optional.empty();
  }

  /** How its arms are brought into force, where they are more than profiles. */
  default Optional<Held.Holder> holder() {
    return Optional.empty();
  }

  /** One fork that starts its own process, for example JMH's. */
  interface OwnProcess {
    /** Never throws for what the cell, the kernel or the fork does. */
    Outcome run(Cell cell, Settings settings);
  }

  /** Words that its options take, for {@code list}. */
  default List<Choice> choices() {
    return List.of();
  }

  /**
   * Words to choose from.
   *
   * @param key in JSON
   * @param option with what stands before it in text
   * @param words in order
   */
  record Choice(String key, String option, List<String> words) {}

  /** The options of {@code run} that narrow this suite down to a cell, as far as options can. */
  default List<String> options(Cell cell) {
    return List.of("--op", cell.operation());
  }

  /** The whole command that measures a cell again, where that is not {@code run}'s. */
  default Optional<List<String>> command(Cell cell, RunInfo run) {
    return Optional.empty();
  }

  /** Files that follow from a run, by name, beside those of every run. */
  default SortedMap<String, String> files(RunData run) {
    return Collections.emptySortedMap();
  }

  /**
   * What must be equal for two runs of this suite to be comparable, beside the machine's state.
   *
   * @param run the run's folder
   */
  default SortedMap<String, String> fingerprint(Path run) {
    return Collections.emptySortedMap();
  }

  /** The sections of a report on this suite's cells, those that have something to show. */
  default List<Section> sections(Evidence evidence) {
    return List.of();
  }

  /** All suites that measure, in the order in which people list them. */
  static List<Suite> all() {
    return SuiteWords.all().stream()
        .filter(Suite.class::isInstance)
        .map(Suite.class::cast)
        .toList();
  }

  /** What {@code run --suite} takes. */
  static List<String> namedByRun() {
    return all().stream().filter(Suite::isNamedByRun).map(Suite::name).toList();
  }

  /** What {@code kernels run --suite} takes. */
  static List<String> measuredInGuests() {
    return all().stream()
        .filter(suite -> suite.isNamedByRun() && suite.isMeasuredInGuests())
        .map(Suite::name)
        .toList();
  }

  /** The suite of a name; empty for one that this program does not know (any more). */
  static Optional<Suite> named(String name) {
    return all().stream().filter(suite -> suite.name().equals(name)).findFirst();
  }

  /**
   * The suite that measures a cell.
   *
   * @throws Refusal where there is none of that name
   */
  static Suite of(String name) {
    return named(name)
        .orElseThrow(() -> Refusal.option(NearestName.unknown("suite", name, namedByRun())));
  }
}
