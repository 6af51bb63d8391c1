package dev.bpfgauge.run;

import dev.bpfgauge.os.ProcessTree;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs one fork under a deadline and ends every process it started, whatever happens.
 *
 * <p>A fork's processes are the children that this JVM did not have before: the stressors, started
 * earlier, are never touched, and a JVM that serves several forks ends by the interruption of the
 * fork's thread.
 */
final class ForkSupervisor {
  private static final Duration UNWIND = Duration.ofSeconds(2);

  private ForkSupervisor() {}

  /** How a supervised fork came back. */
  sealed interface Ended<T> {}

  record Returned<T>(T value) implements Ended<T> {}

  record Threw<T>(Throwable cause) implements Ended<T> {}

  record TimedOut<T>(Duration deadline) implements Ended<T> {}

  /**
   * Runs {@code fork} on a thread of its own until it returns, throws or meets the deadline.
   *
   * @throws InterruptedException where the caller was interrupted; the fork's processes are dead
   */
  static <T> Ended<T> supervise(Callable<T> fork, Duration deadline) throws InterruptedException {
    Set<Long> before = ProcessTree.children();
    FutureTask<T> task = new FutureTask<>(fork);
    Thread thread = Thread.ofPlatform().name("fork").daemon().start(task);
    try {
      return new Returned<>(task.get(deadline.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return new Threw<>(cause == null ? e : cause);
    } catch (TimeoutException e) {
      return new TimedOut<>(deadline);
    } finally {
      end(thread, before);
    }
  }

  /** Kills until the thread is done, because it may start one more process while it unwinds. */
  private static void end(Thread thread, Set<Long> before) throws InterruptedException {
    long giveUpAt = System.nanoTime() + UNWIND.toNanos();
    do {
      ProcessTree.childrenSince(before).forEach(ProcessTree::kill);
      thread.interrupt();
    } while (!thread.join(Duration.ofMillis(50)) && System.nanoTime() < giveUpAt);
  }
}
