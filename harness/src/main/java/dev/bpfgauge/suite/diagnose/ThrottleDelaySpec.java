package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.QuotaGroups.Stops;
import dev.bpfgauge.suite.diagnose.ThrottleDelay.Waited;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link ThrottleDelay}. */
public final class ThrottleDelaySpec implements ToolSpec {
  private static final int STOPS = 3;

  /** Where the kernel keeps the time by another clock than it shows it by, in percent. */
  private static final int CLOCKS_APART = 10;

  @Override
  public String name() {
    return ThrottleDelay.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Who waits for the CPU quota of which control group, and how long.",
        "PERIODS and THROTTLED are the kernel's own count, WAIT is that of the threads.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.QUOTA;
  }

  /** Makes a group with a quota, where it can: what its thread waited is what the kernel says. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    ThrottleDelay module = (ThrottleDelay) tool;
    var _ = module.since();
    try (ThrottledProcess process = ThrottledProcess.start()) {
      process.awaitStops(STOPS);
      Stops stops = process.end();
      List<Waited> found = module.since();
      if (found.stream().noneMatch(waited -> is(waited, process, stops))) {
        throw new IllegalStateException(
            "process %d of %s, with %s, is not in %s"
                .formatted(process.pid(), process.group(), stops, found));
      }
    } catch (Refusal e) {
      var _ = module.take(); // No group can be made here: that the kernel's files are read is all.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.of();
  }

  private static boolean is(Waited waited, ThrottledProcess process, Stops stops) {
    return waited.pid() == process.pid()
        && waited.group().equals(process.group())
        && waited.quota().orElseThrow().stops().equals(stops)
        && Math.abs(waited.nanos() - stops.nanos()) <= stops.nanos() / CLOCKS_APART;
  }

  @Override
  public List<LostTime> lostTimes(Findings taken, double seconds) {
    Rows rows = (Rows) taken;
    return rows.rows().stream()
        .map(row ->
            new LostTime(
                rows.number(row, "wait_ms") / 1_000 / seconds,
                String.format(
                    Locale.ROOT,
                    "%s (%s) waited %.0f ms for the CPU quota of control group %s.",
                    rows.value(row, "comm"),
                    rows.value(row, "pid"),
                    rows.number(row, "wait_ms"),
                    rows.value(row, "cgroup"))))
        .toList();
  }

  /** {@code diagnose throttle-delay}. */
  private static final class Given implements Options {
    @Option(
        names = {"-T", "--threads"},
        description = "By thread.")
    private boolean eachThread;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return ThrottleDelay.attach(
          new ThrottleDelay.Options(eachThread, only.orAll(), rows.most(), injectNanos));
    }
  }
}
