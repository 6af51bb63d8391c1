package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.suite.mllb.Scenario;
import dev.bpfgauge.suite.mllb.SchedulersSuite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mllb compare}: schedulers under scenarios. */
@Command(
    name = "compare",
    description = {
      "Compare schedulers: what the learned rule is worth.",
      "The same sched_ext scheduler with the kernel's rule, with the network's, with no and with"
          + " every move allowed, and the kernel's own scheduler, interleaved."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  mllb compare               here, where the kernel has sched_ext",
      "  mllb compare --kernel 7.2  in a guest of the lab, emulated",
      "  mllb compare --kernel 7.2 --scenarios threads --rounds 10 --model model.json"
    })
final class CompareSchedulersCommand implements Callable<Integer> {
  private static final String MODEL = RunFolder.MODEL;
  private static final String OUTCOME_MODEL = RunFolder.OUTCOME_MODEL;
  private static final double PERCENT = 100;

  /** Programs take long to start where they are emulated. */
  private static final int FORK_SECONDS = 240;

  @Spec CommandSpec spec;

  @Mixin ResultsOption results;

  @Mixin WaitOption wait;

  @Option(
      names = "--scenarios",
      paramLabel = "SCENARIO[,SCENARIO...]",
      split = ",",
      description = "The scenarios of mllb collect. Default: ${DEFAULT-VALUE}.",
      defaultValue = "cpu,threads,io,mixed")
  List<String> scenarios = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds over all schedulers. Default: ${DEFAULT-VALUE}.",
      defaultValue = "10")
  int rounds;

  @Option(
      names = "--measure",
      paramLabel = "MS",
      description =
          "Length of one scenario, in whole seconds. Default: 5000; in a guest 1000 of its own"
              + " time.")
  @Nullable Integer measureMillis;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  double marginPercent;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A model of mllb train. Default: the network that comes with this program.")
  @Nullable Path model;

  @Option(
      names = "--outcome-model",
      paramLabel = "FILE",
      description =
          "A model of mllb train --label outcome. Default: the one that comes with this program;"
              + " none: no such arm.")
  @Nullable Path outcomeModel;

  @Option(
      names = "--kernel",
      paramLabel = "VERSION",
      description =
          "In a guest with that kernel, 4 emulated CPUs and 2 NUMA nodes; what is missing is"
              + " fetched.")
  @Nullable String kernel;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Continue an interrupted run with its own options: its id, a prefix, a folder, or"
              + " latest.")
  @Nullable String resume;

  @Override
  public Integer call() {
    if (resume != null) {
      return resume(resume);
    }
    List<Scenario> wanted = scenarios.stream().map(Scenario::ofWord).toList();
    int millis = Objects.requireNonNullElse(measureMillis, kernel == null ? 5000 : 1000);
    RunOptions.checkRounds(spec, rounds);
    RunOptions.check(
        spec,
        millis >= 1000 && millis <= 600_000 && millis % 1000 == 0,
        "--measure",
        "whole seconds, from 1000 to 600000 milliseconds");
    RunOptions.checkMargin(spec, marginPercent);
    if (wanted.contains(Scenario.IDLE)) {
      throw Refusal.usage("the scenario idle does nothing that could be compared.");
    }
    SortedMap<String, String> networks = networks();
    String guest = kernel;
    return guest == null
        ? here(wanted, millis, networks)
        : inGuest(results.folder).start(guest, options(millis), networks, commandLine());
  }

  /**
   * Name in a run's folder → text; each is read, so that a bad one is told before anything runs.
   */
  private SortedMap<String, String> networks() {
    TreeMap<String, String> networks = new TreeMap<>();
    Networks.text(model, MODEL).ifPresent(text -> networks.put(MODEL, text));
    boolean without = outcomeModel != null && outcomeModel.toString().equals("none");
    if (!without) {
      Networks.text(outcomeModel, OUTCOME_MODEL)
          .ifPresent(text -> networks.put(OUTCOME_MODEL, text));
    }
    if (!networks.containsKey(MODEL)) {
      throw Refusal.usage("which network? --model FILE, of mllb train");
    }
    return networks;
  }

  private int here(List<Scenario> wanted, int millis, SortedMap<String, String> networks) {
    List<ArmInfo> arms = new ArrayList<>();
    String idle = Runs.arms(List.of("idle")).getFirst().profile();
    for (String label : SchedulersSuite.arms(networks.containsKey(OUTCOME_MODEL))) {
      arms.add(new ArmInfo(label, idle, SchedulersSuite.description(label), ""));
    }
    Plan plan =
        Plan.alternate(
            SchedulersSuite.NAME,
            arms,
            _ -> SchedulersSuite.cells(wanted),
            rounds,
            42,
            new Plan.Times(0, millis, 1),
            marginPercent / PERCENT,
            new TreeMap<>());
    Runs runs = new Runs(results.folder, spec.commandLine().getOut(), wait);
    SortedMap<String, byte[]> files = new TreeMap<>();
    networks.forEach((name, text) -> files.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return runs.show(runs.run(plan, files, commandLine(), FORK_SECONDS));
  }

  private List<String> commandLine() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }

  private List<String> options(int millis) {
    return List.of(
        "--scenarios",
        String.join(",", scenarios),
        "--rounds",
        Integer.toString(rounds),
        "--measure",
        Integer.toString(millis),
        "--margin",
        Double.toString(marginPercent));
  }

  private int resume(String run) {
    boolean guest = Boolean.getBoolean(Program.IN_GUEST);
    if (guest) {
      SchedulersInGuest.unpack(results.folder.resolve(run));
    }
    RunFolder folder = RunFolder.toResume(results.folder, run);
    RunInfo info = folder.readInfo();
    if (!info.plan().suites().contains(SchedulersSuite.NAME)) {
      throw Refusal.usage(
          "%s compares no schedulers: %s".formatted(folder.id(), folder.resumeCommand()));
    }
    if (info.isGuests() && !guest) {
      return inGuest(folder.path().toAbsolutePath().normalize().resolveSibling("")).resume(folder);
    }
    Runs runs = new Runs(results.folder, spec.commandLine().getOut(), wait);
    return runs.show(runs.resume(folder, FORK_SECONDS));
  }

  private SchedulersInGuest inGuest(Path runs) {
    return new SchedulersInGuest(runs, spec.commandLine().getOut(), wait);
  }
}
