package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.mllb.Scenario;
import dev.bpfgauge.mllb.SchedulersSuite;
import dev.bpfgauge.results.Refusal;
import dev.bpfgauge.results.RunFolder;
import dev.bpfgauge.results.RunInfo;
import dev.bpfgauge.results.RunInfo.ArmInfo;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "What the learned rule is worth: the same sched_ext scheduler with the kernel's rule, with the",
      "network's, with none and with all, beside the kernel's own scheduler, in turns."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  mllb compare                                     here, where the kernel has sched_ext",
      "  mllb compare --kernel 7.2                        in a guest of the lab, emulated",
      "  mllb compare --kernel 7.2 --scenarios threads --rounds 10 --model model.json"
    })
final class CompareCommand implements Callable<Integer> {
  private static final String MODEL = Networks.MODEL;
  private static final String OUTCOME_MODEL = Networks.OUTCOME_MODEL;
  private static final double PERCENT = 100;

  /** Programs take long to start where they are emulated. */
  private static final int FORK_SECONDS = 240;

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Wishes.Board BOARD = new Wishes.Board(4, 2, 2048, true);
  private static final int DISK_MEGABYTES = 256;

  @Spec CommandSpec spec;

  @Mixin ResultsOption results;

  @Option(
      names = "--scenarios",
      paramLabel = "SCENARIO[,SCENARIO...]",
      split = ",",
      description = "As of mllb collect. Default: ${DEFAULT-VALUE}.",
      defaultValue = "cpu,threads,io,mixed")
  List<String> scenarios = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds over all schedulers. Default: 10; in a guest 6.")
  @Nullable Integer rounds;

