package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What everything else must know of {@link IrqStats}. */
public final class IrqStatsSpec implements ToolSpec {
  @Override
  public String name() {
    return IrqStats.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Hard and soft interrupts: how many, how long, the longest.",
        "Interrupts that came into a soft one are no part of its time.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public List<LostTime> lostTimes(Findings taken, double seconds) {
    Rows rows = (Rows) taken;
    return rows.rows().stream()
        .map(row ->
            new LostTime(
                rows.number(row, "cpu_percent") / 100,
                String.format(
                    Locale.ROOT,
                    "Interrupt %s (%s) took %.1f %% of a CPU, at most %.0f us at a time.",
                    rows.value(row, "irq"),
                    rows.value(row, "kind"),
                    rows.number(row, "cpu_percent"),
                    rows.number(row, "max_us"))))
        .toList();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SEND;
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("softirqs", Output.EACH_SECOND));
  }

  @Override
  public Map<String, Double> prove(Tool tool) {
    ((IrqStats) tool).prove();
    return Map.of();
  }

  /** {@code diagnose irq-stats}. */
  private static final class Given implements Options {
    @Option(
        names = {"-C", "--each-cpu"},
        description = "A row for each CPU.")
    private boolean eachCpu;

    @Override
    public Tool attach(int injectNanos) {
      return IrqStats.attach(new IrqStats.Options(eachCpu, injectNanos));
    }
  }
}
