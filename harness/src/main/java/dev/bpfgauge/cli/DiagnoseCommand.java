package dev.bpfgauge.cli;

import dev.bpfgauge.diagnosis.Diagnosis;
import dev.bpfgauge.diagnosis.DiagnosisPage;
import dev.bpfgauge.diagnosis.Trigger;
import dev.bpfgauge.diagnosis.Watch;
import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.OutputPlace;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.ToolSpec;
import dev.bpfgauge.suite.tools.ToolSpec.Family;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code diagnose}: modules that find what makes a loaded host slow, each a subcommand. */
@Command(
    name = "diagnose",
    description = {
      "Find what makes a loaded host slow.",
      "Each module is attached until its last interval or Ctrl-C. With --for the modules that"
          + " need not be told what to look at are attached together, and a page shows what time is"
          + " lost to."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "MODULE",
    modelTransformer = DiagnoseCommand.Modules.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  diagnose --for 60s         the whole picture: diagnosis.html",
      "  diagnose --for 30s --watch 'load>2*cpus'   a page whenever there is trouble",
      "  diagnose irq-stats 1 5     interrupts of each second, five times",
      "  diagnose irq-stats -C 10   the same each ten seconds, by CPU",
      "  diagnose irq-delay -m 5    each timer that came 5 ms late or more, and who ran",
      "  diagnose perf -o cpu.svg 10 1   where CPU time went, a flame graph",
      "  diagnose kprobe -e vfs_read -t   how long vfs_read takes, until Ctrl-C",
      "  diagnose exec-monitor -x   programs that could not be started, and who tried",
      "  diagnose exit-monitor -x   processes that failed, as they end",
      "  diagnose reboot            who asks for a restart, to be read after it",
      "  diagnose alloc-top 5       who takes pages from the kernel, and frees them",
      "  diagnose high-order 10     who asks for contiguous pages, and how long",
      "  diagnose mutex-monitor 5   who waits for which of the kernel's locks",
      "  diagnose sys-cost -P 5     which calls of which process take the time",
      "  diagnose load-monitor -r 20 -b 5 1   who, where 20 run or 5 are blocked",
      "  diagnose run-trace -m 50 1   threads' time, and what took 50 ms or more",
      "  diagnose sched-delay -m 10   each thread that waited 10 ms for a CPU",
      "  diagnose throttle-delay 5   who waits for which control group's CPU quota",
      "  diagnose task-monitor -c 5   who starts and ends most threads and processes"
    })
final class DiagnoseCommand implements Callable<Integer> {
  private static final String PID = "-p";
  private static final String WATCH = "--watch";
  private static final String KEEP = "--keep";

