package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link ExitMonitor}. */
public final class ExitMonitorSpec implements ToolSpec {
  @Override
  public String name() {
    return ExitMonitor.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Each process that ended: code or signal, time lived, CPU time.",
        "NSPID is the number in the process's own PID namespace.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SPAWN;
  }

  @Override
  public Output output() {
    return Output.AS_IT_HAPPENS;
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("exitsnoop", Output.AS_IT_HAPPENS));
  }

  /** It looks on what this process starts alone, which {@link #prove} needs. */
  @Override
  public Tool attach() {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    return ExitMonitor.attach(new ExitMonitor.Options(false, false, -1, self, 0));
  }

  /** Holds its rows against processes that end side by side, each in its own way. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    new KnownEnds(1).proveSeenBy(((ExitMonitor) tool)::ways);
    return Map.of();
  }

  /** {@code diagnose exit-monitor}. */
  private static final class Given implements Options {
    @Option(
        names = {"-x", "--failed"},
        description = "Only those that ended by a signal or with another code than 0.")
    private boolean onlyFailed;

    @Option(
        names = {"-T", "--threads"},
        description = "A row for each thread, not for each process.")
    private boolean threads;

    @Mixin private final UserOption user = new UserOption();
    @Mixin private final DescendantsOption process = new DescendantsOption();

    @Override
    public Tool attach(int injectNanos) {
      return ExitMonitor.attach(
          new ExitMonitor.Options(onlyFailed, threads, user.orAll(), process.orAll(), injectNanos));
    }
  }
}
