package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.measure.Cpu;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Two threads of this process that want the same CPU for a while. They then sleep until this is
 * closed, so that what the kernel accounts to them stands still and can be held against what a
 * module counted.
 */
final class CompetingThreads implements AutoCloseable {
  private static final int THREADS = 2;

  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Competed> competed = new ArrayList<>();

  /**
   * What one did, by its own clocks.
   *
   * @param tid its number
   * @param cpu the one that both wanted
   * @param wallNanos how long it wanted to run
   * @param cpuNanos how long it ran then
   */
  record Competed(int tid, int cpu, long wallNanos, long cpuNanos) {
    /**
     * What the kernel accounts to it, all its life.
     *
     * @throws UncheckedIOException where the kernel has no such account
     */
    RunDelay account() {
      try {
        return RunDelay.parse(
            ForeignText.read(Path.of("/proc/self/task/%d/schedstat".formatted(tid))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * The second and the third number of schedstat, Documentation/scheduler/sched-stats.rst.
   *
   * @param nanos how long it waited for a CPU
   * @param arrivals how often it came to one
   */
  record RunDelay(long nanos, long arrivals) {
    /**
     * Whether that may be of the same life. A busy 6.18 ran programs at all but some in a thousand
     * switches: then a wait is missing, and where it was the last its time is, too.
     */
    boolean agreesWith(long waits, long waitedNanos) {
      return waits == arrivals
          ? waitedNanos == nanos
          : waits < arrivals && waits >= arrivals - 1 - arrivals / 10 && waitedNanos <= nanos;
    }

    static RunDelay parse(String schedstat) {
      String[] fields = schedstat.strip().split(" ", -1);
      return new RunDelay(Long.parseLong(fields[1]), Long.parseLong(fields[2]));
    }
  }

  private CompetingThreads() {}

  /** Starts them, and waits until they sleep. */
  static CompetingThreads of(Duration time) throws InterruptedException {
    CompetingThreads started = new CompetingThreads();
    try {
      BlockingQueue<Competed> results = new LinkedBlockingQueue<>();
      CountDownLatch ready = new CountDownLatch(THREADS);
      for (int i = 0; i < THREADS; i++) {
        started.threads.add(
            Thread.ofPlatform().start(() -> started.compete(time.toNanos(), ready, results)));
      }
      for (int i = 0; i < THREADS; i++) {
        started.competed.add(results.take());
      }
      for (Competed each : started.competed) {
        while (!ThreadStates.of(Path.of("/proc/self/task/" + each.tid)).equals("S")) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
      }
      return started;
    } catch (InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private void compete(long nanos, CountDownLatch ready, BlockingQueue<Competed> results) {
    int tid = Math.toIntExact(ThreadStates.own());
    try (Cpu.Held held = new Cpu.Held()) {
      ready.countDown();
      ready.await();
      var clock = ManagementFactory.getThreadMXBean();
      long cpu = clock.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      while (System.nanoTime() - start < nanos) {
        Thread.onSpinWait();
      }
      long end = System.nanoTime();
      results.add(
          new Competed(tid, held.cpu(), end - start, clock.getCurrentThreadCpuTime() - cpu));
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What they did. */
  List<Competed> competed() {
    return List.copyOf(competed);
  }

  /** Ends them. */
  @Override
  public void close() {
    over.countDown();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
