package dev.bpfgauge.run;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.sample.PackageEnergy;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.mllb.Model;
import dev.bpfgauge.suite.mllb.Scheduler;
import dev.bpfgauge.suite.mllb.SchedulerMeter;
import dev.bpfgauge.suite.mllb.SchedulersSuite;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Around the machine's state of an arm: the scheduler that its label names, in force as long. */
final class SchedulerStates implements ArmState.Source {
  private final ArmState.Source machine;
  private final Path folder;
  private final Path work;
  private volatile @Nullable SchedulerMeter meter;

  /**
   * Around others.
   *
   * @param machine brings the machine into the arm's profile
   * @param folder the run's, where networks are
   * @param work where scenarios put their files
   */
  SchedulerStates(ArmState.Source machine, Path folder, Path work) {
    this.machine = machine;
    this.folder = folder;
    this.work = work;
  }

  /** Whether a plan's arms are schedulers. */
  static boolean isFor(Plan plan) {
    return plan.forks().stream().anyMatch(fork -> fork.cell().suite().equals(SchedulersSuite.NAME));
  }

  /** What measures a fork with the scheduler that is in force. */
  Callable<Outcome> fork(PlannedFork fork, Function<PlannedFork, Settings> settings) {
    SchedulerMeter now = Objects.requireNonNull(meter, "no arm was entered");
    return () -> now.attempt(fork.cell(), settings.apply(fork));
  }

  @Override
  public ArmState enter(String label) throws ArmState.UnavailableException, InterruptedException {
    ArmState state = machine.enter(label);
    try {
      Scheduler scheduler = scheduler(label);
      PackageEnergy energy = new PackageEnergy(Roots.SYSTEM);
      meter = new SchedulerMeter(scheduler, work, energy::joules);
      return new InForce(state, scheduler, energy);
    } catch (Refusal e) {
      state.close();
      throw new ArmState.UnavailableException(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  private @Nullable Scheduler scheduler(String label) {
    return SchedulersSuite.rule(label)
        .map(rule -> Scheduler.start(rule, rule == Scheduler.Rule.LEARNED ? model(label) : null))
        .orElse(null);
  }

  private Model model(String label) {
    return Model.read(
        folder.resolve(
            label.startsWith(SchedulersSuite.OUTCOME) ? RunFolder.OUTCOME_MODEL : RunFolder.MODEL));
  }

  private record InForce(ArmState state, @Nullable Scheduler scheduler, PackageEnergy energy)
      implements ArmState {
    @Override
    public List<String> notes() {
      return state.notes();
    }

    /** The scenario is the load: nothing is asked of the machine beside it. */
    @Override
    public List<LoadCheck> before() {
      return List.of();
    }

    @Override
    public During during(Cell cell) {
      return List::of;
    }

    @Override
    public void finish() throws InterruptedException {
      state.finish();
    }

    @Override
    public void close() {
      energy.close();
      if (scheduler != null) {
        scheduler.close();
      }
      state.close();
    }
  }
}
