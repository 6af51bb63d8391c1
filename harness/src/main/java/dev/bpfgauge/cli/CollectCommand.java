package dev.bpfgauge.cli;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Meminfo;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.suite.mllb.Collector;
import dev.bpfgauge.suite.mllb.DecisionCsv;
import dev.bpfgauge.suite.mllb.Recording;
import dev.bpfgauge.suite.mllb.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mllb collect}: the kernel's decisions into a file. */
@Command(
    name = "collect",
    description = {
      "Record the kernel's load-balancing decisions.",
      "Each call of can_migrate_task() is recorded, under loads that cause them. If this kernel has"
          + " no hook for it: --kernel 7.2, in a guest of the lab."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  mllb collect --scenario cpu --duration 5m -o raw_cpu.csv",
      "  mllb collect --scenario cpu,threads --kernel 7.2 -o raw_7.2.csv.gz"
    })
final class CollectCommand implements Callable<Integer> {
  private static final Wishes.Board BOARD = new Wishes.Board(4, 2, 2048, false);

  @Spec CommandSpec spec;

  @Mixin WaitOption wait;

  @Option(
      names = "--scenario",
      paramLabel = "SCENARIO[,SCENARIO...]",
      split = ",",
      required = true,
      description = "cpu, threads, io, mixed, bursts, nice, affinity or idle; one after the other.")
  List<String> scenarios = List.of();

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Time for each scenario, e.g. 90s or 5m. Default: ${DEFAULT-VALUE}.",
      defaultValue = "5m")
  String duration = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "raw_TAG.csv, or raw_TAG.csv.gz packed.")
  Path output = Path.of("");

  @Option(names = "--append", description = "Append to the file.")
  boolean append;

  @Option(
      names = "--every",
      paramLabel = "N",
      description = "Keep each N-th decision of a CPU. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  int every;

  @Option(
      names = "--buffer",
      paramLabel = "KIB",
      description = "Size of the kernel's ring buffer. Default: ${DEFAULT-VALUE}.",
      defaultValue = "4096")
  int bufferKib;

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description = "Rows between flushes to the file. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  int batch;

  @Option(
      names = "--no-outcomes",
      description =
          "Do not wait until the decision's task ran: cheaper, but its wait is not recorded.")
  boolean withoutOutcomes;

  @Option(
      names = "--old",
      description =
          "Write only MLLB's thirty columns, for MLLB's own programs: no outcomes; only the file's"
              + " name tells kernel and scenario.")
  boolean old;

  @Option(
      names = "--hook",
      paramLabel = "HOOK",
      description = "fexit or kprobe. Default: the first one that the kernel accepts.")
  @Nullable String hook;

  @Option(
      names = "--kernel",
      paramLabel = "VERSION",
      description = "In a guest with that kernel, 4 CPUs and 2 NUMA nodes; see kernels fetch.")
  @Nullable String kernel;

  @Override
  public Integer call() {
    List<Scenario> wanted = scenarios.stream().map(Scenario::ofWord).toList();
    Duration length = Durations.parse("--duration", duration);
    RunOptions.check(spec, batch >= 1 && batch <= 1_000_000, "--batch", "from 1 to 1000000 rows");
    RunOptions.check(
        spec,
        bufferKib >= 4 && bufferKib <= 1 << 20 && Integer.bitCount(bufferKib) == 1,
        "--buffer",
        "a power of two from 4 to 1048576 KiB");
    Collector.Options options =
        new Collector.Options(
            every, !withoutOutcomes && !old, Math.multiplyExact(bufferKib, 1024), ways());
    String guest = kernel;
    try (Cancellation _ = new Cancellation(Duration.ofSeconds(10))) {
      int code = guest == null ? here(wanted, length, options) : inGuest(guest);
      return code;
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED;
    }
  }

  private List<Collector.CollectorHook> ways() {
    return hook == null
        ? List.of(Collector.CollectorHook.values())
        : List.of(Collector.CollectorHook.ofWord(hook));
  }

  private DecisionCsv.Format format() {
    return old ? DecisionCsv.Format.OLD : DecisionCsv.Format.WHOLE;
  }

  private int here(List<Scenario> wanted, Duration length, Collector.Options options)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path work = temporary();
    boolean worthless = !Files.exists(output);
    try (DecisionCsv.Writer file = DecisionCsv.Writer.open(output, append, format())) {
      for (Scenario scenario : wanted) {
        Scenario.Place place =
            new Scenario.Place(
                length,
                Runtime.getRuntime().availableProcessors(),
                Meminfo.read(Roots.SYSTEM.proc()).totalBytes(),
                1,
                work,
                work.resolve("log"));
        try (Collector collector =
            Collector.attach(options, System.getProperty("os.version", ""), scenario.word())) {
          worthless = false;
          Recording.Counts counts = new Recording(collector, file, batch).record(scenario, place);
          out.println(line(scenario, collector.hooks(), counts));
          out.flush();
        }
      }
    } catch (Refusal e) {
      if (worthless) {
        delete(output);
      }
      throw e;
    } finally {
      Scenario.cleanUp(work);
      deleteTree(work);
    }
    return ExitCode.DONE;
  }

  private static String line(Scenario scenario, String hooks, Recording.Counts counts) {
    return "%-8s by %s: %d decisions, %d recorded, %d lost; a hot cache was asked about in %d, %d of them might migrate; %.0f %s/s"
        .formatted(
            scenario.word(),
            hooks,
            counts.seen(),
            counts.rows(),
            counts.lost(),
            counts.trainable(),
            counts.migrated(),
            counts.work().perSecond(),
            counts.work().unit());
  }

  private int inGuest(String version) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    DurableFile.requireWritable("-o", output);
    GuestCommand guest = Guests.on(version, BOARD, false, wait, out);
    if (append && !Files.exists(output)) {
      append = false;
    }
    Path folder = temporary();
    String name = String.valueOf(output.getFileName());
    try {
      GuestCommand.Ended ended =
          Guests.carryOut(guest, arguments(name), new TreeMap<>(), folder, out);
      keep(folder.resolve(name));
      return Guests.code(ended);
    } finally {
      deleteTree(folder);
    }
  }

  private List<String> arguments(String name) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "mllb",
                "collect",
                "--scenario",
                String.join(",", scenarios),
                "--duration",
                duration,
                "--every",
                Integer.toString(every),
                "--buffer",
                Integer.toString(bufferKib),
                "--batch",
                Integer.toString(batch),
                "-o",
                GuestCommand.OUTPUTS + name));
    if (withoutOutcomes) {
      arguments.add("--no-outcomes");
    }
    if (old) {
      arguments.add("--old");
    }
    if (hook != null) {
      arguments.addAll(List.of("--hook", hook));
    }
    return arguments;
  }

  private void keep(Path collected) {
    if (!Files.exists(collected)) {
      return;
    }
    if (append) {
      try (DecisionCsv.Writer file = DecisionCsv.Writer.open(output, true, format())) {
        DecisionCsv.read(collected, file::write);
      }
    } else {
      DurableFile.writeTo(output, out -> Files.copy(collected, out));
    }
  }

  private static Path temporary() {
    try {
      return Guests.workFolder();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that was made for nothing. */
  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.getLogger(CollectCommand.class.getName())
          .log(System.Logger.Level.WARNING, "{0} stays: {1}", file, e.getMessage());
    }
  }

  private static void deleteTree(Path folder) {
    try {
      Scratch.deleteTree(folder);
    } catch (IOException e) {
      System.getLogger(CollectCommand.class.getName())
          .log(System.Logger.Level.WARNING, "{0} stays: {1}", folder, e.getMessage());
    }
  }
}
