package dev.bpfgauge.run;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.sample.PackageEnergy;
import dev.bpfgauge.machine.stress.Leftover;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Around the machine's state of an arm: what the suite keeps in force as long. */
final class SuiteArms implements ArmState.Source {
  private final Held.Holder holder;

  /** Asked once: the answer lies in a file. */
  private final boolean takesTurns;

  private final ArmState.Source machine;
  private final Plan plan;
  private final Path folder;
  private final Path work;
  private final Path log;
  private final SavedState saved;
  private final SessionListener listener;
  private volatile @Nullable Held held;

  /** What an earlier arm set and could not be put back: no arm is as it should be any more. */
  private String stillSet = "";

  /**
   * Around others.
   *
   * @param machine brings the machine into the arm's profile
   * @param folder the run's
   * @param work where loads put their files
   * @param log what programs complain
   * @param saved where settings are kept that an arm changes
   */
  SuiteArms(
      Held.Holder holder,
      ArmState.Source machine,
      Plan plan,
      Path folder,
      Path work,
      Path log,
      SavedState saved,
      SessionListener listener) {
    this.holder = holder;
    this.takesTurns = holder.takesTurns(folder);
    this.machine = machine;
    this.plan = plan;
    this.folder = folder;
    this.work = work;
    this.log = log;
    this.saved = saved;
    this.listener = listener;
  }

  /** How a plan's arms are held; empty where they are profiles alone. */
  static Optional<Held.Holder> holder(Plan plan) {
    return plan.forks().stream()
        .map(fork -> fork.cell().suite())
        .distinct()
        .flatMap(suite -> Suite.named(suite).stream())
        .flatMap(suite -> suite.holder().stream())
        .findFirst();
  }

  /** What measures a fork meanwhile. */
  Callable<Outcome> fork(PlannedFork fork, Function<PlannedFork, Settings> settings) {
    Held now = Objects.requireNonNull(held, "no arm was entered");
    return () -> now.attempt(fork.cell(), settings.apply(fork));
  }

  /** What measures forks of several arms meanwhile, in turns. */
  Callable<List<InTurns.Taken>> inTurns(List<PlannedFork> forks, Settings settings) {
    Held now = Objects.requireNonNull(held, "no arm was entered");
    List<Cell> cells = forks.stream().map(PlannedFork::cell).toList();
    Random order = new Random(plan.seed() + forks.getFirst().seq());
    return () ->
        now.attempt(cells, settings, order).stream().<InTurns.Taken>map(InTurns.Not::new).toList();
  }

  @Override
  public boolean canTakeTurns(Collection<String> labels) {
    return takesTurns && machine.canTakeTurns(labels);
  }

  @Override
  public String stateOf(String label) {
    return takesTurns ? machine.stateOf(label) : label;
  }

  private Held.Ground ground(DoubleSupplier joules) {
    return new Held.Ground(
        plan.arms().stream().map(arm -> arm.label()).toList(),
        plan.injectNanos(),
        folder,
        work,
        log,
        Leftover.mark(),
        saved::set,
        joules);
  }

  @Override
  public ArmState enter(String label) throws ArmState.UnavailableException, InterruptedException {
    if (!stillSet.isEmpty()) {
      throw new ArmState.UnavailableException("not put back: " + stillSet);
    }
    PackageEnergy energy = new PackageEnergy(Roots.SYSTEM);
    int mark = saved.mark();
    Held before = null;
    ArmState state = null;
    try {
      before = holder.isBeforeTheLoad() ? hold(label, energy) : null;
      state = machine.enter(label);
      Held now = before == null ? hold(label, energy) : before;
      held = now;
      return new InForce(state, now, energy, holder.isTheLoad(), () -> putBack(mark));
    } catch (ArmState.UnavailableException | InterruptedException | RuntimeException e) {
      if (state != null) {
        state.close();
      }
      if (before != null) {
        before.close();
      }
      putBack(mark);
      energy.close();
      throw e;
    }
  }

  /** Settings that the arm changed; those of the machine's state are back by then. */
  private void putBack(int mark) {
    if (saved.mark() > mark) {
      for (String what : saved.restoreTo(mark).failed()) {
        listener.note("not put back: " + what);
        stillSet = what;
      }
    }
  }

  private Held hold(String label, PackageEnergy energy)
      throws ArmState.UnavailableException, InterruptedException {
    try {
      return holder.hold(label, ground(energy::joules));
    } catch (Held.UnavailableException e) {
      throw new ArmState.UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  private record InForce(
      ArmState state, Held held, PackageEnergy energy, boolean isTheLoad, Runnable settings)
      implements ArmState {
    @Override
    public List<String> notes() {
      return state.notes();
    }

    @Override
    public List<LoadCheck> before() throws InterruptedException {
      return isTheLoad ? List.of() : state.before();
    }

    @Override
    public String lastWords() {
      return state.lastWords();
    }

    @Override
    public During during(Cell cell) {
      return isTheLoad ? List::of : state.during(cell);
    }

    @Override
    public void finish() throws InterruptedException {
      state.finish();
    }

    @Override
    public void close() {
      try {
        if (isTheLoad) {
          closeBoth(held::close, state::close);
        } else {
          closeBoth(state::close, held::close);
        }
      } finally {
        settings.run();
        energy.close();
      }
    }

    private static void closeBoth(Runnable first, Runnable second) {
      try {
        first.run();
      } finally {
        second.run();
      }
    }
  }
}
