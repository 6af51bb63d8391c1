package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link RunTrace}. */
public final class RunTraceSpec implements ToolSpec {

  @Override
  public String name() {
    return RunTrace.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "What threads' time goes to: running, interrupted, waiting, blocked.",
        "By system call and between calls; with a threshold what happened in each that took"
            + " longer.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  /** It looks at threads that the user names. */
  @Override
  public boolean isInTheWholePicture() {
    return false;
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SWITCH;
  }

  /** It looks on this process alone, which {@link #prove} needs. */
  @Override
  public Tool attach() {
    return RunTrace.attach(
        new RunTrace.Options((int) ProcessHandle.current().pid(), 0, 0, RowsOption.USUAL, 0));
  }

  @Override
  public Map<String, Double> prove(Tool tool) {
    ((RunTrace) tool).prove();
    return Map.of();
  }

  /** {@code diagnose run-trace}. */
  private static final class Given implements Options {
    private static final double NANOS_PER_MILLI = 1e6;

    @Option(
        names = {"-p", "--pid"},
        paramLabel = "PID",
        description = "Only threads of this process. Default: all processes.")
    private @Nullable Integer pid;

    @Option(
        names = {"-t", "--tid"},
        paramLabel = "TID",
        description = "Only this thread.")
    private @Nullable Integer tid;

    @Option(
        names = {"-m", "--threshold"},
        paramLabel = "MS",
        description = {
          "Show what happened in each system call, and in each",
          "stretch of user code, that took as many milliseconds."
        })
    private @Nullable Double thresholdMillis;

    @Mixin private final RowsOption rows = new RowsOption();

    @Override
    public Tool attach(int injectNanos) {
      int process = Processes.orAll("process", "ps -e", pid);
      int thread = Processes.orAll("thread", "ps -eL", tid);
      if (thread != 0) {
        Processes.requireThread(thread);
        Processes.requireThreadOf(process, thread);
        process = Processes.ofThread(thread);
      }
      if (thresholdMillis != null && !(thresholdMillis > 0)) {
        throw Refusal.option("--threshold is a number of milliseconds from 0.1.");
      }
      return RunTrace.attach(
          new RunTrace.Options(
              process,
              thread,
              thresholdMillis == null
                  ? 0
                  : Math.max(1, Math.round(thresholdMillis * NANOS_PER_MILLI)),
              rows.most(),
              injectNanos));
    }
  }
}
