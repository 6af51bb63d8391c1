package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestMode;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.LabRequest;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.suite.prog.Attaching;
import dev.bpfgauge.suite.prog.GivenInputs;
import dev.bpfgauge.suite.prog.GivenObjects;
import dev.bpfgauge.suite.prog.ProgSuite;
import dev.bpfgauge.suite.prog.RefusalLog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code prog}: a user's own BPF objects. */
@Command(
    name = ProgSuite.NAME,
    description = {
      "Measure your own BPF programs.",
      "Says what an object holds, where each program loads, what the verifier does with it, and"
          + " what a run costs; two versions are compared."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  prog xdp.bpf.o                            on this machine, in nanoseconds",
      "  prog xdp.bpf.o --kernels 6.1,6.12,7.2     in guests, counting instructions",
      "  prog new.bpf.o --against old.bpf.o        which is slower, and by how much",
      "  prog new.bpf.o --against old.bpf.o --kernels 6.12 --gate",
      "  prog xdp.bpf.o --pcap mine.pcap --map blocked=blocked.json --set limit=100"
    })
final class ProgCommand implements Callable<Integer> {
  private static final double PERCENT = 100;
  private static final int ROUNDS = 5;
  private static final int ROUNDS_OF_GUESTS = 2;
  private static final int FORK_SECONDS = 60;

  private static final String VERIFY_ONLY = "--verify-only";
  private static final String LOAD = "--load";

  /** With a command of the user's, which may take long. */
  private static final int LOADED_FORK_SECONDS = 240;

