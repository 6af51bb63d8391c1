package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.machine.stress.Leftover;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.terminal.PageTables;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.ab.AbScript;
import dev.bpfgauge.suite.ab.AbSuite;
import dev.bpfgauge.suite.ab.AbTables;
import dev.bpfgauge.suite.ab.Experiment;
import dev.bpfgauge.suite.ab.Setting;
import dev.bpfgauge.suite.ab.Trial;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ab}: a command under two settings or more. */
@Command(
    name = AbSuite.NAME,
    description = {
      "Measure your command under two settings or more.",
      "Arm a is the command as it is, unless --a says otherwise. Each round runs all arms in a"
          + " random order; what an arm differs from itself by is shown beside. What is set on this"
          + " machine is put back."
    },
    mixinStandardHelpOptions = true,
    subcommands = AbList.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ab --b sysctl:kernel.bpf_stats_enabled=1 -- ./load.sh",
      "  ab --b env:MALLOC_ARENA_MAX=1 --metric 'rate=([0-9.]+) req/s' -- ./server-test",
      "  ab --a cpus:0 --b cpus:0-1 -- make -j2",
      "  ab --b 'run:./new --fast' -- ./old",
      "  ab --b bpf:count.bpf.o --for 5m -p cpu80 -- ./load.sh"
    })
final class AbCommand implements Callable<Integer> {
  private static final double PERCENT = 100;
  private static final int FEWEST_ROUNDS = 16;
  private static final int MOST_ROUNDS = 1000;

  /** What a fork takes beside its command. */
  private static final Duration AROUND = Duration.ofMillis(150);

  private static final int FORK_SECONDS = 60;

  private static final int MILLIS_A_SECOND = 1000;

  /** What a load takes to start, to be proven and to end. */
  private static final Duration AROUND_A_LOAD = Duration.ofSeconds(4);

  /** Columns that a narrow terminal may lack: how the arms differ from themselves. */
  private static final Integer[] EXPENDABLE = {7, 6};

