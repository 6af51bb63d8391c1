package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.StackOptions;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link CpuSamples}. */
public final class CpuSamplesSpec implements ToolSpec {
  @Override
  public String name() {
    return CpuSamples.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Where CPU time goes, by stacks of kernel and processes.",
        "A timer of each CPU samples it; no performance counter is needed.",
        "What runs with interrupts off is shown where they come on again.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SEND;
  }

  /** Its stacks are named when it ends. */
  @Override
  public Output output() {
    return Output.AT_THE_END;
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("profile", Output.AT_THE_END));
  }

  @Override
  public Optional<String> graphUnit() {
    return Optional.of("samples");
  }

  /** {@code diagnose perf}. */
  private static final class Given implements Options {
    @Mixin private final PidOption only = new PidOption();

    @Option(
        names = {"-F", "--frequency"},
        paramLabel = "HZ",
        description = "Samples of each CPU in a second. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + CpuSamples.USUAL_HZ)
    private int hertz = CpuSamples.USUAL_HZ;

    @Option(
        names = {"-I", "--include-idle"},
        description = "Idle CPUs are shown, too.")
    private boolean idle;

    @Option(
        names = {"-r", "--maxrows"},
        paramLabel = "N",
        description = "Print the N stacks with the most. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + CountedStacks.USUAL_TOP)
    private int top = CountedStacks.USUAL_TOP;

    @Mixin private final StackOptions stacks = new StackOptions();

    @Override
    public Tool attach(int injectNanos) {
      return CpuSamples.attach(
          new CpuSamples.Options(
              only.process(),
              hertz,
              idle,
              stacks.halves(),
              stacks.places(),
              CountedStacks.Form.of(stacks.folded(), top),
              injectNanos));
    }
  }
}