  @Option(
      names = "--measure",
      paramLabel = "MS",
      description = "Length of one scenario. Default: 5000; in a guest 1500 of its own time.")
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
      description = "Of mllb train. Default: the network that comes with this program.")
  @Nullable Path model;

  @Option(
      names = "--outcome-model",
      paramLabel = "FILE",
      description =
          "Of mllb train --label outcome. Default: the one that comes with this program; none: without.")
  @Nullable Path outcomeModel;

  @Option(
      names = "--kernel",
      paramLabel = "VERSION",
      description =
          "In a guest with that kernel, 4 emulated CPUs and 2 NUMA nodes; what is missing is fetched.")
  @Nullable String kernel;

  @Override
  public Integer call() {
    List<Scenario> wanted = scenarios.stream().map(Scenario::ofWord).toList();
    int times = number(rounds, kernel == null ? 10 : 6);
    int millis = number(measureMillis, kernel == null ? 5000 : 1500);
    if (times < 1 || millis < 500 || !(marginPercent > 0)) {
      throw Refusal.usage("--rounds is at least 1, --measure 500 and --margin more than 0.");
    }
    if (wanted.contains(Scenario.IDLE)) {
      throw Refusal.usage("the scenario idle does nothing that could be compared.");
    }
    SortedMap<String, String> networks = networks();
    String guest = kernel;
    return guest == null
        ? here(wanted, times, millis, networks)
        : inGuest(guest, times, millis, networks);
  }

  private static int number(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
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

  private int here(
      List<Scenario> wanted, int times, int millis, SortedMap<String, String> networks) {
    List<ArmInfo> arms = new ArrayList<>();
    String idle = Runs.arms(List.of("idle")).getFirst().profile();
    for (String label : SchedulersSuite.arms(networks.containsKey(OUTCOME_MODEL))) {
      arms.add(new ArmInfo(label, idle, SchedulersSuite.description(label), ""));
    }
    Plan plan =
        Plan.alternate(
            "schedulers",
            arms,
            _ -> SchedulersSuite.cells(wanted),
            times,
            42,
            new Plan.Times(0, millis, 1),
            marginPercent / PERCENT,
            new TreeMap<>());
    Runs runs = new Runs(results.folder, spec.commandLine().getOut());
    return runs.show(runs.run(plan, networks, commandLine(), FORK_SECONDS));
  }

  private List<String> commandLine() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }

  private int inGuest(String version, int times, int millis, SortedMap<String, String> networks) {
    PrintWriter out = spec.commandLine().getOut();
    KernelStore store = new KernelStore(GuestArch.ofThisMachine());
    KernelImage image = Guests.fetched(store, version, true, out);
    GuestCommand guest =
        new GuestCommand(
            store,
            image,
            new Wishes("numa_balancing=enable", 0, true, Scenario.PROGRAMS, DISK_MEGABYTES, BOARD));
    Path folder;
    TreeMap<String, Path> inputs = new TreeMap<>();
    try (Cancellation cancellation = new Cancellation()) {
      Files.createDirectories(results.folder);
      folder = Files.createTempDirectory(results.folder, ".guest");
      try {
        for (String name : networks.keySet()) {
          inputs.put(name, Files.writeString(folder.resolve(name), networks.get(name)));
        }
        GuestCommand.Ended ended =
            guest.run(
                arguments(guest, times, millis, networks),
                inputs,
                folder,
                PATIENCE,
                line -> {
                  out.println(line);
                  out.flush();
                });
        int code = keep(folder, ended, out);
        cancellation.finished();
        return code;
      } catch (InterruptedException e) {
        keep(folder, new GuestCommand.Lost("interrupted"), out);
        return ExitCode.INTERRUPTED;
      } finally {
        KernelStore.deleteTree(folder);
      }
    } catch (IOException e) {
      throw Refusal.environment(
          "cannot write to %s: %s; choose another place with --results."
              .formatted(results.folder, e.getMessage()));
    }
  }

  private List<String> arguments(
      GuestCommand guest, int times, int millis, SortedMap<String, String> networks) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-D" + Derived.IN_GUEST + "=true",
                "-D" + MeasuredRun.GUEST_PROPERTIES + RunInfo.CLOCK + "=emulated nanoseconds",
                "-D" + MeasuredRun.GUEST_PROPERTIES + "disk=" + Wishes.DISK,
                "-D" + MeasuredRun.GUEST_PROPERTIES + "emulator=" + guest.machine().get("emulator"),
                "mllb",
                "compare",
                "--scenarios",
                String.join(",", scenarios),
                "--rounds",
                Integer.toString(times),
                "--measure",
                Integer.toString(millis),
                "--margin",
                Double.toString(marginPercent),
                "--results",
                GuestCommand.OUTPUTS,
                "--model",
                GuestCommand.INPUTS + MODEL));
    arguments.add("--outcome-model");
    arguments.add(
        networks.containsKey(OUTCOME_MODEL) ? GuestCommand.INPUTS + OUTCOME_MODEL : "none");
    return arguments;
  }

  /** What the guest measured becomes a run of this machine's folder, with its report. */
  private int keep(Path folder, GuestCommand.Ended ended, PrintWriter out) throws IOException {
    Optional<Path> run;
    try (Stream<Path> files = Files.list(folder)) {
      run = files.filter(file -> Files.exists(file.resolve(RunFolder.INFO))).findFirst();
    }
    if (ended instanceof GuestCommand.Lost(String reason)) {
      out.println("the guest was lost: " + reason);
    }
    if (run.isEmpty()) {
      return switch (ended) {
        case GuestCommand.Exited(int code) -> code;
        case GuestCommand.Lost _ -> ExitCode.PARTIAL;
      };
    }
    Path kept = results.folder.resolve(String.valueOf(run.get().getFileName()));
    Files.move(run.get(), kept);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path console : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        Files.move(console, kept.resolve(String.valueOf(console.getFileName())));
      }
    }
    RunFolder whole = RunFolder.resolve(results.folder, kept.getFileName().toString());
    Runs runs = new Runs(results.folder, out);
    RunInfo info = whole.readInfo();
    whole.writeInfo(info.fromGuest(commandLine(), ended instanceof GuestCommand.Lost));
    return runs.show(whole);
  }
}
