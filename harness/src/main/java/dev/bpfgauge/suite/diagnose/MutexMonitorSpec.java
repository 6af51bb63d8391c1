package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.diagnose.MutexMonitor.Waited;
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

/** What everything else must know of {@link MutexMonitor}. */
public final class MutexMonitorSpec implements ToolSpec {
  private static final int OWN_CALLS = 20;

  @Override
  public String name() {
    return MutexMonitor.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Who waits for which of the kernel's locks, how long, and who has it.",
        "The owner is whoever had it when the longest wait that saw one began.");
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
                rows.number(row, "wait_ms") / 1_000 / seconds,
                String.format(
                    Locale.ROOT,
                    "%s (%s) waited %.0f ms for a lock of the kernel (%s), at most %.1f ms at a"
                        + " time.",
                    rows.value(row, "comm"),
                    rows.value(row, "pid"),
                    rows.number(row, "wait_ms"),
                    rows.value(row, "kind"),
                    rows.number(row, "longest_wait_ms"))))
        .toList();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.MAP;
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("klockstat", Output.AT_THE_END));
  }

  /** Has this process wait for itself, and holds the waits against what its calls took. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    MutexMonitor module = (MutexMonitor) tool;
    var _ = module.since();
    try {
      ContendedFile made = ContendedFile.of(OWN_CALLS);
      Waited most =
          module.since().stream()
              .filter(waited -> waited.pid() == ProcessHandle.current().pid())
              .filter(waited -> LockKind.words(waited.kind()).equals(ContendedFile.LOCK))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("none of %s waited".formatted(made)));
      if (most.waits() > made.calls()
          || most.nanos() > made.nanos()
          || most.owner() != most.pid()) {
        throw new IllegalStateException("%s, in %s".formatted(most, made));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.of();
  }

  /** {@code diagnose mutex-monitor}. */
  private static final class Given implements Options {
    @Mixin private final ThresholdOption threshold = new ThresholdOption();

    @Option(
        names = {"-k", "--stacks"},
        description = "Sums by the kernel's stacks as well.")
    private boolean stacks;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return MutexMonitor.attach(
          new MutexMonitor.Options(
              threshold.nanos(), stacks, only.orAll(), rows.most(), injectNanos));
    }
  }
}
