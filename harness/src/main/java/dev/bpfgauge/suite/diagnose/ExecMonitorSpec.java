package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link ExecMonitor}. */
public final class ExecMonitorSpec implements ToolSpec {
  private static final int STARTED = 100;
  private static final int REFUSED = 10;

  @Override
  public String name() {
    return ExecMonitor.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Each exec, failed ones too, with arguments, parents, control group.",
        "NSPID is the number in the process's own PID namespace.",
        "FILE and ARGS are cut with \"…\".");
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
    return Optional.of(new Peer("execsnoop", Output.AS_IT_HAPPENS));
  }

  /** It looks on what this process starts alone, which {@link #prove} needs. */
  @Override
  public Tool attach() {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    return ExecMonitor.attach(new ExecMonitor.Options(false, "", -1, self, 0));
  }

  /** Holds its rows against programs that are started side by side, some of which are not there. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    new KnownExecs(STARTED, REFUSED).proveSeenBy(((ExecMonitor) tool)::events);
    return Map.of();
  }

  /** {@code diagnose exec-monitor}. */
  private static final class Given implements Options {
    @Option(
        names = {"-x", "--failed"},
        description = "Only those that fail.")
    private boolean onlyFailed;

    @Option(
        names = {"-n", "--name"},
        paramLabel = "TEXT",
        description = "Only files with this text in their name.",
        defaultValue = "")
    private String name = "";

    @Mixin private final UserOption user = new UserOption();
    @Mixin private final DescendantsOption process = new DescendantsOption();

    @Override
    public Tool attach(int injectNanos) {
      return ExecMonitor.attach(
          new ExecMonitor.Options(onlyFailed, name, user.orAll(), process.orAll(), injectNanos));
    }
  }
}
