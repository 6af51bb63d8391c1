package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link TaskMonitor}. */
public final class TaskMonitorSpec implements ToolSpec {

  @Override
  public String name() {
    return TaskMonitor.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "How many threads each process has, and how many come and go.",
        "R run or wait for a CPU, D are blocked. NEW are threads that it started, FORKS processes;"
            + " ENDED are threads of it.");
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
  public Map<String, Double> prove(Tool tool) {
    ((TaskMonitor) tool).prove();
    return Map.of();
  }

  /** {@code diagnose task-monitor}. */
  private static final class Given implements Options {
    @Option(
        names = {"-c", "--changes"},
        description = "Those first that start and end most. Default: those with most threads.")
    private boolean byChanges;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return TaskMonitor.attach(
          new TaskMonitor.Options(byChanges, only.orAll(), rows.most(), injectNanos));
    }
  }
}
