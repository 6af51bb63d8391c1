package dev.bpfgauge.dummy;

import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import picocli.CommandLine.Option;

/** A tracing tool as somebody would add it: its tool, this, and its line in META-INF/services. */
public final class DummyToolSpec implements ToolSpec {
  @Override
  public String name() {
    return DummyTool.NAME;
  }

  @Override
  public List<String> description() {
    return List.of("How many system calls there are.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SWITCH;
  }

  /** {@code tools dummytool}. */
  private static final class Given implements Options {
    @Option(
        names = {"-t", "--title"},
        paramLabel = "WORD",
        description = "What stands above the calls. Default: ${DEFAULT-VALUE}.",
        defaultValue = "CALLS")
    private String title = "CALLS";

    @Override
    public Tool attach(int injectNanos) {
      return DummyTool.attach(title);
    }
  }
}
