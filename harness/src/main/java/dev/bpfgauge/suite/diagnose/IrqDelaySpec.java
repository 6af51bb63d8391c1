package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.IrqDelay.Expired;
import dev.bpfgauge.suite.diagnose.IrqDelay.Shows;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.StackOptions;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link IrqDelay}. */
public final class IrqDelaySpec implements ToolSpec {
  private static final long USUAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int OWN_TIMERS = 20;
  private static final long UNTIL_EXPIRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  @Override
  public String name() {
    return IrqDelay.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Where timers came late, and so interrupts: how late, and who ran.",
        "Who ran is who was interrupted at last; what kept the timer waiting may be over.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SEND;
  }

  @Override
  public Optional<String> graphUnit() {
    return Optional.of("us late");
  }

  /** Counts this process's own timers, and holds one's lateness against a known one. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    IrqDelay module = (IrqDelay) tool;
    KernelCounts.agree(() -> countOwn(module));
    KernelCounts.agree(() -> delayOne(module));
    return Map.of();
  }

  /** Another process's timers may expire meanwhile: then it is done again. */
  private static int countOwn(IrqDelay module) {
    long most = 0;
    try (OwnTimer timer = new OwnTimer()) {
      var _ = module.since();
      for (int i = 0; i < OWN_TIMERS; i++) {
        long expires = System.nanoTime() + UNTIL_EXPIRY_NANOS;
        timer.start(expires);
        most += timer.await() - expires;
      }
    }
    List<Expired> found = own(module.since());
    if (sum(found, Expired::count) != OWN_TIMERS || sum(found, Expired::nanos) > most) {
      throw new IllegalStateException(
          "%d own timers, late by %d ns in all at most, were counted as %s"
              .formatted(OWN_TIMERS, most, found));
    }
    return OWN_TIMERS;
  }

  private static KnownDelay delayOne(IrqDelay module) {
    KnownDelay made = KnownDelay.make(module::since);
    List<Expired> found = own(module.since());
    long longest =
        found.stream()
            .filter(expired -> expired.cpu() == made.cpu())
            .mapToLong(Expired::longestNanos)
            .max()
            .orElse(0);
    if (longest < made.leastNanos() || longest > made.mostNanos()) {
      throw new IllegalStateException(
          "a timer came late by %d to %d ns (%s); counted were %s"
              .formatted(made.leastNanos(), made.mostNanos(), made, found));
    }
    return made;
  }

  private static List<Expired> own(List<Expired> found) {
    return found.stream().filter(each -> each.timer().equals(OwnTimer.FUNCTION)).toList();
  }

  private static long sum(List<Expired> found, ToLongFunction<Expired> part) {
    return found.stream().mapToLong(part).sum();
  }

  /** {@code diagnose irq-delay}. */
  private static final class Given implements Options {
    @Mixin private final ThresholdOption threshold = new ThresholdOption();

    @Option(
        names = {"-k", "--stacks"},
        description = {
          "What ran when timers came that were so late, by stack.",
          "Where --threshold is not given, 1 ms is late."
        })
    private boolean stacks;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final StackOptions how = new StackOptions();

    @Override
    public boolean hasStacks() {
      return stacks;
    }

    @Override
    public Tool attach(int injectNanos) {
      if (how.folded() && !stacks) {
        throw Refusal.option("-f prints stacks: give -k with it.");
      }
      long given = threshold.nanos();
      return IrqDelay.attach(
          new IrqDelay.Options(
              stacks ? Shows.STACKS : given == 0 ? Shows.SUMS : Shows.ROWS,
              given == 0 ? USUAL_NANOS : given,
              how.halves(),
              how.places(),
              CountedStacks.Form.of(how.folded(), rows.most()),
              injectNanos));
    }
  }
}
