package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.measure.Cpu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/**
 * A timer that came late by a known time: a BPF program (bpf/tools/hold.bpf.c) kept its CPU in an
 * interrupt while it expired. Times are nanoseconds by {@link System#nanoTime}.
 *
 * @param cpu which
 * @param started when the timer had been started, before that
 * @param began when the CPU was held from
 * @param expired when the timer was to expire, while it was held
 * @param ended until when it was held: the timer did not come before
 * @param woken when the thread ran again that waited for the timer: it came before
 */
record KnownDelay(int cpu, long started, long began, long expired, long ended, long woken) {
  private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long UNTIL_EXPIRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int ATTEMPTS = 200;

  /**
   * Makes one on the last CPU that this thread may use.
   *
   * @param before each attempt; what was counted by then is of no use
   * @throws IllegalStateException where the timer never expired within that time
   */
  static KnownDelay make(Runnable before) {
    String seen = "";
    for (int i = 0; i < ATTEMPTS; i++) {
      before.run();
      KnownDelay made = attempt();
      if (made.started < made.began && made.began < made.expired && made.expired < made.ended) {
        return made;
      }
      seen = made.toString();
    }
    throw new IllegalStateException("no timer expired while its CPU was held: " + seen);
  }

  /** The timer came no earlier. */
  long leastNanos() {
    return ended - expired;
  }

  /** No timer that expired meanwhile came later. */
  long mostNanos() {
    return woken - began;
  }

  private static KnownDelay attempt() {
    try (BpfObject object = BpfObject.builtIn("tools/hold");
        OwnTimer timer = new OwnTimer();
        Cpu.Held held = new Cpu.Held()) {
      object.variable("wanted_ns").set(ValueLayout.JAVA_LONG, 0, HELD_NANOS);
      object.load();
      MemorySegment began = object.variable("began");
      MemorySegment ended = object.variable("ended");
      object.program("on_clock").attachCpuClock(held.cpu(), PERIOD_NANOS); // begins at once
      long expires = System.nanoTime() + UNTIL_EXPIRY_NANOS;
      timer.start(expires);
      long started = System.nanoTime();
      long woken = timer.await();
      return new KnownDelay(
          held.cpu(),
          started,
          KernelClock.toNanoTime(began.get(ValueLayout.JAVA_LONG, 0)),
          expires,
          KernelClock.toNanoTime(ended.get(ValueLayout.JAVA_LONG, 0)),
          woken);
    }
  }
}
