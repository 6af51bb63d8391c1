package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link SysCost}. */
public final class SysCostSpec implements ToolSpec {

  @Override
  public String name() {
    return SysCost.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Which system calls take the time: wall time, time on a CPU, errors.",
        "A call counts once, in the interval in which it ends.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public List<LostTime> lostTimes(Findings taken, double seconds) {
    Rows rows = (Rows) taken;
    return rows.rows().stream()
        .map(row -> {
          double cpus = rows.number(row, "on_cpu_ms") / 1_000 / seconds;
          return new LostTime(
              cpus,
              String.format(
                  Locale.ROOT,
                  "System call %s took %.0f %% of a CPU: %.0f calls a second.",
                  rows.value(row, "call"),
                  100 * cpus,
                  rows.number(row, "count") / seconds));
        })
        .toList();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.READ;
  }

  /** The nearest: no time on a CPU, no errors beside. */
  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("syscount", Output.AT_THE_END, List.of("-L")));
  }

  /** It looks on this process alone, which {@link #prove} needs. */
  @Override
  public Tool attach() {
    return SysCost.attach(
        new SysCost.Options(
            true, (int) ProcessHandle.current().pid(), SysCost.Sort.CPU, RowsOption.USUAL, 0));
  }

  @Override
  public Map<String, Double> prove(Tool tool) {
    ((SysCost) tool).prove();
    return Map.of();
  }

  /** {@code diagnose sys-cost}. */
  private static final class Given implements Options {
    @Option(
        names = {"-P", "--by-process"},
        description = "A row for each process and call.")
    private boolean eachProcess;

    @Mixin private final PidOption only = new PidOption();

    @Mixin private final RowsOption rows = new RowsOption();

    @Option(
        names = {"-s", "--sort"},
        paramLabel = "WORD",
        description = "cpu, wall, count or errors. Default: ${DEFAULT-VALUE}.",
        defaultValue = "cpu")
    private String sort = "cpu";

    @Override
    public Tool attach(int injectNanos) {
      return SysCost.attach(
          new SysCost.Options(
              eachProcess, only.orAll(), SysCost.sort(sort), rows.most(), injectNanos));
    }
  }
}