  /** A run may take so many times as long as the first. */
  private static final int LONGER = 20;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "What is measured, behind --; one word with blanks is a line for the shell.")
  List<String> command = List.of();

  @Option(names = "--a", paramLabel = "SETTING", description = "What is special about arm a.")
  List<String> first = List.of();

  @Option(
      names = "--b",
      paramLabel = "SETTING",
      description =
          "And about arm b: env:NAME=VALUE, run:COMMAND, sysctl:NAME=VALUE, file:PATH=VALUE,"
              + " cpus:LIST, cgroup:FOLDER, bpf:FILE (an object that is attached), or a name of ab"
              + " list. More than one make one arm.")
  List<String> second = List.of();

  @Option(names = "--c", paramLabel = "SETTING", description = "And about a third arm.")
  List<String> third = List.of();

  @Option(names = "--d", paramLabel = "SETTING", description = "And about a fourth.")
  List<String> fourth = List.of();

  @Option(
      names = "--metric",
      paramLabel = "NAME=REGEX",
      description =
          "A number that the command prints: the first group of the last match. May be repeated.")
  List<String> metrics = List.of();

  @Option(
      names = {"-p", "--profile"},
      paramLabel = "PROFILE",
      description = "The load meanwhile, the same for all arms. Default: ${DEFAULT-VALUE}.",
      defaultValue = "idle")
  String profile = "idle";

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "About how long, with 16 rounds or more. Default: ${DEFAULT-VALUE}.",
      defaultValue = "2m")
  String length = "2m";

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds, in place of --for.")
  @Nullable Integer rounds;

  @Option(
      names = "--measure",
      paramLabel = "MS",
      description =
          "A command that is shorter runs again and again for so long; the median counts. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "500")
  int measureMillis;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  double marginPercent;

  @Option(
      names = "--script",
      description = "Print what would be done as a shell script, and measure nothing.")
  boolean script;

  @Mixin ResultsOption results;
  @Mixin WaitOption wait;

  @Override
  public Integer call() {
    if (command.isEmpty()) {
      throw Refusal.option("There is no command to measure: give one behind --, or ask ab list.");
    }
    RunOptions.checkRounds(spec, rounds);
    RunOptions.checkMargin(spec, marginPercent);
    RunOptions.check(
        spec,
        measureMillis >= 1 && measureMillis <= 600_000,
        "--measure",
        "from 1 to 600000 milliseconds");
    Duration wanted = Durations.parse("--for", length);
    PrintWriter out = spec.commandLine().getOut();
    Experiment experiment = experiment();
    if (script) {
      out.print(new AbScript(experiment).text(order(plan(experiment, Map.of(), wanted))));
      out.flush();
      return ExitCode.DONE;
    }
    PrintWriter sentences = FoldedLines.on(out);
    experiment
        .arms()
        .keySet()
        .forEach(arm ->
            sentences.println(Shown.name("%s: %s".formatted(arm, experiment.description(arm)))));
    if (experiment.arms().values().stream().distinct().count() == 1) {
      sentences.println("All arms are the same: this shows what noise alone does.");
    }
    sentences.flush();
    Map<String, Trial> tried;
    try (Cancellation _ = new Cancellation()) {
      sentences.println("The command is tried once on each arm.");
      sentences.flush();
      tried = Trial.of(experiment, Leftover.mark());
    } catch (InterruptedException e) {
      sentences.println("Interrupted: nothing was measured.");
      sentences.flush();
      return ExitCode.INTERRUPTED;
    }
    Plan plan = plan(experiment, tried, wanted);
    Runs runs = new Runs(results.folder, out, wait);
    long longest = tried.values().stream().mapToLong(it -> it.wall().toMillis()).max().orElse(0);
    long deadline = FORK_SECONDS + (measureMillis + LONGER * longest) / MILLIS_A_SECOND;
    MeasuredRun.Result result =
        runs.run(
            plan,
            new TreeMap<>(Map.of(Experiment.FILE, experiment.within(deadline).bytes())),
            spec.root().commandLine().getParseResult().originalArgs(),
            FORK_SECONDS);
    return runs.show(result, text(runs.analysis(), Terminal.widthOfTable()));
  }

  /** The arms of each round. */
  private static List<List<String>> order(Plan plan) {
    return plan.forks().stream()
        .collect(
            Collectors.groupingBy(
                PlannedFork::round,
                TreeMap::new,
                Collectors.mapping(fork -> fork.cell().profile(), Collectors.toList())))
        .values()
        .stream()
        .toList();
  }

  /** What the run says, for a terminal. */
  static String text(RunAnalysis analysis, int width) {
    AbTables ab = new AbTables(analysis);
    StringBuilder text = new StringBuilder("\n");
    text.append(PageTables.noise(analysis, width));
    int columns = Math.max(60, width);
    ab.answers().forEach(answer -> TerminalTable.wrap(text, answer, columns));
    for (Table table : ab.measures()) {
      text.append('\n').append(PageTables.table(table, width, List.of(EXPENDABLE)));
    }
    ab.whatIsNotMeasured().forEach(note -> TerminalTable.wrap(text, note, columns));
    ab.notes().forEach(note -> TerminalTable.wrap(text, note, columns));
    text.append(PageTables.trouble(analysis, width));
    return text.append(PageTables.indicative(analysis, width)).toString();
  }

  private Experiment experiment() {
    Map<String, List<String>> arms = new LinkedHashMap<>();
    arms.put("a", settings("--a", first));
    arms.put("b", settings("--b", second));
    if (!third.isEmpty()) {
      arms.put("c", settings("--c", third));
    }
    if (!fourth.isEmpty()) {
      arms.put("d", settings("--d", fourth));
    }
    Map<String, String> regexes = new LinkedHashMap<>();
    for (String metric : metrics) {
      int equals = metric.indexOf('=');
      if (equals < 1 || equals == metric.length() - 1) {
        throw Refusal.option(
            "--metric takes NAME=REGEX, e.g. 'rate=([0-9.]+) req/s', not '%s'.".formatted(metric));
      }
      String name = metric.substring(0, equals);
      if (!name.matches("[A-Za-z][A-Za-z0-9_-]*") || regexes.containsKey(name)) {
        throw Refusal.option(
            "--metric %s: a name is letters, digits, - and _, and stands once.".formatted(metric));
      }
      regexes.put(name, regex(metric.substring(equals + 1)));
    }
    String program = command.getFirst();
    if (!Experiment.isLine(command) && SearchPath.find(program).isEmpty()) {
      throw Refusal.usage(
          "there is no program %s on the PATH: name its file, or quote a line for the shell."
              .formatted(program));
    }
    return new Experiment(
        command, Path.of("").toAbsolutePath().toString(), FORK_SECONDS, arms, regexes);
  }

  private static String regex(String text) {
    try {
      Pattern.compile(text);
      return text;
    } catch (PatternSyntaxException e) {
      throw new Refusal(
          Refusal.Kind.OPTION,
          "--metric: '%s' is not a regular expression: %s".formatted(text, e.getDescription()),
          e);
    }
  }

  private static List<String> settings(String option, List<String> texts) {
    Set<String> targets = new HashSet<>();
    List<String> settings = new ArrayList<>();
    for (String text : texts) {
      Setting setting = Setting.parse(option, text);
      if (!targets.add(setting.target())) {
        throw Refusal.option(
            "%s %s: %s is set twice on this arm.".formatted(option, text, setting.target()));
      }
      settings.add(setting.text());
    }
    return settings;
  }

  private Plan plan(Experiment experiment, Map<String, Trial> tried, Duration wanted) {
    ArmInfo load = Runs.arms(List.of(profile)).getLast();
    List<ArmInfo> arms = new ArrayList<>();
    for (String label : experiment.arms().keySet()) {
      arms.add(new ArmInfo(label, load.profile(), experiment.description(label), ""));
    }
    boolean inTurns = takesTurns(experiment, tried);
    return Plan.inRandomOrder(
        AbSuite.NAME,
        arms,
        arm -> List.of(AbSuite.cell(arm.label())),
        inTurns,
        rounds(tried, inTurns, wanted),
        42,
        // Of what takes turns each has half as long as alone.
        new Plan.Times(0, inTurns ? 2 * measureMillis : measureMillis, 1),
        marginPercent / PERCENT);
  }

  /** A command that takes long alternates by itself. */
  private boolean takesTurns(Experiment experiment, Map<String, Trial> tried) {
    return experiment.isOfCommandsAlone()
        && tried.values().stream().allMatch(it -> it.wall().toMillis() < measureMillis);
  }

  /** As many as the time allows. */
  private int rounds(Map<String, Trial> tried, boolean inTurns, Duration wanted) {
    if (rounds != null) {
      return rounds;
    }
    boolean hasLoad = !new Profiles(Path.of("")).find(profile).isWithoutLoad();
    Duration around = hasLoad ? AROUND_A_LOAD : AROUND;
    Duration round = inTurns ? around : around.multipliedBy(tried.size());
    for (Trial trial : tried.values()) {
      round = round.plus(visit(trial.wall()));
    }
    Duration fewest = round.multipliedBy(FEWEST_ROUNDS);
    if (fewest.compareTo(wanted) > 0
        && spec.commandLine().getParseResult().hasMatchedOption("--for")) {
      throw Refusal.option(
          "%d rounds of this command take about %s, more than --for %s: give it more time, or"
                  .formatted(FEWEST_ROUNDS, words(fewest), length)
              + " --rounds.");
    }
    return Math.clamp(
        wanted.toMillis() / Math.max(1, round.toMillis()), FEWEST_ROUNDS, MOST_ROUNDS);
  }

  /** About how long an arm has its command run in a round. */
  private Duration visit(Duration wall) {
    Duration measured = Duration.ofMillis(measureMillis);
    return wall.compareTo(measured) < 0 ? measured.plus(wall.dividedBy(2)) : wall;
  }

  private static String words(Duration time) {
    return time.toMinutes() > 0
        ? time.toMinutes() + "m" + time.toSecondsPart() + "s"
        : time.toSeconds() + "s";
  }
}
