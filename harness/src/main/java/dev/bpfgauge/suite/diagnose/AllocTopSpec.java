package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.SuiteWords.Better;
import dev.bpfgauge.model.SuiteWords.Extra;
import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link AllocTop}. */
public final class AllocTopSpec implements ToolSpec {

  @Override
  public String name() {
    return AllocTop.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Which processes take pages from the kernel, and free them.",
        "Processes that ended are among them. What interrupts take is theirs.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.MAP;
  }

  @Override
  public Map<String, Double> prove(Tool tool) {
    return ((AllocTop) tool).prove();
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra(
            AllocTop.BULK,
            "%",
            "pages that the kernel counted and " + AllocTop.NAME + " cannot see",
            Better.NEITHER));
  }

  /** {@code diagnose alloc-top}. */
  private static final class Given implements Options {
    @Option(
        names = {"-O", "--by-order"},
        description = "A row for each order of a process.")
    private boolean byOrder;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return AllocTop.attach(new AllocTop.Options(byOrder, only.orAll(), rows.most(), injectNanos));
    }
  }
}