  /** In less most is this program's own attaching and detaching. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  @Spec CommandSpec spec;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Draw the whole picture: look so long, e.g. 60s or 5m.")
  @Nullable String length;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "The page. Default: ${DEFAULT-VALUE}.",
      defaultValue = "diagnosis.html")
  Path output = Path.of("diagnosis.html");

  @Option(
      names = "--modules",
      paramLabel = "MODULE",
      split = ",",
      description = "These only. Default: all that need not be told what to look at.")
  List<String> modules = List.of();

  @Option(
      names = {PID, "--pid"},
      paramLabel = "PID",
      description = "Look at this process, with the modules that can.")
  @Nullable Integer pid;

  @Option(
      names = "--budget",
      paramLabel = "PERCENT",
      description =
          "Where all together take more of this machine's CPU time, end the module with the most"
              + " events. Default: ${DEFAULT-VALUE}.",
      defaultValue = "2")
  double budget;

  @Option(
      names = WATCH,
      paramLabel = "FIGURE>N",
      description =
          "Wait until a figure of this host is above a number, draw the picture, and wait again:"
              + " load, running, blocked, busy, steal, cpu-pressure, memory-pressure or"
              + " io-pressure; e.g. 'load>2*cpus'.")
  @Nullable String trigger;

  @Option(
      names = KEEP,
      paramLabel = "N",
      description = "With --watch: how many pages stay, the newest. Default: ${DEFAULT-VALUE}.",
      defaultValue = "10")
  int keep;

  @Override
  public Integer call() throws InterruptedException {
    String time = length;
    if (time == null) {
      return withoutTime();
    }
    RunOptions.check(spec, budget > 0 && budget <= 100, "--budget", "above 0, up to 100 %");
    Duration looked = Durations.parse("--for", time);
    if (looked.compareTo(SHORTEST) < 0) {
      throw Refusal.option(
          "--for takes a second or more, like 60s or 5m, not '%s'.".formatted(time));
    }
    if (pid != null) {
      Processes.require(pid);
    }
    RunOptions.check(spec, keep >= 1, KEEP, "whole numbers from 1");
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    String condition = trigger;
    if (condition != null) {
      return watch(Trigger.parse(condition), looked, out);
    }
    if (spec.commandLine().getParseResult().hasMatchedOption(KEEP)) {
      throw Refusal.option("--keep is for --watch: give that as well, or leave it out.");
    }
    try (Cancellation _ = new Cancellation(ToolCommand.LAST_OUTPUT)) {
      return look(output, looked, out);
    }
  }

  /** Until Ctrl-C. */
  private int watch(Trigger trouble, Duration looked, PrintWriter out) {
    try (Cancellation _ = new Cancellation(ToolCommand.LAST_OUTPUT)) {
      Watch watch = new Watch(trouble);
      out.println("Waiting for trouble ... Hit Ctrl-C to end.");
      out.flush();
      while (!Cancellation.isEnding()) {
        String what = watch.await();
        out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + ": " + what);
        look(Watch.stamped(output, Instant.now()), looked, out);
        Watch.keepNewest(output, keep);
      }
    } catch (InterruptedException e) {
      return ExitCode.DONE;
    } catch (IOException e) {
      throw Refusal.environment("older pages cannot be deleted: " + DurableFile.reason(e));
    }
    return ExitCode.DONE;
  }

  private int look(Path file, Duration looked, PrintWriter out) throws InterruptedException {
    List<Diagnosis.Chosen> chosen = chosen();
    Diagnosis diagnosis;
    try (OutputPlace page = OutputPlace.of("-o", file)) {
      out.println(
          "Attaching %d module%s, then watching for %d s ..."
              .formatted(chosen.size(), chosen.size() == 1 ? "" : "s", looked.toSeconds()));
      out.flush();
      diagnosis = Diagnosis.look(chosen, looked, budget);
      page.write(
          DiagnosisPage.render(diagnosis, HostName.read(), Main.Version.text(), Path.of("")));
    }
    DiagnosisPage.text(diagnosis).forEach(out::println);
    out.println("Page: " + file);
    out.flush();
    return diagnosis.isNothingAttached()
        ? ExitCode.ENVIRONMENT
        : diagnosis.isWhole() ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  private int withoutTime() {
    for (String option : List.of("-o", "--modules", PID, "--budget", WATCH, KEEP)) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw Refusal.option(
            option + " is for the whole picture: give --for 60s as well, or name a module.");
      }
    }
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.DONE;
  }

  private List<Diagnosis.Chosen> chosen() {
    List<ToolSpec> all =
        ToolSpec.of(Family.DIAGNOSE).stream().filter(ToolSpec::isInTheWholePicture).toList();
    List<String> names = all.stream().map(ToolSpec::name).toList();
    for (String module : modules) {
      if (ToolSpec.of(Family.DIAGNOSE).stream().anyMatch(other -> other.name().equals(module))
          && !names.contains(module)) {
        throw Refusal.option(
            "%s must be told what to look at, so it is not in the whole picture: run diagnose %s."
                .formatted(module, module));
      }
      if (!names.contains(module)) {
        throw Refusal.option(NearestName.unknown("module", module, names));
      }
    }
    return all.stream()
        .filter(module -> modules.isEmpty() || modules.contains(module.name()))
        .map(module -> new Diagnosis.Chosen(module, options(module)))
        .toList();
  }

  /** As its own subcommand takes them. */
  private ToolSpec.Options options(ToolSpec module) {
    ToolSpec.Options options = module.options();
    CommandLine own = new CommandLine(CommandSpec.forAnnotatedObjectLenient(options));
    boolean takesPid = own.getCommandSpec().findOption(PID) != null;
    own.parseArgs(
        pid != null && takesPid ? new String[] {PID, Integer.toString(pid)} : new String[0]);
    return options;
  }

  /** Adds a subcommand for each module. */
  static final class Modules implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec diagnose) {
      diagnose.parser().allowSubcommandsAsOptionParameters(true); // --modules irq-stats
      ToolSpec.of(Family.DIAGNOSE)
          .forEach(module -> diagnose.addSubcommand(module.name(), ToolCommand.of(module)));
      return diagnose;
    }
  }
}
