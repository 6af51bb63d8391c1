package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.mllb.Scheduler.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Suite {@code schedulers}: what a balancing rule is worth. The arms are schedulers, the cells
 * scenarios; an operation is the scenario's own.
 */
public final class SchedulersSuite {
  public static final String NAME = "schedulers";

  /** sched_ext with the kernel's rule, which the others are compared with. */
  public static final String NATIVE = "scx-native";

  /** The kernel's own scheduler. */
  public static final String KERNEL = "kernel-native";

  /** The rule is the network that imitates the kernel. */
  public static final String LEARNED = "scx-ml";

  /** The rule is the network that learned from outcomes. */
  public static final String OUTCOME = "scx-ml-outcome";

  private static final List<String> ARMS =
      List.of(NATIVE, NATIVE + "#2", KERNEL, LEARNED, OUTCOME, "scx-never", "scx-always");

  private SchedulersSuite() {}

  /**
   * The arms' labels, the reference first, once more for the A/A.
   *
   * @param outcome whether there is a second network
   */
  public static List<String> arms(boolean outcome) {
    return ARMS.stream().filter(arm -> outcome || !arm.equals(OUTCOME)).toList();
  }

  /** What an arm does, in words. */
  public static String description(String label) {
    return switch (label.replaceAll("#.*", "")) {
      case KERNEL -> "the kernel's own scheduler";
      case NATIVE -> "sched_ext, tasks move by the rule of can_migrate_task()";
      case LEARNED -> "sched_ext, tasks move as a network says that learned the kernel's decisions";
      case OUTCOME -> "sched_ext, tasks move as a network says that learned from outcomes";
      case "scx-never" -> "sched_ext, no task is ever moved to balance";
      default -> "sched_ext, each task that may run elsewhere is moved";
    };
  }

  /** The rule of an arm; empty for the kernel's own scheduler. */
  public static Optional<Rule> rule(String label) {
    return switch (label.replaceAll("#.*", "")) {
      case KERNEL -> Optional.empty();
      case NATIVE -> Optional.of(Rule.NATIVE);
      case LEARNED, OUTCOME -> Optional.of(Rule.LEARNED);
      case "scx-never" -> Optional.of(Rule.NEVER);
      case "scx-always" -> Optional.of(Rule.ALWAYS);
      default -> throw Refusal.usage(NearestName.unknown("scheduler", label, ARMS));
    };
  }

  /** A cell for each scenario. */
  public static List<Cell> cells(List<Scenario> scenarios) {
    return scenarios.stream()
        .map(scenario -> new Cell(NAME, NAME + "." + scenario.word(), Map.of(), ""))
        .toList();
  }

  /** The scenario of a cell. */
  static Scenario scenario(Cell cell) {
    return Scenario.ofWord(cell.benchmark().substring(NAME.length() + 1));
  }
}
