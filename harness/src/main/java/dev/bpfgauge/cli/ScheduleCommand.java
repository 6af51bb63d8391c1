package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.suite.mllb.Model;
import dev.bpfgauge.suite.mllb.Scheduler;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mllb schedule}: the scheduler in force, as long as this command runs. */
@Command(
    name = "schedule",
    description = {
      "Run a sched_ext scheduler.",
      "It balances by the kernel's rule, by a network, never or always, and prints its decisions"
          + " each second. The kernel's own scheduler returns when this command ends."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ScheduleCommand implements Callable<Integer> {
  private static final Path STATE = Path.of("/sys/kernel/sched_ext/state");
  private static final int ATTEMPTS = 3_000;

  @Spec CommandSpec spec;

  @Mixin WaitOption wait;

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "native, learned, never or always. Default: ${DEFAULT-VALUE}.",
      defaultValue = "learned")
  String rule = "";

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "10s")
  String duration = "";

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "The model for learned. Default: the one that comes with this program.")
  @Nullable Path model;

  @Option(
      names = "--kernel",
      paramLabel = "VERSION",
      description = "In a guest with that kernel, 4 CPUs and 2 NUMA nodes.")
  @Nullable String kernel;

  /** For tests: nothing is ever dispatched. */
  @Option(names = "--stall", hidden = true)
  boolean stall;

  /** For tests: another process does it, and is killed. */
  @Option(names = "--killed", hidden = true)
  boolean killed;

  @Override
  public Integer call() {
    Scheduler.Rule wanted =
        Stream.of(Scheduler.Rule.values())
            .filter(one -> one.word().equals(rule))
            .findFirst()
            .orElseThrow(() ->
                Refusal.option(
                    NearestName.unknown(
                        "rule",
                        rule,
                        Stream.of(Scheduler.Rule.values()).map(Scheduler.Rule::word).toList())));
    Duration length = Durations.parse("--duration", duration);
    String guest = kernel;
    try (Cancellation _ = new Cancellation(Duration.ofSeconds(5))) {
      Path folder = Scratch.newFolder("mllb-");
      try {
        Path network = Networks.in(folder, model);
        int code =
            guest != null
                ? inGuest(guest, folder, network)
                : killed ? killedChild(network) : here(wanted, length, network);
        return code;
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED;
    } catch (IOException e) {
      throw Refusal.environment("mllb schedule: " + e.getMessage());
    }
  }

  private int here(Scheduler.Rule wanted, Duration length, Path network)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Scheduler scheduler = Scheduler.start(wanted, Model.read(network), stall)) {
      Scheduler.Counts before = scheduler.counts();
      long end = System.nanoTime() + length.toNanos();
      while (System.nanoTime() < end) {
        Thread.sleep(1000);
        if (!scheduler.ended().isEmpty()) {
          out.println(
              "the kernel ended the scheduler and went back to its own: " + scheduler.ended());
          out.flush();
          return ExitCode.PARTIAL;
        }
        Scheduler.Counts now = scheduler.counts();
        out.println(line(now.minus(before)));
        out.flush();
        before = now;
      }
    }
    return ExitCode.DONE;
  }

  private static String line(Scheduler.Counts counts) {
    return "%d decisions, %d moved; the native rule says yes to %d and the same in %d"
        .formatted(
            counts.decisions(), counts.migrations(), counts.nativeYes(), counts.agreements());
  }

  /**
   * Whether the kernel goes back to its own scheduler when the process that brought another dies.
   */
  private int killedChild(Path network) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ProcessHandle.Info mine = ProcessHandle.current().info();
    List<String> command = new ArrayList<>();
    command.add(mine.command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path", ""),
            Main.class.getName(),
            "mllb",
            "schedule",
            "--rule",
            rule,
            "--duration",
            "1h",
            "--model",
            network.toString()));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      if (!awaits("enabled")) {
        out.println(
            "the scheduler was never in force: "
                + new String(child.getInputStream().readNBytes(2000), StandardCharsets.UTF_8));
        return ExitCode.ENVIRONMENT;
      }
      child.destroyForcibly().waitFor();
      out.println(
          awaits("disabled")
              ? "killed; the kernel went back to its own scheduler"
              : "killed; the scheduler is still in force");
      out.flush();
      return ExitCode.DONE;
    } finally {
      child.destroyForcibly();
    }
  }

  private static boolean awaits(String state) throws IOException, InterruptedException {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (ForeignText.read(STATE).strip().equals(state)) {
        return true;
      }
      Thread.sleep(100);
    }
    return false;
  }

  private int inGuest(String version, Path folder, Path network) throws InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "mllb",
                "schedule",
                "--rule",
                rule,
                "--duration",
                duration,
                "--model",
                GuestCommand.INPUTS + RunFolder.MODEL));
    if (stall) {
      arguments.add("--stall");
    }
    if (killed) {
      arguments.add("--killed");
    }
    PrintWriter out = spec.commandLine().getOut();
    Wishes.Board board = new Wishes.Board(4, 2, 2048, false);
    return Guests.code(
        Guests.carryOut(
            Guests.on(version, board, true, wait, out),
            arguments,
            new TreeMap<>(Map.of(RunFolder.MODEL, network)),
            folder,
            out));
  }
}
