package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestMode;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.LabRequest;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kernels run}. */
@Command(
    name = "run",
    description = "Boot kernels, measure each, compare and report.",
    mixinStandardHelpOptions = true,
    modelTransformer = CellOptions.OfSuites.class,
    sortOptions = false)
final class KernelsRun implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin KernelsCommand.Architecture architecture;

  @Option(
      names = "--kernels",
      split = ",",
      paramLabel = "VERSION",
      description =
          "Fetched kernels, e.g. 6.12,7.2; the others are compared with the first. 7.2,7.2"
              + " compares a kernel with itself.")
  List<String> kernels = List.of();

  @Option(
      names = "--kernel",
      split = ",",
      paramLabel = "FILE",
      description = "Kernels of your own: vmlinuz or bzImage.")
  List<Path> files = List.of();

  @Option(
      names = "--suite",
      split = ",",
      paramLabel = "SUITE",
      completionCandidates = Runs.LabSuiteNames.class,
      description =
          "${COMPLETION-CANDIDATES}. Default: maps, kernel-maps, loads and the main hooks, each"
              + " empty and with a counter.")
  List<String> suites = List.of();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "functional, instructions or time (nanoseconds, for KVM). Default: ${DEFAULT-VALUE}.",
      defaultValue = "instructions")
  String mode = "";

  @Mixin CellOptions cells;

  @Option(
      names = {"-p", "--profile"},
      split = ",",
      paramLabel = "PROFILE",
      description =
          "Loads inside the guests, for functional and time: each kernel is booted for each, and"
              + " idle is the reference. Default: ${DEFAULT-VALUE}.",
      defaultValue = LabRequest.UNLOADED)
  List<String> profiles = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Boots of each kernel. Default: 2, functional 1.")
  @Nullable Integer rounds;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: 0.5 for instructions, else 3.")
  @Nullable Double marginPercent;

  @Option(
      names = "--delay",
      paramLabel = "N",
      description =
          "One more arm of the first kernel, in which each operation on a map takes at least this"
              + " many more instructions (in mode time: nanoseconds): a delay not found there is"
              + " a miss. Default: no such arm.",
      defaultValue = "0")
  long delay;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the keys. Default: ${DEFAULT-VALUE}.",
      defaultValue = "42")
  long seed;

  @Option(
      names = "--guest-timeout",
      paramLabel = "S",
      description =
          "Longest silence of a guest in seconds, from boot or the last result. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "90")
  int patienceSeconds;

  @Option(
      names = "--possible-cpus",
      paramLabel = "N",
      description =
          "Possible processors of a guest: per-CPU maps have a value for each. Default: those"
              + " present.",
      defaultValue = "0")
  int possibleCpus;

  @Option(
      names = "--disk",
      paramLabel = "MB",
      description = "A disk of that size with an empty ext4 in each guest, on /disk.",
      defaultValue = "0")
  int diskMegabytes;

  @Option(
      names = "--programs",
      split = ",",
      paramLabel = "PROGRAM",
      description = "Programs of this machine that guests get, with their libraries, e.g. fio.")
  List<String> programs = List.of();

  @Option(
      names = "--append",
      paramLabel = "PARAMETERS",
      description = "Further parameters of the guests' kernels, e.g. mitigations=auto.",
      defaultValue = "")
  String kernelParameters = "";

  @Option(
      names = "--debian-libbpf",
      description =
          "Use Debian's libbpf (1.5) in the guests, not this machine's; guests of another"
              + " architecture always have it.")
  boolean debianLibbpf;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Continue an interrupted run of the lab with its own options: its id, a prefix, a"
              + " folder, or latest.")
  @Nullable String resume;

  @Mixin ResultsOption results;

  @Mixin WaitOption wait;

  @Override
  public Integer call() {
    RunOptions.checkRounds(spec, rounds);
    RunOptions.checkMargin(spec, marginPercent);
    RunOptions.checkPatience(spec, patienceSeconds);
    check(
        possibleCpus >= 0 && possibleCpus <= 255,
        "--possible-cpus",
        "from 1 to 255: more need an x2APIC, which this emulator has not");
    check(
        diskMegabytes == 0 || (diskMegabytes >= 8 && diskMegabytes <= 1 << 20),
        "--disk",
        "megabytes from 8 to 1048576");
    for (String suite : suites) {
      if (!Suite.measuredInGuests().contains(suite)) {
        throw Refusal.option(
            NearestName.unknown("suite of the lab", suite, Suite.measuredInGuests()));
      }
    }
    check(delay >= 0 && delay <= 1_000_000, "--delay", "from 0 to 1000000");
    String earlier = resume;
    Runs runs = new Runs(results.folder, spec.commandLine().getOut(), wait);
    return earlier != null
        ? runs.resumeLab(earlier)
        : runs.run(request(), spec.root().commandLine().getParseResult().originalArgs());
  }

  private LabRequest request() {
    GuestMode how = GuestMode.ofWord(mode);
    if (delay > 0 && how == GuestMode.FUNCTIONAL) {
      throw Refusal.option(
          "--delay makes no sense in mode functional, which gives no usable figures.");
    }
    cells.check(
        spec,
        how == GuestMode.INSTRUCTIONS
            ? CellOptions.Cpus.OF_COUNTING_GUEST
            : CellOptions.Cpus.OF_GUEST,
        asked());
    Integer boots = rounds;
    Double margin = marginPercent;
    return new LabRequest(
        architecture.get(),
        images(),
        profiles(how),
        List.of(),
        List.of(),
        wanted().stream().filter(KernelsRun::possible).toList(),
        how,
        boots == null ? (how == GuestMode.FUNCTIONAL ? 1 : 2) : boots,
        seed,
        margin == null ? how.margin() : margin / 100,
        Duration.ofSeconds(patienceSeconds),
        new Wishes(kernelParameters, possibleCpus, debianLibbpf, programs, diskMegabytes),
        delay);
  }

  private List<String> profiles(GuestMode how) {
    boolean loaded = profiles.stream().anyMatch(profile -> !profile.equals(LabRequest.UNLOADED));
    if (loaded && how == GuestMode.INSTRUCTIONS) {
      throw Refusal.usage(
          "a load makes no sense while instructions are counted on a guest's one processor: use"
              + " --mode functional or --mode time, or leave out -p");
    }
    return Runs.arms(profiles).stream().map(ArmInfo::profile).distinct().toList();
  }

  private List<Cell> wanted() {
    return suites.isEmpty()
        ? Runs.cells(Suite.all(), suite -> suite.usualInGuests(cells.wanted()))
        : Runs.cells(suites, cells);
  }

  private List<String> asked() {
    return suites.isEmpty() ? wanted().stream().map(Cell::suite).distinct().toList() : suites;
  }

  /** What JMH alone measures makes no sense on another kernel: it never enters one. */
  private static boolean possible(Cell cell) {
    return !Set.of("floor.empty", "floor.ffm").contains(cell.benchmark());
  }

  private List<KernelImage> images() {
    GuestArch arch = architecture.get();
    KernelStore store = new KernelStore(arch);
    List<KernelImage> images = new ArrayList<>();
    kernels.forEach(version -> images.add(store.get(version)));
    files.forEach(file -> images.add(KernelImage.ofFile(file, arch)));
    if (images.isEmpty()) {
      List<String> there = store.all().stream().map(KernelImage::label).toList();
      throw Refusal.usage(
          "which kernels? "
              + (there.isEmpty()
                  ? "Fetch some: "
                      + Program.command(
                          "kernels", "fetch", "debian:6.12,7.2", "--arch", arch.debian())
                  : "Name them: --kernels " + String.join(",", there)));
    }
    return images;
  }

  private void check(boolean good, String option, String allowed) {
    RunOptions.check(spec, good, option, allowed);
  }
}
