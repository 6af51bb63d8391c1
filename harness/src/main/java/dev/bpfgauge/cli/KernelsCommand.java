package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestMode;
import dev.bpfgauge.lab.KernelFetch;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.LabRun;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.hooks.HookLoads;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.suite.kernelmaps.KernelMapsSuite;
import dev.bpfgauge.suite.maps.MapsSuite;
import java.io.PrintWriter;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kernels}: the lab. */
@Command(
    name = "kernels",
    description = {
      "Measure the same operations on other Linux kernels.",
      "This is the lab: it boots them in QEMU guests."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KernelsCommand.Fetch.class, KernelsCommand.Kept.class, KernelsCommand.Run.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  kernels fetch debian:6.1,6.12,7.2",
      "      Debian's kernels, into the user's cache",
      "  kernels list                                what is there",
      "  kernels run --kernels 6.12,7.2",
      "      instructions for each operation, compared",
      "  kernels run --kernels 6.12,6.12 --delay 50",
      "      a night of the lab: an equal and a delayed arm",
      "  kernels run --kernels 6.12,7.2 --mode functional --suite kernel-maps",
      "  kernels run --kernel ./vmlinuz --suite maps --map hash --op lookup",
      "  kernels fetch --arch arm64 debian:6.12",
      "      and what else its guests need",
      "  kernels run --arch arm64 --kernels 6.12     emulated, whatever this machine is",
      "  kernels run --resume latest",
      "      continue the newest run of the lab"
    })
final class KernelsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The option {@code --arch} of all of them. */
  static final class Architecture {
    @Option(
        names = "--arch",
        paramLabel = "ARCH",
        description = "The guests' architecture, amd64 or arm64. Default: this machine's.",
        defaultValue = "")
    String name = "";

    GuestArch get() {
      return name.isEmpty() ? GuestArch.ofThisMachine() : GuestArch.ofDebian(name);
    }
  }

  /** {@code kernels fetch}. */
  @Command(
      name = "fetch",
      description = {
        "Fetch Debian's kernels through apt, into the user's cache.",
        "The host's packages and lists stay as they are."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Fetch implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin Architecture architecture;

    @Parameters(
        paramLabel = "KERNEL",
        arity = "1..*",
        split = ",",
        description = "debian:6.12 or 6.12: the newest of that version.")
    List<String> kernels = List.of();

    @Option(
        names = "--mirror",
        paramLabel = "URL",
        description = "Debian's mirror. Default: the one of this machine's apt.",
        defaultValue = "")
    String mirror = "";

    @Option(names = "--again", description = "Fetch also what is in the cache.")
    boolean again;

    @Option(
        names = "--debian-libbpf",
        description = "Debian's libbpf as well, for kernels run --debian-libbpf.")
    boolean libbpf;

    @Option(
        names = "--emulator",
        description =
            "Also a newer QEMU, if this machine's is too old for guests with several processors; it"
                + " is unpacked, not installed.")
    boolean emulator;

    @Override
    public Integer call() {
      PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
      GuestArch arch = architecture.get();
      KernelFetch fetch =
          new KernelFetch(
              new KernelStore(arch),
              arch,
              mirror,
              line -> {
                out.println(line);
                out.flush();
              });
      for (KernelImage kernel : fetch.fetch(kernels, again, libbpf, emulator)) {
        out.println(line(kernel));
      }
      out.flush();
      return ExitCode.DONE;
    }
  }

  /** {@code kernels list}. */
  @Command(
      name = "list",
      description = "Show the kernels in the cache.",
      mixinStandardHelpOptions = true)
  static final class Kept implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin Architecture architecture;

    @Option(names = "--json", description = "As JSON.")
    boolean json;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      List<KernelImage> kernels = new KernelStore(architecture.get()).all();
      if (json) {
        out.print(Json.indented(kernels));
      } else if (kernels.isEmpty()) {
        out.println("There is none yet: " + Program.command("kernels", "fetch", "debian:6.12,7.2"));
      } else {
        PrintWriter folded = FoldedLines.on(out);
        kernels.forEach(kernel -> folded.println(line(kernel)));
      }
      out.flush();
      return ExitCode.DONE;
    }
  }

  /** {@code kernels run}. */
  @Command(
      name = "run",
      description = "Boot kernels, measure each, compare and report.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Run implements Callable<Integer> {
    /** One of each way into the kernel's code. */
    private static final List<String> MAIN_HOOKS =
        List.of("raw_tp", "tracepoint", "kprobe", "kretprobe", "fentry", "fexit", "xdp.run");

    private static final List<String> MAIN_BODIES = List.of("empty", "counter");

    @Spec CommandSpec spec;

    @Mixin Architecture architecture;

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
        defaultValue = LabRun.UNLOADED)
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
      check(rounds == null || (rounds >= 1 && rounds <= 1000), "--rounds", "from 1 to 1000");
      check(
          marginPercent == null || (marginPercent > 0 && marginPercent < 100),
          "--margin",
          "a percentage above 0, below 100");
      check(
          patienceSeconds >= 1 && patienceSeconds <= 86_400,
          "--guest-timeout",
          "from 1 to 86400 seconds");
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
          throw Refusal.usage(
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

    private LabRun.Request request() {
      GuestMode how = GuestMode.ofWord(mode);
      if (delay > 0 && how == GuestMode.FUNCTIONAL) {
        throw Refusal.usage(
            "--delay makes no sense in mode functional, which gives no usable figures.");
      }
      cells.check(
          spec,
          how == GuestMode.INSTRUCTIONS
              ? CellOptions.Cpus.OF_COUNTING_GUEST
              : CellOptions.Cpus.OF_GUEST);
      Integer boots = rounds;
      Double margin = marginPercent;
      return new LabRun.Request(
          architecture.get(),
          images(),
          profiles(how),
          List.of(),
          wanted().stream().filter(Run::possible).toList(),
          how,
          boots == null ? (how == GuestMode.FUNCTIONAL ? 1 : 2) : boots,
          seed,
          margin == null ? how.margin() : margin / 100,
          Duration.ofSeconds(patienceSeconds),
          new Wishes(kernelParameters, possibleCpus, debianLibbpf, programs, diskMegabytes),
          delay);
    }

    private List<String> profiles(GuestMode how) {
      boolean loaded = profiles.stream().anyMatch(profile -> !profile.equals(LabRun.UNLOADED));
      if (loaded && how == GuestMode.INSTRUCTIONS) {
        throw Refusal.usage(
            "a load makes no sense while instructions are counted on a guest's one processor: use"
                + " --mode functional or --mode time, or leave out -p");
      }
      return Runs.arms(profiles).stream().map(ArmInfo::profile).distinct().toList();
    }

    private List<Cell> wanted() {
      if (!suites.isEmpty()) {
        return Runs.cells(suites, cells);
      }
      List<Cell> usual =
          new ArrayList<>(
              Runs.cells(List.of(MapsSuite.NAME, KernelMapsSuite.NAME, HookLoads.NAME), cells));
      usual.addAll(Suite.of(HooksSuite.NAME).cells(cells.wanted(MAIN_HOOKS, MAIN_BODIES)));
      return usual;
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

  private static String line(KernelImage kernel) {
    return "%-8s %s  %s  sha256 %s…"
        .formatted(
            kernel.label(), kernel.release(), kernel.origin(), kernel.sha256().substring(0, 12));
  }
}
