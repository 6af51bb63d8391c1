package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.Held;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The scheduler of one arm, in force until it is closed; none where it is the kernel's own. */
final class SchedulerArm implements Held {
  private final @Nullable Scheduler scheduler;
  private final SchedulerMeter meter;

  private SchedulerArm(@Nullable Scheduler scheduler, SchedulerMeter meter) {
    this.scheduler = scheduler;
    this.meter = meter;
  }

  /**
   * Brings it into force.
   *
   * @param label of the arm, see {@link SchedulersSuite#arms}
   * @throws Held.UnavailableException where this kernel, or the run's network, cannot
   */
  static SchedulerArm of(String label, Held.Ground ground) throws Held.UnavailableException {
    try {
      Scheduler scheduler =
          SchedulersSuite.rule(label)
              .map(rule ->
                  Scheduler.start(
                      rule, rule == Scheduler.Rule.LEARNED ? model(label, ground.folder()) : null))
              .orElse(null);
      return new SchedulerArm(
          scheduler, new SchedulerMeter(scheduler, ground.work(), ground.joules()));
    } catch (Refusal e) {
      throw new Held.UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  private static Model model(String label, Path folder) {
    return Model.read(
        folder.resolve(
            label.startsWith(SchedulersSuite.OUTCOME) ? RunFolder.OUTCOME_MODEL : RunFolder.MODEL));
  }

  @Override
  public Outcome attempt(Cell cell, Settings settings) {
    return meter.attempt(cell, settings);
  }

  @Override
  public void close() {
    if (scheduler != null) {
      scheduler.close();
    }
  }
}
