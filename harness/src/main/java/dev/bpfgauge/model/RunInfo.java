package dev.bpfgauge.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The content of run.json: what ran, on which machine, by which command.
 *
 * @param formatVersion version of the run folder's format, see docs/formats.md
 * @param id the run id, also the folder's name
 * @param startedAt wall clock at the start
 * @param finishedAt wall clock at the end, absent while running
 * @param elapsedMillis monotonic length of the run, 0 while running
 * @param status how far the run came
 * @param bpfgaugeVersion version of the harness
 * @param commandLine the arguments as given
 * @param plan what was to run
 * @param fingerprint what must be equal for two runs to be comparable, by name
 * @param environment what else describes the machine, by name; may differ between comparable runs
 * @param capabilities what this machine can do
 * @param notes sentences for the reader: settings changed, things unavailable, clock jumps
 */
public record RunInfo(
    int formatVersion,
    String id,
    Instant startedAt,
    @Nullable Instant finishedAt,
    long elapsedMillis,
    Status status,
    String bpfgaugeVersion,
    List<String> commandLine,
    PlanInfo plan,
    SortedMap<String, String> fingerprint,
    SortedMap<String, String> environment,
    List<Capability> capabilities,
    List<String> notes) {

  /** The version this build writes and the newest it reads. */
  public static final int FORMAT_VERSION = 1;

  public static final String RESUME = "--resume";
  private static final String RESULTS = "--results";

  /** The fingerprint's name for what figures count, in runs of the lab. */
  public static final String CLOCK = "clock";

  /** What figures count: {@code nanoseconds}, or another word of a run in the lab. */
  public String clock() {
    return fingerprint.getOrDefault(CLOCK, Clock.NANOSECONDS.word());
  }

  /** The same as a value. */
  public Clock counts() {
    return Clock.ofWord(clock());
  }

  /** The same as the unit of a figure: {@code ns}, {@code instructions} … */
  public String unit() {
    return clock().replace("nanoseconds", "ns");
  }

  /** The fingerprint's name, see {@link FingerprintName}. */
  public String fingerprintName() {
    return FingerprintName.of(fingerprint);
  }

  /** Whether kernels were measured in guests instead of this machine. */
  public boolean inLab() {
    return fingerprint.containsKey(CLOCK);
  }

  /** Whether a guest measured it by itself, as its own run, instead of a boot for each fork. */
  public boolean isGuests() {
    return inLab() && armsOfSuite().filter(SuiteWords.Arms::resumes).isPresent();
  }

  /** What its arms are, where they are neither profiles nor kernels. */
  public Optional<SuiteWords.Arms> armsOfSuite() {
    return SuiteWords.armsOf(plan.suites(), plan.arms().stream().map(ArmInfo::label).toList());
  }

  /**
   * The words that go on with it where it was measured.
   *
   * @param folder of the runs that it lies in
   */
  public List<String> resumeWords(String folder) {
    return Stream.concat(plainResumeWords().stream(), Stream.of(RESULTS, folder)).toList();
  }

  /** The folder of runs that its command named; empty where that was the usual one. */
  public Optional<String> namedResults() {
    for (int i = 0; i < commandLine.size(); i++) {
      String word = commandLine.get(i);
      if (word.equals(RESULTS) && i + 1 < commandLine.size()) {
        return Optional.of(commandLine.get(i + 1));
      }
      if (word.startsWith(RESULTS + "=")) {
        return Optional.of(word.substring(RESULTS.length() + 1));
      }
    }
    return Optional.empty();
  }

  /** The same without a folder: those of a run that lies in the usual one. */
  public List<String> plainResumeWords() {
    List<String> words = new ArrayList<>();
    armsOfSuite()
        .filter(SuiteWords.Arms::resumes)
        .ifPresentOrElse(
            arms -> words.addAll(List.of(arms.command().split(" "))),
            () -> words.addAll(inLab() ? List.of("kernels", "run") : List.of("run")));
    words.addAll(List.of(RESUME, id));
    return words;
  }

  /**
   * A guest's run, as the machine that booted it has it.
   *
   * @param command the arguments that were given here
   * @param unfinished what it is where the guest did not live to say
   */
  public RunInfo fromGuest(List<String> command, Status unfinished) {
    return new RunInfo(
        formatVersion,
        id,
        startedAt,
        finishedAt,
        elapsedMillis,
        status == Status.RUNNING ? unfinished : status,
        bpfgaugeVersion,
        command,
        plan,
        fingerprint,
        environment,
        capabilities,
        notes);
  }

  /** How far a run came. */
  public enum Status {
    RUNNING,
    COMPLETE,
    PARTIAL,
    INTERRUPTED
  }

  public RunInfo {
    commandLine = List.copyOf(commandLine);
    fingerprint = Collections.unmodifiableSortedMap(new TreeMap<>(fingerprint));
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    capabilities = List.copyOf(capabilities);
    notes = List.copyOf(notes);
  }

  /**
   * The plan in numbers.
   *
   * @param mode {@code quick}, {@code default} or {@code thorough}
   * @param suites the suites, in order
   * @param arms the arms; the first is the reference the others are compared with
   * @param rounds rounds over all arms
   * @param forks forks in the whole plan
   * @param seed seed of every random order and key sequence
   * @param warmupMillis warm-up of one fork
   * @param measureMillis measurement of one fork
   * @param margin margin of equivalence as a share, e.g. 0.03, stated before the run
   * @param looks where {@code rounds} are the fewest, and more follow for what is not decided: the
   *     rounds after which the verdicts are looked at, of which the last are the most; else absent
   */
  public record PlanInfo(
      String mode,
      List<String> suites,
      List<ArmInfo> arms,
      int rounds,
      int forks,
      long seed,
      int warmupMillis,
      int measureMillis,
      double margin,
      @Nullable List<Integer> looks) {

    public PlanInfo {
      looks = looks == null ? null : List.copyOf(looks);
      suites = List.copyOf(suites);
      arms = List.copyOf(arms);
    }

    /** The looks; none where all rounds were measured whatever they said. */
    public List<Integer> looksTaken() {
      return looks == null ? List.of() : looks;
    }
  }

  /**
   * One side of the comparison.
   *
   * @param label the cells' profile, e.g. {@code cpu80} or {@code idle#2}
   * @param profile the profile's name
   * @param description what the profile does, in words
   * @param unavailable why this machine cannot be put in this state, empty where it can
   */
  public record ArmInfo(String label, String profile, String description, String unavailable) {

    private static final Pattern AGAIN = Pattern.compile("#\\d+");
    private static final Pattern DELAY = Pattern.compile("\\+(\\d+)(?:ns|insn)");

    /**
     * An arm of the same profile whose operations on maps are delayed: {@code idle+50ns}.
     *
     * @param unit of the run's clock: {@code ns}, or {@code insn} for instructions
     */
    public ArmInfo delayed(long delay, String unit) {
      return new ArmInfo(
          profile + "+" + delay + unit,
          profile,
          "%s; each operation on a map delayed by %d %s on purpose"
              .formatted(description, delay, unit),
          unavailable);
    }

    /** The delay of a {@link #delayed} arm; 0 for others. */
    public long delay() {
      Matcher delay = DELAY.matcher(suffix());
      return delay.matches() ? Long.parseLong(delay.group(1)) : 0;
    }

    /** Whether it is its profile once more: {@code idle#2}. */
    public boolean isAgain() {
      return AGAIN.matcher(suffix()).matches();
    }

    /** What the label says beside the profile. */
    private String suffix() {
      return label.startsWith(profile) ? label.substring(profile.length()) : "";
    }
  }
}
