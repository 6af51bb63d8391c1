package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.diagnose.CompetingThreads.Competed;
import dev.bpfgauge.suite.diagnose.CompetingThreads.RunDelay;
import dev.bpfgauge.suite.diagnose.SchedDelay.Waited;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link SchedDelay}. */
public final class SchedDelaySpec implements ToolSpec {
  private static final Duration COMPETING = Duration.ofMillis(40);

  @Override
  public String name() {
    return SchedDelay.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Who could run and waited for a CPU, how often and how long.",
        "A wait counts when it ends; a row of -m also says who ran there before.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SWITCH;
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("runqlat", Output.EACH_SECOND, List.of("-P")));
  }

  /** By thread, of this process, which {@link #prove} needs. */
  @Override
  public Tool attach() {
    int own = Math.toIntExact(ProcessHandle.current().pid());
    return SchedDelay.attach(new SchedDelay.Options(0, true, own, RowsOption.USUAL, 0));
  }

  /** Has two threads want one CPU: what they waited is what the kernel accounts to them. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    SchedDelay module = (SchedDelay) tool;
    var _ = module.since();
    try (CompetingThreads threads = CompetingThreads.of(COMPETING)) {
      List<Waited> found = module.since();
      for (Competed each : threads.competed()) {
        RunDelay account = each.account();
        if (found.stream()
            .noneMatch(waited ->
                waited.tid() == each.tid() && account.agreesWith(waited.waits(), waited.nanos()))) {
          throw new IllegalStateException("%s of %s is not in %s".formatted(account, each, found));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.of();
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
                    "%s (%s) waited %.0f ms for a CPU, at most %.1f ms at a time.",
                    rows.value(row, "comm"),
                    rows.value(row, "pid"),
                    rows.number(row, "wait_ms"),
                    rows.number(row, "longest_wait_ms"))))
        .toList();
  }

  /** {@code diagnose sched-delay}. */
  private static final class Given implements Options {
    @Mixin private final ThresholdOption threshold = new ThresholdOption();

    @Option(
        names = {"-T", "--threads"},
        description = "Sums by thread.")
    private boolean eachThread;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return SchedDelay.attach(
          new SchedDelay.Options(
              threshold.nanos(), eachThread, only.orAll(), rows.most(), injectNanos));
    }
  }
}
