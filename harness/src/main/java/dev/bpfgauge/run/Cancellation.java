package dev.bpfgauge.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ctrl-C and SIGTERM interrupt the thread that made this, and wait until its run is valid. */
public final class Cancellation implements AutoCloseable {
  /** What Ctrl-C may take; the JVM ends then, done or not. */
  private static final Duration LONGEST = Duration.ofMillis(2_700);

  private final Duration longest;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread session = Thread.currentThread();
  private final Thread hook = new Thread(this::cancel, "cancel");

  public Cancellation() {
    this(LONGEST);
  }

  /**
   * For what has to be waited for.
   *
   * @param longest what Ctrl-C may take at most
   */
  public Cancellation(Duration longest) {
    this.longest = longest;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The run's files are written. */
  public void finished() {
    finished.countDown();
  }

  private void cancel() {
    if (closed.get()) {
      return;
    }
    session.interrupt();
    try {
      if (!finished.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("bpfgauge: not everything could be ended in time; run: clean, restore");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.set(true);
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down: the hook is what waits for us.
    }
  }
}
