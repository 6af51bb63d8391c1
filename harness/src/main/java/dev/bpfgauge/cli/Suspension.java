package dev.bpfgauge.cli;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.top.Top;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;

/**
 * Ctrl-Z, which would stop this process with the terminal and run-time statistics as they are: its
 * SIGTSTP only asks for that, and {@link #stop} does it when all is given back. SIGCONT may come
 * without it, after a SIGSTOP.
 */
final class Suspension implements AutoCloseable {
  private static final String STOP = "TSTP";
  private static final String CONTINUE = "CONT";

  private final Semaphore asked = new Semaphore(0);
  private final Semaphore continued = new Semaphore(0);
  private final Object stopBefore = Signals.register(STOP, asked::release);
  private final Object continueBefore = Signals.register(CONTINUE, continued::release);

  /** Waits for so long, or until a stop is asked for: true then. */
  boolean isAsked(long nanos) throws InterruptedException {
    return asked.tryAcquire(nanos, TimeUnit.NANOSECONDS);
  }

  /** Whether this process was continued since this was asked before. */
  boolean wasContinued() {
    return continued.drainPermits() > 0;
  }

  /**
   * Stops this process as the kernel does, which leaves one running that no shell could continue,
   * and returns when it goes on.
   */
  void stop() {
    Signals.registerDefault(STOP);
    LibC.raise(LibC.SIGTSTP); // To this thread: it is stopped before the call returns.
    Signals.register(STOP, asked::release);
    asked.drainPermits();
  }

  /** Sleeps between looks. */
  Top.Pacer steady(Top.Pace pace) {
    return new Top.Pacer() {
      @Override
      public Top.Pace pace() {
        return pace;
      }

      @Override
      public Top.Next waitUntil(long nanos) throws InterruptedException {
        return isAsked(nanos - System.nanoTime()) ? Top.Next.PAUSE : Top.Next.LOOK;
      }

      @Override
      public void pause() {
        stop();
      }
    };
  }

  @Override
  public void close() {
    Signals.unregister(STOP, stopBefore);
    Signals.unregister(CONTINUE, continueBefore);
  }
}
