package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestMode;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.LabRequest;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.ToolGuest;
import dev.bpfgauge.suite.tools.ToolSpec;
import dev.bpfgauge.suite.tools.ToolsSuite;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tools overhead}: what the tools cost a host, measured off and on. */
@Command(
    name = "overhead",
    description = {
      "Measure what tools cost a loaded host.",
      "Loads that make the traced events run with each tool alone, with all tools and with none,"
          + " interleaved; also libbpf-tools of the same name."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tools overhead",
      "      all tools under case5, with libbpf-tools",
      "  tools overhead -p idle --tools cpudist  one tool on an idle machine",
      "  tools overhead --kernel 7.2             instructions, in guests of the lab",
      "  tools overhead --peer none --rounds 10",
      "      without libbpf-tools, narrower intervals",
      "  tools overhead --here                   what they would take of this host now"
    })
final class OverheadCommand implements Callable<Integer> {
  private static final String PEERS = "libbpf-tools";
  private static final String NO_PEERS = "none";
  private static final String PROFILE = "case5";
  private static final double PERCENT = 100;
  private static final int ROUNDS = 6;
  private static final int ROUNDS_OF_GUESTS = 2;

  private static final List<String> OF_HERE = List.of("--fresh", "--seconds", "--json");
  private static final List<String> BESIDE_HERE = List.of("--here", "--tools", "--results");

