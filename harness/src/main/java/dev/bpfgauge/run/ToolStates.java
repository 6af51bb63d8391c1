package dev.bpfgauge.run;

import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.tools.ToolsSuite;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Around the machine's state of an arm: the tools that its label names, attached as long. */
final class ToolStates implements ArmState.Source {
  private final Plan plan;
  private final ArmState.Source machine;
  private final Path folder;
  private final Path log;
  private final List<String> all;
  private volatile @Nullable ToolArm attached;

  /**
   * Around others.
   *
   * @param machine brings the machine into the arm's profile
   * @param folder where loads put their files
   * @param log what tools and loads complain
   */
  ToolStates(Plan plan, ArmState.Source machine, Path folder, Path log) {
    this.plan = plan;
    this.machine = machine;
    this.folder = folder;
    this.log = log;
    this.all =
        plan.arms().stream().map(arm -> arm.label()).filter(ToolsSuite.TOOLS::contains).toList();
  }

  /** Whether a plan's arms are tools. */
  static boolean isFor(Plan plan) {
    return plan.forks().stream().anyMatch(fork -> fork.cell().suite().equals(ToolsSuite.NAME));
  }

  /** What measures a fork with the tools that are attached. */
  Callable<Outcome> fork(PlannedFork fork, Function<PlannedFork, Settings> settings) {
    ToolArm now = Objects.requireNonNull(attached, "no arm was entered");
    return () -> now.attempt(fork.cell(), settings.apply(fork));
  }

  @Override
  public ArmState enter(String label) throws ArmState.UnavailableException, InterruptedException {
    // First the tools: under a load that takes every CPU they would need long to start.
    ToolArm tools = attached(label);
    ArmState state;
    try {
      state = machine.enter(label);
    } catch (ArmState.UnavailableException | InterruptedException | RuntimeException e) {
      tools.close();
      throw e;
    }
    attached = tools;
    return new Watched(state, tools);
  }

  private ToolArm attached(String label)
      throws ArmState.UnavailableException, InterruptedException {
    try {
      return ToolArm.attach(label, all, plan.injectNanos().getOrDefault(label, 0L), folder, log);
    } catch (LoadedState.UnavailableException e) {
      throw new ArmState.UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  private record Watched(ArmState state, ToolArm tools) implements ArmState {
    @Override
    public List<String> notes() {
      return state.notes();
    }

    @Override
    public List<LoadCheck> before() throws InterruptedException {
      return state.before();
    }

    @Override
    public String lastWords() {
      return state.lastWords();
    }

    @Override
    public During during(Cell cell) {
      return state.during(cell);
    }

    @Override
    public void finish() throws InterruptedException {
      state.finish();
    }

    @Override
    public void close() {
      state.close();
      tools.close();
    }
  }
}
