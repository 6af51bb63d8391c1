package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.HostEvents.Count;
import dev.bpfgauge.suite.tools.HostEvents.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How often each kind of event happens on this host, counted for some seconds. */
public final class HostRates {
  private static final double NANOS_PER_SECOND = 1e9;

  private HostRates() {}

  /** What became of counting one kind. */
  public sealed interface Rate {}

  /**
   * Counted.
   *
   * @param source who counted, e.g. {@code /proc/stat}
   * @param limit what the count says wrong; empty for nothing
   * @param perSecond events a second, in each second
   * @param otherRuns runs a second that the tool's program would have for no event
   */
  public record Counted(String source, String limit, List<Double> perSecond, double otherRuns)
      implements Rate {
    public Counted {
      perSecond = List.copyOf(perSecond);
    }
  }

  /** Not counted. */
  public record Uncounted(String reason) implements Rate {}

  private record Reading(long nanos, Count count) {}

  /**
   * Counts all kinds at once; a kind that cannot be counted says why.
   *
   * @param seconds at least 1
   * @throws InterruptedException where the user ended it; the counters are closed
   */
  public static Map<HostEvents, Rate> count(Set<HostEvents> kinds, int seconds)
      throws InterruptedException {
    Map<HostEvents, Rate> rates = new EnumMap<>(HostEvents.class);
    Map<HostEvents, Counter> counters = new EnumMap<>(HostEvents.class);
    try {
      for (HostEvents kind : kinds) {
        try {
          Counter counter = kind.open();
          counters.put(kind, counter);
          counter.count();
        } catch (Refusal refusal) {
          rates.put(kind, new Uncounted(String.valueOf(refusal.getMessage())));
        }
      }
      Map<HostEvents, Counter> working = new EnumMap<>(counters);
      working.keySet().removeAll(rates.keySet());
      rates.putAll(counted(working, seconds));
    } finally {
      counters.values().forEach(Counter::close);
    }
    return rates;
  }

  private static Map<HostEvents, Rate> counted(Map<HostEvents, Counter> counters, int seconds)
      throws InterruptedException {
    Map<HostEvents, List<Reading>> readings = new EnumMap<>(HostEvents.class);
    long began = System.nanoTime();
    for (int second = 0; second <= seconds; second++) {
      long until = began + Math.round(second * NANOS_PER_SECOND);
      Thread.sleep(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
      counters.forEach((kind, counter) ->
          readings
              .computeIfAbsent(kind, _ -> new ArrayList<>())
              .add(new Reading(System.nanoTime(), counter.count())));
    }
    Map<HostEvents, Rate> rates = new EnumMap<>(HostEvents.class);
    readings.forEach((kind, read) -> {
      Counter counter = counters.get(kind);
      if (counter != null) {
        rates.put(kind, rate(counter.source(), counter.limit(), read));
      }
    });
    return rates;
  }

  private static Rate rate(String source, String limit, List<Reading> readings) {
    List<Double> perSecond = new ArrayList<>();
    for (int i = 1; i < readings.size(); i++) {
      Reading from = readings.get(i - 1);
      Reading to = readings.get(i);
      perSecond.add((to.count.events() - from.count.events()) / seconds(from, to));
    }
    Reading first = readings.getFirst();
    Reading last = readings.getLast();
    return new Counted(
        source,
        limit,
        perSecond,
        (last.count.otherRuns() - first.count.otherRuns()) / seconds(first, last));
  }

  private static double seconds(Reading from, Reading to) {
    return (to.nanos - from.nanos) / NANOS_PER_SECOND;
  }
}
