package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What everything else must know of {@link LoadMonitor}. */
public final class LoadMonitorSpec implements ToolSpec {
  private static final int USUAL_TICK = 100;
  private static final int USUAL_GAP = 10;

  @Override
  public String name() {
    return LoadMonitor.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "The load, and how many threads run or wait for a CPU, or are blocked.",
        "R run or wait for a CPU, D are blocked.",
        "Where one reaches a limit: all these threads with their stacks, once until it fell by 10"
            + " %%.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SWITCH;
  }

  /** The nearest: lengths of run queues, by samples. */
  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("runqlen", Output.EACH_SECOND));
  }

  @Override
  public Map<String, Double> prove(Tool tool) {
    ((LoadMonitor) tool).prove();
    return Map.of();
  }

  /** {@code diagnose load-monitor}. */
  private static final class Given implements Options {
    private static final double NONE = Double.POSITIVE_INFINITY;

    @Option(
        names = {"-l", "--load"},
        paramLabel = "LOAD",
        description = "Dump where the load of one minute reaches this.")
    private double load = NONE;

    @Option(
        names = {"-r", "--running"},
        paramLabel = "N",
        description = "Dump where N threads run or wait for a CPU.")
    private double running = NONE;

    @Option(
        names = {"-b", "--blocked"},
        paramLabel = "N",
        description = "Dump where N threads are in state D.")
    private double blocked = NONE;

    @Option(
        names = {"-t", "--tick"},
        paramLabel = "MS",
        description = "Milliseconds between two looks. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + USUAL_TICK)
    private int tickMillis = USUAL_TICK;

    @Option(
        names = {"-g", "--gap"},
        paramLabel = "S",
        description = "Seconds between two dumps, at least. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + USUAL_GAP)
    private int gapSeconds = USUAL_GAP;

    @Override
    public Tool attach(int injectNanos) {
      return LoadMonitor.attach(
          new LoadMonitor.Options(load, running, blocked, tickMillis, gapSeconds, injectNanos));
    }
  }
}