  /** What {@code --tools} takes, for completion. */
  static final class ToolNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(Stream.of(ToolsSuite.ALL), ToolSpec.names().stream()).iterator();
    }
  }

  @Spec CommandSpec spec;

  @Mixin ResultsOption results;

  @Mixin WaitOption wait;

  @Option(
      names = {"-p", "--profile"},
      paramLabel = "PROFILE",
      description = "The state of the machine in all arms. Default: case5.")
  @Nullable String profile;

  @Option(
      names = "--kernel",
      paramLabel = "VERSION",
      description =
          "In guests of the lab with that kernel, e.g. 7.2, counting instructions: each arm is a"
              + " boot, without other load.")
  @Nullable String kernel;

  @Option(
      names = "--debian-libbpf",
      description =
          "With --kernel: use Debian's libbpf and libbpf-tools of kernels fetch --debian-libbpf in"
              + " the guests, not this machine's.")
  boolean debianLibbpf;

  @Option(
      names = "--guest-timeout",
      paramLabel = "S",
      description = "Longest silence of a guest in seconds. Default: ${DEFAULT-VALUE}.",
      defaultValue = "300")
  int patienceSeconds;

  @Option(
      names = "--tools",
      paramLabel = "TOOL",
      split = ",",
      completionCandidates = ToolNames.class,
      description = "all, or some of them by name. Default: ${DEFAULT-VALUE}.",
      defaultValue = "all")
  List<String> tools = List.of();

  @Option(
      names = "--peer",
      paramLabel = "PEER",
      description = "libbpf-tools or none. Default: ${DEFAULT-VALUE}.",
      defaultValue = PEERS)
  String peer = PEERS;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds over all arms. Default: 6, with --kernel 2.")
  @Nullable Integer rounds;

  @Option(
      names = "--measure",
      paramLabel = "MS",
      description = "Measurement of one load; guests take a second. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1500")
  int measureMillis;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  double marginPercent;

  @Option(
      names = "--here",
      description =
          "Forecast for this host: its own events per second, counted for some seconds, × what an"
              + " event cost in the newest run of this machine.")
  boolean here;

  @Option(names = "--fresh", description = "With --here: measure first, as without it.")
  boolean fresh;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "With --here: count for so long, 5 to 3600. Default: ${DEFAULT-VALUE}.",
      defaultValue = "5")
  int seconds;

  @Option(names = "--json", description = "With --here: print the forecast as JSON.")
  boolean json;

  @Option(names = "--inject-ns", hidden = true)
  long injectNanos;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Runs runs = new Runs(results.folder, out, wait);
    List<String> commandLine = spec.root().commandLine().getParseResult().originalArgs();
    check();
    checkHere();
    String version = kernel;
    if (version != null) {
      return runs.run(request(version), commandLine);
    }
    if (here && !fresh) {
      return forecast(out);
    }
    int code = runs.show(runs.run(plan(), commandLine));
    return here && (code == ExitCode.DONE || code == ExitCode.PARTIAL) ? forecast(out) : code;
  }

  private int forecast(PrintWriter out) {
    return new OverheadHere(results.folder, out, spec.commandLine().getErr())
        .show(ToolsSuite.named(tools), seconds, json);
  }

  /** What would be passed over is refused. */
  private void checkHere() {
    RunOptions.check(
        spec,
        seconds >= ForkStatistics.ENOUGH_FORKS && seconds <= 3600,
        "--seconds",
        "from %d to 3600".formatted(ForkStatistics.ENOUGH_FORKS));
    Set<String> given =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(OptionSpec::longestName)
            .collect(Collectors.toSet());
    if (!here) {
      OF_HERE.stream()
          .filter(given::contains)
          .findFirst()
          .ifPresent(option -> {
            throw Refusal.option(option + " is of --here: add that, or leave " + option + " out.");
          });
    } else if (kernel != null) {
      throw Refusal.option("--here is about this host, not a guest: leave out --kernel.");
    } else if (fresh && json) {
      throw Refusal.option(
          "--fresh prints what it measures as well: leave out --json, or --fresh.");
    } else if (!fresh) {
      given.stream()
          .filter(option -> !OF_HERE.contains(option) && !BESIDE_HERE.contains(option))
          .sorted()
          .findFirst()
          .ifPresent(option -> {
            throw Refusal.option(
                "--here measures nothing: leave out %s, or add --fresh to measure first."
                    .formatted(option));
          });
    }
  }

  private void check() {
    if (!peer.equals(PEERS) && !peer.equals(NO_PEERS)) {
      throw Refusal.option(NearestName.unknown("peer", peer, List.of(PEERS, NO_PEERS)));
    }
    RunOptions.checkRounds(spec, rounds(1));
    RunOptions.check(
        spec,
        measureMillis >= 100 && measureMillis <= 600_000,
        "--measure",
        "from 100 to 600000 milliseconds");
    RunOptions.checkMargin(spec, marginPercent);
    RunOptions.checkPatience(spec, patienceSeconds);
    if (kernel != null && (profile != null || injectNanos > 0)) {
      throw Refusal.usage(
          "a guest that counts instructions has one processor and runs no other load: leave out"
              + " -p");
    }
  }

  private int rounds(int usual) {
    return Objects.requireNonNullElse(rounds, usual);
  }

  private List<String> labels(List<String> named) {
    return ToolsSuite.arms(named, peer.equals(PEERS));
  }

  /** In guests {@code all} stands for all of ours, so it is left out where only some are named. */
  private LabRequest request(String version) {
    List<String> named = ToolsSuite.named(tools);
    GuestArch arch = GuestArch.ofThisMachine();
    return new LabRequest(
        arch,
        List.of(new KernelStore(arch).get(version)),
        List.of(LabRequest.UNLOADED),
        labels(named).stream()
            .filter(label -> !label.equals(ToolsSuite.ALL) || named.containsAll(ToolSpec.names()))
            .toList(),
        List.of(),
        ToolGuest.cells(named),
        GuestMode.INSTRUCTIONS,
        rounds(ROUNDS_OF_GUESTS),
        42,
        marginPercent / PERCENT,
        Duration.ofSeconds(patienceSeconds),
        new Wishes("", 0, debianLibbpf, ToolGuest.programs(), 0),
        0);
  }

  private Plan plan() {
    List<String> named = ToolsSuite.named(tools);
    List<TargetLoad> loads = ToolsSuite.loads(named);
    List<ArmInfo> arms = new ArrayList<>();
    labels(named).forEach(label -> arms.add(arm(label, named, "")));
    TreeMap<String, Long> inject = new TreeMap<>();
    if (injectNanos > 0) {
      for (String tool : named) {
        String label = tool + "+" + injectNanos + "ns";
        arms.add(arm(label, named, "; each event held up by " + injectNanos + " ns on purpose"));
        inject.put(label, injectNanos);
      }
    }
    return Plan.alternate(
        ToolsSuite.NAME,
        arms,
        arm -> ToolsSuite.cells(arm.label(), loads),
        rounds(ROUNDS),
        42,
        new Plan.Times(0, measureMillis, 1),
        marginPercent / PERCENT,
        inject);
  }

  private ArmInfo arm(String label, List<String> named, String more) {
    String state = Objects.requireNonNullElse(profile, PROFILE);
    String description = Runs.arms(List.of(state)).getLast().description();
    return new ArmInfo(
        label, state, ToolsSuite.description(label, named) + more + "; " + description, "");
  }
}
