package dev.bpfgauge.cli;

import dev.bpfgauge.results.NearestName;
import dev.bpfgauge.results.Refusal;
import dev.bpfgauge.results.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.tool.TargetLoad;
import dev.bpfgauge.tool.ToolsSuite;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tools overhead}: what the tools cost a host, measured off and on. */
@Command(
    name = "overhead",
    description = {
      "What tools cost a loaded host: loads that make the events they trace, with each tool alone,",
      "with all of them and with none, in turns; beside them libbpf-tools' own of the same name."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tools overhead                              all tools under case5, with libbpf-tools beside",
      "  tools overhead -p idle --tools cpudist      one tool on an idle machine",
      "  tools overhead --peer none --rounds 10      without libbpf-tools, narrower intervals"
    })
final class OverheadCommand implements Callable<Integer> {
  private static final String PEERS = "libbpf-tools";
  private static final String NO_PEERS = "none";
  private static final double PERCENT = 100;

  @Spec CommandSpec spec;

  @Mixin ResultsOption results;

  @Option(
      names = {"-p", "--profile"},
      paramLabel = "PROFILE",
      description = "The state of the machine in all arms. Default: ${DEFAULT-VALUE}.",
      defaultValue = "case5")
  String profile = "case5";

  @Option(
      names = "--tools",
      paramLabel = "TOOL[,TOOL...]",
      split = ",",
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
      description = "Rounds over all arms. Default: ${DEFAULT-VALUE}.",
      defaultValue = "6")
  int rounds;

  @Option(
      names = "--measure",
      paramLabel = "MS",
      description = "Measurement of one load. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1500")
  int measureMillis;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      description = "Margin of equivalence. Default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  double marginPercent;

  @Option(names = "--inject-ns", hidden = true)
  long injectNanos;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Runs runs = new Runs(results.folder, out);
    return runs.show(runs.run(plan(), spec.root().commandLine().getParseResult().originalArgs()));
  }

  private Plan plan() {
    if (!peer.equals(PEERS) && !peer.equals(NO_PEERS)) {
      throw Refusal.usage(NearestName.unknown("peer", peer, List.of(PEERS, NO_PEERS)));
    }
    if (rounds < 1 || measureMillis < 100 || marginPercent <= 0) {
      throw Refusal.usage("--rounds is at least 1, --measure 100 and --margin more than 0.");
    }
    List<String> named = ToolsSuite.named(tools);
    List<TargetLoad> loads = ToolsSuite.loads(named);
    List<ArmInfo> arms = new ArrayList<>();
    ToolsSuite.arms(named, peer.equals(PEERS)).forEach(label -> arms.add(arm(label, "")));
    TreeMap<String, Long> inject = new TreeMap<>();
    if (injectNanos > 0) {
      for (String tool : named) {
        String label = tool + "+" + injectNanos + "ns";
        arms.add(arm(label, "; each event held up by " + injectNanos + " ns on purpose"));
        inject.put(label, injectNanos);
      }
    }
    return Plan.alternate(
        "tools",
        arms,
        arm -> ToolsSuite.cells(arm.label(), loads),
        rounds,
        42,
        new Plan.Times(0, measureMillis, 1),
        marginPercent / PERCENT,
        inject);
  }

  private ArmInfo arm(String label, String more) {
    String description = Runs.arms(List.of(profile)).getLast().description();
    return new ArmInfo(
        label, profile, ToolsSuite.description(label) + more + "; " + description, "");
  }
}
