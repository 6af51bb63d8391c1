package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.LabRequest;
import dev.bpfgauge.lab.LabRun;
import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.stress.Load;
import dev.bpfgauge.machine.stress.Profile;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.run.MachineLock;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.Pace;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.run.Until;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.ab.AbSuite;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From options to a plan, from a plan to a run, from a run to what is on the screen. */
final class Runs {
  /** What {@code run --suite} takes, for help texts and completion. */
  static final class SuiteNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Suite.namedByRun().iterator();
    }
  }

  /** What {@code kernels run --suite} takes, for the same. */
  static final class LabSuiteNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Suite.measuredInGuests().iterator();
    }
  }

  private static final String REFERENCE = "idle";
  private static final Path WORKING_FOLDER = Path.of("");

  private final Path resultsFolder;
  private final PrintWriter out;
  private final MachineLock lock;

  /** What the run's files say, since they were written. */
  private @Nullable RunAnalysis analysis;

  Runs(Path resultsFolder, PrintWriter out, WaitOption wait) {
    this.resultsFolder = resultsFolder;
    this.out = out;
    this.lock = wait.lock(out);
  }

  /** Runs or resumes, prints the summary, and returns the exit code. */
  int run(RunCommand options, List<String> commandLine) {
    String resume = options.resume;
    MeasuredRun run = measuredRun(commandLine, options.forkTimeoutSeconds);
    MeasuredRun.Result result =
        resume == null
            ? run.start(plan(options, options.until), resultsFolder, this::progress)
            : run.resume(RunFolder.toResume(resultsFolder, resume), this::progress);
    return show(result);
  }

  /** Boots kernels, prints the summary, and returns the exit code. */
  int run(LabRequest request, List<String> commandLine) {
    return show(labRun(request, commandLine).start(new TreeMap<>(), resultsFolder, this::progress));
  }

  /** Goes on with a run of the lab, prints the summary, and returns the exit code. */
  int resumeLab(String run) {
    RunFolder folder = RunFolder.toResume(resultsFolder, run);
    LabRun lab = labRun(LabRequest.of(folder), folder.readInfo().commandLine());
    return show(lab.resume(folder, this::progress));
  }

  /**
   * The same with files that the guests need.
   *
   * @param files name in the run's folder and in the guests → content
   */
  MeasuredRun.Result run(
      LabRequest request, SortedMap<String, byte[]> files, List<String> commandLine) {
    return labRun(request, commandLine).start(files, resultsFolder, this::progress);
  }

  private LabRun labRun(LabRequest request, List<String> commandLine) {
    return new LabRun(
        lock,
        request,
        new KernelStore(request.arch()),
        Main.Version.text(),
        commandLine,
        folder -> analysis = Derived.write(folder));
  }

  /** Runs a plan made by another command. */
  MeasuredRun.Result run(Plan plan, List<String> commandLine) {
    return measuredRun(commandLine, 60).start(plan, resultsFolder, this::progress);
  }

  /**
   * The same with files that its forks need.
   *
   * @param files name in the run's folder → content
   * @param forkSeconds after which a fork is ended
   */
  MeasuredRun.Result run(
      Plan plan, SortedMap<String, byte[]> files, List<String> commandLine, int forkSeconds) {
    return measuredRun(commandLine, forkSeconds).start(plan, files, resultsFolder, this::progress);
  }

  /** Goes on with a run made by another command. */
  MeasuredRun.Result resume(RunFolder folder, int forkSeconds) {
    return measuredRun(folder.readInfo().commandLine(), forkSeconds).resume(folder, this::progress);
  }

  private MeasuredRun measuredRun(List<String> commandLine, int forkTimeoutSeconds) {
    return new MeasuredRun(
        lock,
        WORKING_FOLDER,
        Main.Version.text(),
        commandLine,
        Duration.ofSeconds(forkTimeoutSeconds),
        folder -> analysis = Derived.write(folder));
  }

  private Progress progress(int total, int already) {
    return new Progress(out, total, already);
  }

  /** The run that ended. */
  RunAnalysis analysis() {
    return Objects.requireNonNull(analysis, "a run that ended has its files");
  }

  /** Makes the report of a run that another machine measured, and shows it. */
  int show(RunFolder run) {
    analysis = Derived.write(run);
    return show(new MeasuredRun.Result(run, run.readInfo().status()));
  }

  /** Prints the table and where the report is; in a guest of the lab nobody would read them. */
  int show(MeasuredRun.Result result) {
    RunAnalysis analysis = analysis();
    if (Boolean.getBoolean(Program.IN_GUEST)) {
      return code(result, analysis);
    }
    if (ProgText.isOf(analysis)) {
      ProgText text = new ProgText(analysis);
      int code = show(result, text.render(Terminal.widthOfTable()));
      boolean gate = analysis.run().info().commandLine().contains(ProgText.GATE);
      return gate ? text.gate(out, code, result.folder().path()) : code;
    }
    return show(
        result,
        analysis.run().info().plan().suites().contains(AbSuite.NAME)
            ? AbCommand.text(analysis, Terminal.widthOfTable())
            : TerminalTable.render(analysis, Terminal.widthOfTable()));
  }

  /** The same with another text than the table. */
  int show(MeasuredRun.Result result, String text) {
    out.print(text);
    PrintWriter sentences = FoldedLines.on(out);
    sentences.println("Report: " + result.folder().path().resolve(Derived.REPORT));
    if (result.status() == RunInfo.Status.INTERRUPTED) {
      sentences.println("Interrupted. Go on with: " + result.folder().resumeCommand());
    }
    sentences.flush();
    return code(result, analysis());
  }

  private static int code(MeasuredRun.Result result, RunAnalysis analysis) {
    return switch (result.status()) {
      case COMPLETE -> ExitCode.DONE;
      case PARTIAL ->
          analysis.cells().stream().allMatch(Runs::isBeyondThisMachine)
              ? ExitCode.ENVIRONMENT
              : ExitCode.PARTIAL;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case RUNNING -> throw new IllegalStateException("the run goes on");
    };
  }

  /** What was lost for want of load, or crashed, may be measured another time. */
  private static boolean isBeyondThisMachine(CellSummary cell) {
    return cell.forks() == 0 && cell.notOk().keySet().equals(Set.of(ForkStatus.UNAVAILABLE));
  }

  /** The plan that the options ask for. */
  static Plan plan(RunOptions options) {
    return planUntil(options, null);
  }

  /** The same, which goes on after its rounds. */
  static Plan plan(RunOptions options, UntilOptions until) {
    return planUntil(
        options, until.of(options.pace(), options.rounds, more -> planUntil(options, more)));
  }

  private static Plan planUntil(RunOptions options, @Nullable Until until) {
    Pace pace = options.pace();
    List<Cell> everywhere = cells(options.suites, options.cells);
    List<ArmInfo> arms = arms(options.profiles);
    TreeMap<String, Long> inject = new TreeMap<>();
    if (options.injectNanos > 0) {
      arms.add(arms.getFirst().delayed(options.injectNanos, "ns"));
      inject.put(arms.getLast().label(), options.injectNanos);
    }
    return Plan.interleave(
        pace.word(),
        arms,
        together(options.profiles, everywhere, arms.size(), options.noTurns),
        everywhere,
        Besides.of(options, pace, everywhere),
        options.rounds == null ? pace.rounds() : options.rounds,
        options.seed,
        times(options, pace.times()),
        options.marginPercent / 100,
        until,
        inject);
  }

  /**
   * The cells of some suites, without profile.
   *
   * @throws Refusal where {@code run} takes no suite of such a name
   */
  static List<Cell> cells(List<String> suites, CellOptions options) {
    List<String> known = Suite.namedByRun();
    for (String suite : suites) {
      if (!known.contains(suite)) {
        throw Refusal.option(NearestName.unknown("suite", suite, known));
      }
    }
    return cells(suites.stream().map(Suite::of).toList(), suite -> suite.cells(options.wanted()));
  }

  /** The cells that some suites give for what options say: what they refuse is an option's. */
  static List<Cell> cells(List<Suite> suites, Function<Suite, List<Cell>> wanted) {
    try {
      return suites.stream().flatMap(suite -> wanted.apply(suite).stream()).toList();
    } catch (Refusal refusal) {
      throw refusal.kind() == Refusal.Kind.USAGE
          ? new Refusal(Refusal.Kind.OPTION, String.valueOf(refusal.getMessage()), refusal)
          : refusal;
    }
  }

  /**
   * Which cells share a process: those that take turns, no more than a process holds.
   *
   * @param arms that such a process sees at most
   * @param alone a process for each cell
   */
  static Plan.Together together(
      List<String> profiles, List<Cell> everywhere, int arms, boolean alone) {
    Plan.Visits visits = visits(profiles);
    if (alone) {
      return Plan.Together.alone(visits);
    }
    String first =
        everywhere.stream()
            .flatMap(cell -> turnsOf(cell).stream())
            .filter(word -> !word.equals(InTurns.ANY))
            .findFirst()
            .orElse(Cell.FLOOR);
    Map<String, Integer> places = new HashMap<>();
    Map<Cell, String> words = new HashMap<>();
    for (Cell cell : everywhere) {
      turnsOf(cell)
          .map(word -> word.equals(InTurns.ANY) ? first : word)
          .ifPresent(word -> {
            int place = places.merge(word, 1, Integer::sum) - 1;
            words.put(cell, word + " #" + place / Math.max(1, InTurns.MOST / arms));
          });
    }
    return new Plan.Together(
        visits,
        cell ->
            Optional.ofNullable(words.get(cell))
                .or(() -> turnsOf(cell).map(word -> word + " #0").filter(words::containsValue)));
  }

  private static Optional<String> turnsOf(Cell cell) {
    return Suite.of(cell.suite()).inTurns().flatMap(inTurns -> inTurns.group(cell));
  }

  /** A memory load takes many seconds to fill. */
  private static Plan.Visits visits(List<String> profiles) {
    Profiles known = new Profiles(WORKING_FOLDER);
    return profiles.stream().anyMatch(profile -> known.find(profile).memory().isPresent())
        ? Plan.Visits.ONCE_A_ROUND
        : Plan.Visits.FOR_EACH_GROUP;
  }

  private static Plan.Times times(RunOptions options, Plan.Times usual) {
    Integer warmup = options.warmupMillis;
    Integer measure = options.measureMillis;
    return new Plan.Times(
        warmup == null ? usual.warmupMillis() : warmup,
        measure == null ? usual.measureMillis() : Math.max(1, measure / usual.iterations()),
        usual.iterations());
  }

  /** The arms; a single profile other than idle is compared with idle. */
  static List<ArmInfo> arms(List<String> profiles) {
    List<String> named = new ArrayList<>(profiles);
    if (named.size() == 1 && !named.getFirst().equals(REFERENCE)) {
      named.addFirst(REFERENCE);
    }
    Profiles known = new Profiles(WORKING_FOLDER);
    AllowedCpus allowed = AllowedCpus.read();
    List<String> labels = Plan.labels(named);
    List<ArmInfo> arms = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      Profile profile = known.find(named.get(i));
      String description =
          profile.description()
              + Load.leftOut(profile, allowed).map(what -> " (" + what + ")").orElse("");
      arms.add(new ArmInfo(labels.get(i), named.get(i), description, ""));
    }
    return arms;
  }
}
