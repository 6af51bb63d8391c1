package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Meminfo;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.suite.mllb.Model;
import dev.bpfgauge.suite.mllb.Scenario;
import dev.bpfgauge.suite.mllb.Shadow;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mllb shadow}: a network beside the kernel, which only counts. */
@Command(
    name = "shadow",
    description = {
      "Let a network answer next to the kernel, and only count.",
      "At each balancing decision: how often both agree, per scenario, and how long the network"
          + " takes to answer."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {"  mllb shadow --scenario cpu,threads --duration 30s --kernel 6.12"})
final class ShadowCommand implements Callable<Integer> {
  private static final Wishes.Board BOARD = new Wishes.Board(4, 2, 2048, false);

  @Spec CommandSpec spec;

  @Mixin WaitOption wait;

  @Option(
      names = "--scenario",
      paramLabel = "SCENARIO[,SCENARIO...]",
      split = ",",
      required = true,
      description = "The scenarios of mllb collect.")
  List<String> scenarios = List.of();

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Time for each scenario. Default: ${DEFAULT-VALUE}.",
      defaultValue = "30s")
  String duration = "";

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "A model of mllb train with one hidden layer. Default: the one that comes with this"
              + " program.")
  @Nullable Path model;

  @Option(
      names = "--kernel",
      paramLabel = "VERSION",
      description = "In a guest with that kernel, 4 CPUs and 2 NUMA nodes.")
  @Nullable String kernel;

  @Override
  public Integer call() {
    List<Scenario> wanted = scenarios.stream().map(Scenario::ofWord).toList();
    Duration length = Durations.parse("--duration", duration);
    String guest = kernel;
    try (Cancellation _ = new Cancellation(Duration.ofSeconds(10))) {
      Path folder = Guests.workFolder();
      try {
        Path network = Networks.in(folder, model);
        int code =
            guest == null ? here(wanted, length, folder, network) : inGuest(guest, folder, network);
        return code;
      } finally {
        Scenario.cleanUp(folder);
        Scratch.deleteTree(folder);
      }
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED;
    } catch (IOException e) {
      throw Refusal.environment("cannot write a temporary file: " + e.getMessage());
    }
  }

  private int here(List<Scenario> wanted, Duration length, Path folder, Path network)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Model read = Model.read(network);
    for (Scenario scenario : wanted) {
      try (Shadow shadow = Shadow.attach(read)) {
        scenario.run(
            new Scenario.Place(
                length,
                Runtime.getRuntime().availableProcessors(),
                Meminfo.read(Roots.SYSTEM.proc()).totalBytes(),
                1,
                folder,
                folder.resolve("log")));
        out.println(line(scenario, shadow.counts()));
        out.flush();
      }
    }
    return ExitCode.DONE;
  }

  private static String line(Scenario scenario, Shadow.Counts counts) {
    if (counts.decisions() == 0) {
      return "%-8s %d decisions, none of which asked about a hot cache"
          .formatted(scenario.word(), counts.all());
    }
    return "%-8s %d decisions, %d answered: %.2f %% as the kernel (%.2f %% by always the same); no/no %d, no/yes %d, yes/no %d, yes/yes %d; %d ns to read, %d ns to answer"
        .formatted(
            scenario.word(),
            counts.all(),
            counts.decisions(),
            100 * counts.agreement(),
            100 * counts.majority(),
            counts.noNo(),
            counts.noYes(),
            counts.yesNo(),
            counts.yesYes(),
            counts.readNanos() / counts.decisions(),
            counts.answerNanos() / counts.decisions());
  }

  private int inGuest(String version, Path folder, Path network) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    return Guests.code(
        Guests.carryOut(
            Guests.on(version, BOARD, true, wait, out),
            List.of(
                "mllb",
                "shadow",
                "--scenario",
                String.join(",", scenarios),
                "--duration",
                duration,
                "--model",
                GuestCommand.INPUTS + RunFolder.MODEL),
            new TreeMap<>(Map.of(RunFolder.MODEL, network)),
            folder,
            out));
  }
}