  private static final int ITERATIONS = 4;
  private static final int WARMUP_MILLIS = 150;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "OBJECT",
      arity = "1..*",
      description = "ELF objects of clang -target bpf.")
  List<Path> objects = List.of();

  @Option(
      names = "--against",
      paramLabel = "OBJECT",
      split = ",",
      description = "The earlier version of each object, in the same order: it is the reference.")
  List<Path> against = List.of();

  @Option(
      names = "--kernels",
      paramLabel = "VERSION",
      split = ",",
      description = "Fetched kernels, e.g. 6.1,6.12,7.2, in place of this machine's.")
  List<String> kernels = List.of();

  @Option(
      names = "--kernel",
      paramLabel = "FILE",
      split = ",",
      description = "Kernels of your own: vmlinuz or bzImage.")
  List<Path> kernelFiles = List.of();

  @Option(
      names = "--program",
      paramLabel = "NAME",
      split = ",",
      description = "Some of the programs. Default: all.")
  List<String> programs = List.of();

  @Mixin ProgInputOptions inputs;

  @Option(
      names = VERIFY_ONLY,
      description = "Only where programs load, and what the verifier does with them: no costs.")
  boolean verifyOnly;

  @Option(
      names = LOAD,
      paramLabel = "COMMAND",
      description =
          "A line for the shell that makes the events of attached programs and ends, in place of"
              + " operations of our own.")
  @Nullable String command;

  @Option(
      names = "--here",
      description =
          "Attach what could harm this machine as well: programs on cgroups (one of its own),"
              + " security hooks and user space, and those that change what they trace.")
  boolean here;

  @Option(
      names = ProgText.GATE,
      description =
          "Exit code 1 where a program does not load, or with --against: no longer loads, or is"
              + " slower by more than the margin.")
  boolean gate;

  @Option(
      names = "--log",
      description = "Print all that libbpf and the verifier say of programs that do not load.")
  boolean log;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds over all cells. Default: 5; in guests 2 boots of each.")
  @Nullable Integer rounds;

  @Option(
      names = "--measure",
      paramLabel = "MS",
      description =
          "Measurement of a program on a packet, or of its loads; those that take turns have half."
              + " Default: ${DEFAULT-VALUE}.",
      defaultValue = "600")
  int measureMillis;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: 3; for instructions 0.5.")
  @Nullable Double marginPercent;

  @Option(
      names = "--guest-timeout",
      paramLabel = "S",
      description = "Longest silence of a guest in seconds. Default: ${DEFAULT-VALUE}.",
      defaultValue = "90")
  int patienceSeconds;

  @Mixin ResultsOption results;

  private String load = "";
  private Attaching attaching = new Attaching("", false);

  @Mixin WaitOption wait;

  @Override
  public Integer call() {
    RunOptions.checkRounds(spec, rounds);
    RunOptions.checkMargin(spec, marginPercent);
    RunOptions.checkPatience(spec, patienceSeconds);
    RunOptions.check(
        spec,
        measureMillis >= 100 && measureMillis <= 600_000,
        "--measure",
        "from 100 to 600000 milliseconds");
    needs("--margin", hasVersions(), "--against");
    boolean guests = !kernels.isEmpty() || !kernelFiles.isEmpty();
    needs("--guest-timeout", guests, "--kernels or --kernel");
    for (String other : List.of(LOAD, "--here", "--map", "--packet", "--pcap", "--data", "--ctx")) {
      if (verifyOnly && spec.commandLine().getParseResult().hasMatchedOption(other)) {
        throw Refusal.option(
            "%s runs nothing, so %s would do nothing: leave one out."
                .formatted(VERIFY_ONLY, other));
      }
    }
    if (command != null && command.isBlank()) {
      throw Refusal.option("--load is a command that makes events, e.g. --load 'ls -R /usr'.");
    }
    load = command == null ? "" : command;
    if (hasVersions() && against.size() != objects.size()) {
      throw Refusal.usage(
          "%d objects against %d: name as many with --against, in the same order"
              .formatted(objects.size(), against.size()));
    }
    PrintWriter out = spec.commandLine().getOut();
    attaching = new Attaching(load, here || guests);
    GivenInputs inputs = this.inputs.read(spec);
    needs("--frames", this.inputs.hasCapture(), "--pcap");
    List<KernelImage> images = images();
    GivenObjects given = GivenObjects.read(objects);
    GivenObjects earlier = against.isEmpty() ? null : GivenObjects.read(against);
    List<Cell> cells =
        given.cells(programs, inputs, attaching, hasVersions() ? labels(images) : List.of());
    if (verifyOnly) {
      cells = cells.stream().filter(ProgSuite::isOfTheVerifier).toList();
    }
    SortedMap<String, byte[]> files = given.files(earlier, inputs);
    PrintWriter sentences = FoldedLines.on(out);
    given.text(attaching).forEach(line -> sentences.println(Shown.name(line)));
    inputs.text().forEach(line -> sentences.println(Shown.name(line)));
    if (earlier != null) {
      earlier.descriptions().forEach(line -> sentences.println(Shown.name("against " + line)));
      given
          .removedSince(earlier)
          .forEach(
              name -> sentences.println(Shown.name("  removed: the earlier version has " + name)));
    }
    sentences.println();
    sentences.flush();
    if (!load.isEmpty() && images.isEmpty() && !isTried(out)) {
      return ExitCode.INTERRUPTED;
    }
    Runs runs = new Runs(results.folder, out, wait);
    List<String> commandLine = spec.root().commandLine().getParseResult().originalArgs();
    MeasuredRun.Result result =
        images.isEmpty()
            ? runs.run(
                plan(cells),
                files,
                commandLine,
                load.isEmpty() ? FORK_SECONDS : LOADED_FORK_SECONDS)
            : runs.run(request(images, cells), files, commandLine);
    ProgText text = new ProgText(runs.analysis());
    int code = runs.show(result, text.render(Terminal.widthOfTable()));
    if (log) {
      logs(result).forEach(out::println);
    }
    out.flush();
    return gate ? text.gate(out, code, result.folder().path()) : code;
  }

  /** Runs the load once; whether nobody interrupted that. */
  private boolean isTried(PrintWriter out) {
    try (Cancellation _ = new Cancellation()) {
      ProgSuite.tryLoad(load);
      return true;
    } catch (InterruptedException e) {
      out.println("Interrupted: nothing was measured.");
      out.flush();
      return false;
    }
  }

  /** Refuses an option that would do nothing. */
  private void needs(String option, boolean isThere, String other) {
    if (!isThere && spec.commandLine().getParseResult().hasMatchedOption(option)) {
      throw Refusal.option(
          "%s is for %s: give that as well, or leave it out.".formatted(option, other));
    }
  }

  private static List<String> logs(MeasuredRun.Result result) {
    List<RefusalLog> logs = RefusalLog.in(result.folder().path());
    return logs.isEmpty()
        ? List.of("", "Log: no kernel refuses a program.")
        : logs.stream()
            .map(log ->
                "\nLog of %s: %s%s (%s)\n%s"
                    .formatted(
                        log.object(),
                        log.program(),
                        log.place().isEmpty() ? "" : " on " + log.place(),
                        result.folder().path().resolve(log.file()),
                        Shown.text(log.text()).stripTrailing()))
            .toList();
  }

  private boolean hasVersions() {
    return !against.isEmpty();
  }

  private Plan plan(List<Cell> cells) {
    ArmInfo idle = Runs.arms(List.of(LabRequest.UNLOADED)).getFirst();
    List<ArmInfo> arms =
        hasVersions()
            ? List.of(version(ProgSuite.OLD, idle), version(ProgSuite.NEW, idle))
            : List.of(idle);
    return Plan.interleave(
        "programs",
        arms,
        Runs.together(List.of(idle.profile()), cells, arms.size(), false),
        cells,
        List.of(),
        rounds == null ? ROUNDS : rounds,
        42,
        new Plan.Times(WARMUP_MILLIS, Math.ceilDiv(measureMillis, ITERATIONS), ITERATIONS),
        margin(3),
        null,
        new TreeMap<>());
  }

  private static ArmInfo version(String label, ArmInfo idle) {
    return new ArmInfo(label, idle.profile(), "the %s objects".formatted(label), "");
  }

  private double margin(double usual) {
    Double percent = marginPercent;
    return (percent == null ? usual : percent) / PERCENT;
  }

  private List<KernelImage> images() {
    if (kernels.isEmpty() && kernelFiles.isEmpty()) {
      return List.of();
    }
    GuestArch arch = GuestArch.ofThisMachine();
    KernelStore store = new KernelStore(arch);
    List<KernelImage> images = new ArrayList<>();
    kernels.forEach(version -> images.add(store.get(version)));
    kernelFiles.forEach(file -> images.add(KernelImage.ofFile(file, arch)));
    return images;
  }

  /** Kernels that cells name: those of guests whose arms are versions. */
  private static List<String> labels(List<KernelImage> images) {
    return Plan.labels(images.stream().map(KernelImage::label).toList());
  }

  private LabRequest request(List<KernelImage> images, List<Cell> cells) {
    GuestMode mode = GuestMode.INSTRUCTIONS;
    return new LabRequest(
        GuestArch.ofThisMachine(),
        images,
        List.of(LabRequest.UNLOADED),
        List.of(),
        hasVersions() ? List.of(ProgSuite.OLD, ProgSuite.NEW) : List.of(),
        cells,
        mode,
        rounds == null ? ROUNDS_OF_GUESTS : rounds,
        42,
        margin(PERCENT * mode.margin()),
        Duration.ofSeconds(patienceSeconds),
        Wishes.NONE.withPrograms(attaching.programs()),
        0);
  }
}
