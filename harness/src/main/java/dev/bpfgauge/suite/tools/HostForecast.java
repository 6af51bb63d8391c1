package dev.bpfgauge.suite.tools;

import dev.bpfgauge.stats.EventRate;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Product;
import dev.bpfgauge.suite.tools.HostRates.Counted;
import dev.bpfgauge.suite.tools.HostRates.Rate;
import dev.bpfgauge.suite.tools.HostRates.Uncounted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * What each tool would take of this host: the host's own events a second × what an event cost where
 * that was measured. The programs' time alone; the tool's process comes on top.
 *
 * @param seconds that events were counted for
 * @param tools in the order in which people list them
 */
public record HostForecast(int seconds, List<OfTool> tools) {
  private static final double NANOS_PER_PERCENT = 1e7;

  public HostForecast {
    tools = List.copyOf(tools);
  }

  /**
   * A figure and its 95 % interval.
   *
   * @param interval95 absent below five forks or seconds
   */
  public record Figure(double value, @Nullable Interval interval95) {}

  /**
   * One tool's forecast. Either it has all figures, or {@code unavailable} says why not.
   *
   * @param events what its events are, e.g. {@code context switches}; empty where nothing counts
   *     them
   * @param counter who counted them
   * @param limits what the share gets wrong by that, sentences without full stops
   * @param cost where an event's cost is from
   * @param eventsPerSecond on this host
   * @param nanosPerEvent of the tool's programs
   * @param cpuPercent of one CPU, what the programs would take
   * @param unavailable why there is no forecast; empty where there is one
   */
  public record OfTool(
      String tool,
      String events,
      String counter,
      List<String> limits,
      @Nullable Source cost,
      @Nullable Figure eventsPerSecond,
      @Nullable Figure nanosPerEvent,
      @Nullable Figure cpuPercent,
      String unavailable) {

    public OfTool {
      limits = List.copyOf(limits);
    }

    static OfTool unavailable(ToolSpec tool, String reason) {
      return new OfTool(
          tool.name(),
          tool.hostEvents().map(HostEvents::words).orElse(""),
          "",
          List.of(),
          null,
          null,
          null,
          null,
          reason);
    }

    public boolean isThere() {
      return unavailable.isEmpty();
    }
  }

  /**
   * Where an event's cost was measured.
   *
   * @param run the run's id
   * @param profile the state of the machine there
   * @param forks with that tool alone
   * @param processPercent of one CPU, what the tool's process took under its load
   */
  public record Source(String run, String profile, int forks, double processPercent) {}

  /**
   * Puts together what was counted and what was measured.
   *
   * @param tools those wanted
   * @param rates of the host, by kind
   * @param costs by the tool's name; a tool without one was not measured
   * @param unmeasured what to say of such a tool
   */
  public static HostForecast of(
      int seconds,
      List<ToolSpec> tools,
      Map<HostEvents, Rate> rates,
      Map<String, EventCost> costs,
      String unmeasured) {
    List<OfTool> all = new ArrayList<>();
    for (ToolSpec tool : tools) {
      EventCost cost = costs.get(tool.name());
      Rate rate = tool.hostEvents().map(rates::get).orElse(null);
      all.add(
          switch (rate) {
            case null -> OfTool.unavailable(tool, "nothing counts its events without it");
            case Uncounted(String reason) -> OfTool.unavailable(tool, reason);
            case Counted _ when cost == null -> OfTool.unavailable(tool, unmeasured);
            case Counted counted -> ofTool(tool, counted, cost);
          });
    }
    return new HostForecast(seconds, all);
  }

  private static OfTool ofTool(ToolSpec tool, Counted counted, EventCost cost) {
    double[] perSecond = array(counted.perSecond());
    double[] nanos = array(cost.nanos());
    EventRate rate = EventRate.of(perSecond);
    Product share =
        EventRate.times(
            perSecond, DoubleStream.of(nanos).map(each -> each / NANOS_PER_PERCENT).toArray());
    return new OfTool(
        tool.name(),
        tool.hostEvents().map(HostEvents::words).orElse(""),
        counted.source(),
        limits(counted),
        new Source(cost.run(), cost.profile(), nanos.length, cost.processPercent()),
        new Figure(rate.perSecond(), rate.interval95()),
        new Figure(
            ForkStatistics.mean(nanos),
            ForkStatistics.interval95(nanos, 0, Double.POSITIVE_INFINITY)),
        new Figure(share.value(), share.interval95()),
        "");
  }

  private static List<String> limits(Counted counted) {
    List<String> limits = new ArrayList<>();
    if (!counted.limit().isEmpty()) {
      limits.add(counted.limit());
    }
    if (counted.otherRuns() > 0) {
      limits.add(
          "the tool also runs at the end of %d other system calls a second, whose cost is not known"
              .formatted(Math.round(counted.otherRuns())));
    }
    return limits;
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(value -> value).toArray();
  }
}
