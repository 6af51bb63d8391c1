package dev.bpfgauge.suite.events;

import dev.bpfgauge.measure.Cpu;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * Measures a cell of {@code events}: a producer on one CPU, the consumer on another. Every event is
 * numbered, and after each iteration the books must balance: what was sent either arrived or was
 * counted as dropped by the program that sent it, by number and by the sum of the numbers. Only
 * trace_pipe overwrites events behind the program's back; there the difference is reported.
 */
public final class EventsMeter implements Meter {
  private static final double NANOS_A_SECOND = 1e9;

  /** Several short ones, so that the later enter what the earlier had compiled. */
  private static final int WARM_UPS = 4;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    EventsCell wanted = EventsCell.of(cell);
    Arrivals arrivals = new Arrivals();
    try (Emission emission = Emission.load(wanted);
        Channel channel = Channel.open(wanted, emission.object(), arrivals);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Passage passage = new Passage(wanted, emission, channel, arrivals, threads);
      int warmup = Math.min(LONGEST_WARMUP_MILLIS, settings.warmupMillis());
      for (int i = 0; i < WARM_UPS; i++) {
        passage.run(Math.max(1, warmup / WARM_UPS));
      }
      Histogram latencies = Arrivals.histogram();
      List<Passed> iterations = new ArrayList<>();
      for (int i = 0; i < settings.measureIterations(); i++) {
        iterations.add(passage.run(settings.measureMillis()));
        latencies.add(arrivals.latencies());
      }
      return new Outcome.Measured(measurement(wanted, iterations, latencies), null);
    }
  }

  /**
   * What went through in one iteration.
   *
   * @param nanos from the start to the last arrival
   * @param unaccounted events that neither arrived nor were counted as lost by anyone
   */
  record Passed(
      long received,
      long nanos,
      double meanLatency,
      Emission.Counts emitted,
      long unaccounted,
      long producerCpu,
      long consumerCpu) {}

  /** The two threads and what is between them. */
  private record Passage(
      EventsCell cell,
      Emission emission,
      Channel channel,
      Arrivals arrivals,
      ExecutorService threads) {

    Passed run(int millis) {
      arrivals.reset();
      Emission.Counts before = emission.counts();
      long lostBefore = channel.lost();
      boolean apart = Cpu.count() > 1;
      Producer producer =
          new Producer(
              emission, cell.load() == EventsCell.Load.LATENCY, millis, () -> pin(apart, 1));
      Future<?> sending = threads.submit(producer);
      Future<Long> receiving =
          threads.submit(() -> {
            pin(apart, 0);
            return receive(producer, sending);
          });
      try {
        long consumerCpu = receiving.get();
        sending.get();
        Emission.Counts emitted = emission.counts().since(before);
        return new Passed(
            arrivals.count(),
            arrivals.last() - producer.startNanos(),
            arrivals.latencies().getMean(),
            emitted,
            balance(before.sent(), emitted, channel.lost() - lostBefore),
            producer.cpuNanos(),
            consumerCpu);
      } catch (InterruptedException e) {
        producer.stop();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      } catch (ExecutionException e) {
        producer.stop();
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(String.valueOf(e.getCause()), e);
      }
    }

    private static void pin(boolean apart, int cpu) {
      if (apart) {
        Cpu.pin(cpu);
      }
    }

    /** Receives until the producer has ended and nothing is left; CPU time used meanwhile. */
    private long receive(Producer producer, Future<?> sending) throws InterruptedException {
      producer.awaitBegin();
      long before = Producer.cpuNow();
      try {
        while (!sending.isDone()) {
          if (channel.drain() == 0) {
            Thread.onSpinWait();
          }
        }
      } finally {
        producer.stop();
      }
      while (channel.consume() > 0) {
        // What the producer sent last.
      }
      return Producer.cpuNow() - before;
    }

    /** The events that nobody can account for; none but with trace_pipe. */
    private long balance(long first, Emission.Counts emitted, long lost) {
      if (arrivals.count() == 0) {
        throw new IllegalStateException("none of %d events arrived".formatted(emitted.sent()));
      }
      if (arrivals.impossible() > 0) {
        throw new IllegalStateException(
            "%d of %d events arrived before they were sent, or a minute later: the kernel's clock is another than Java's"
                .formatted(arrivals.impossible(), arrivals.count()));
      }
      long missing = emitted.sent() - arrivals.count() - emitted.dropped();
      if (cell.way() == Way.TRACE_PIPE) {
        return missing - lost;
      }
      long numbers = emitted.sent() * first + emitted.sent() * (emitted.sent() - 1) / 2;
      if (missing != 0 || numbers != arrivals.sum() + emitted.droppedSum()) {
        throw new IllegalStateException(
            "%d events were sent, %d arrived and %d were dropped: the books do not balance"
                .formatted(emitted.sent(), arrivals.count(), emitted.dropped()));
      }
      return 0;
    }
  }

  private static Measurement measurement(
      EventsCell cell, List<Passed> iterations, Histogram latencies) {
    boolean latency = cell.load() == EventsCell.Load.LATENCY;
    List<Double> means =
        iterations.stream()
            .map(i -> latency ? i.meanLatency : (double) i.nanos / i.received)
            .toList();
    long received = iterations.stream().mapToLong(Passed::received).sum();
    return new Measurement(
            means.stream().mapToDouble(mean -> mean).average().orElseThrow(),
            means,
            latency ? batches(latencies) : null,
            received,
            null,
            null)
        .with(extras(iterations, received, latencies));
  }

  private static Measurement.Batches batches(Histogram latencies) {
    return new Measurement.Batches(
        1,
        latencies.getTotalCount(),
        latencies.getValueAtPercentile(50),
        latencies.getValueAtPercentile(90),
        latencies.getValueAtPercentile(99),
        latencies.getMaxValue());
  }

  private static Map<String, Double> extras(
      List<Passed> iterations, long received, Histogram latencies) {
    double nanos = iterations.stream().mapToLong(Passed::nanos).sum();
    double sent = iterations.stream().mapToLong(i -> i.emitted.sent()).sum();
    Map<String, Double> extras = new TreeMap<>();
    extras.put("received_per_s", received / nanos * NANOS_A_SECOND);
    extras.put("sent_per_s", sent / nanos * NANOS_A_SECOND);
    extras.put("lost_events", sent - received);
    extras.put(
        "unaccounted_events", (double) iterations.stream().mapToLong(Passed::unaccounted).sum());
    extras.put("latency_p50_ns", (double) latencies.getValueAtPercentile(50));
    extras.put("latency_p99_ns", (double) latencies.getValueAtPercentile(99));
    extras.put("latency_p999_ns", (double) latencies.getValueAtPercentile(99.9));
    extras.put("latency_max_ns", (double) latencies.getMaxValue());
    extras.put(
        "producer_cpu_percent",
        100 * iterations.stream().mapToLong(Passed::producerCpu).sum() / nanos);
    extras.put(
        "consumer_cpu_percent",
        100 * iterations.stream().mapToLong(Passed::consumerCpu).sum() / nanos);
    return extras;
  }
}
