package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an event cost while a tool looked on alone, in a run of {@code tools overhead}.
 *
 * @param run the run's id
 * @param profile the state of the machine
 * @param nanos nanoseconds of the tool's programs an event, one a fork
 * @param processPercent of one CPU, what the tool's process took there, median of the forks
 */
public record EventCost(String run, String profile, List<Double> nanos, double processPercent) {

  public EventCost {
    nanos = List.copyOf(nanos);
  }

  /** Empty where the run has no good fork with that tool alone. */
  public static Optional<EventCost> of(RunData run, ToolSpec tool) {
    Cell cell = ToolsSuite.cell(tool.name(), tool.load());
    List<Double> nanos = each(run, cell, EventCost::nanosPerEvent);
    return nanos.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new EventCost(
                run.info().id(),
                profile(run, tool.name()),
                nanos,
                ForkStatistics.median(
                    each(run, cell, fork -> extra(fork, "tool_cpu_percent")).stream()
                        .mapToDouble(percent -> percent)
                        .toArray())));
  }

  private static String profile(RunData run, String label) {
    return run.info().plan().arms().stream()
        .filter(arm -> arm.label().equals(label))
        .map(ArmInfo::profile)
        .findFirst()
        .orElse("");
  }

  private static List<Double> each(RunData run, Cell cell, Function<Measurement, Double> figure) {
    return run.forks().stream()
        .filter(fork -> fork.status() == ForkStatus.OK && fork.cell().equals(cell))
        .map(ForkRecord::measurement)
        .filter(measured -> measured != null)
        .map(figure)
        .filter(Double::isFinite)
        .toList();
  }

  /**
   * Runs of older programs have the events of the stretch that operations were timed in, and the
   * programs' time of the other.
   */
  private static double nanosPerEvent(Measurement fork) {
    double together = extra(fork, ToolsSuite.NANOS_PER_EVENT);
    return Double.isNaN(together)
        ? extra(fork, "bpf_ns_per_op") / extra(fork, "events_per_op")
        : together;
  }

  private static double extra(Measurement fork, String name) {
    @Nullable Map<String, Double> extras = fork.extras();
    return extras == null ? Double.NaN : extras.getOrDefault(name, Double.NaN);
  }
}
