package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A process's CPU time has that of threads which have ended. */
class ProcessClockTest {
  private static final long BURNT = 300_000_000;

  @Test
  void threadsThatHaveEndedStayInTheAccount() throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long own = ProcessHandle.current().pid();
    long before = ProcessClock.cpuNanos(own).orElseThrow();
    AtomicLong used = new AtomicLong();
    Thread burner =
        Thread.ofPlatform()
            .start(() -> {
              while (used.get() < BURNT) {
                used.set(threads.getCurrentThreadCpuTime());
              }
            });
    burner.join();

    long counted = ProcessClock.cpuNanos(own).orElseThrow() - before;
    assertTrue(counted >= used.get(), counted + " ns, the thread alone " + used.get());
  }

  @Test
  void aProcessThatHasEndedHasNoClock() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    assertTrue(ProcessClock.cpuNanos(ended.pid()).isEmpty());
  }
}
