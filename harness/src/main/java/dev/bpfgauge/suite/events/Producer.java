package dev.bpfgauge.suite.events;

import dev.bpfgauge.libbpf.KernelClock;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends events in a thread of its own for some time, as fast as it can, or steadily. It ends by
 * itself: a reader that does not keep up finds always more to read, and would never stop it.
 */
final class Producer implements Runnable {
  /** Events of one BPF_PROG_RUN at full speed. */
  private static final int FAST_BURST = 1024;

  /** Events of one BPF_PROG_RUN at the steady rate: 100 000 a second. */
  private static final int STEADY_BURST = 10;

  private static final long STEADY_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private final Emission emission;
  private final boolean steady;
  private final long nanos;
  private final Runnable pin;
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile boolean stopped;
  private long startNanos;
  private long cpuNanos;

  /**
   * @param millis for so long
   * @param pin puts the thread on its CPU
   */
  Producer(Emission emission, boolean steady, int millis, Runnable pin) {
    this.emission = emission;
    this.steady = steady;
    this.nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    this.pin = pin;
  }

  @Override
  public void run() {
    try {
      pin.run();
    } finally {
      startNanos = KernelClock.nanos();
      begun.countDown();
    }
    long before = cpuNow();
    if (steady) {
      sendSteadily();
    } else {
      do {
        emission.send(FAST_BURST);
      } while (goesOn());
    }
    cpuNanos = cpuNow() - before;
  }

  void awaitBegin() throws InterruptedException {
    begun.await();
  }

  /** When it began to send, by {@link KernelClock}; after that. */
  long startNanos() {
    return startNanos;
  }

  private void sendSteadily() {
    long due = System.nanoTime();
    do {
      emission.send(STEADY_BURST);
      due += STEADY_NANOS;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
    } while (goesOn());
  }

  private boolean goesOn() {
    return !stopped && KernelClock.nanos() - startNanos < nanos;
  }

  /** It ends before its time, after the burst at hand. */
  void stop() {
    stopped = true;
  }

  /** CPU time it used; after its end. */
  long cpuNanos() {
    return cpuNanos;
  }

  /** CPU time of the calling thread so far, nanoseconds, in the kernel and outside. */
  static long cpuNow() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
