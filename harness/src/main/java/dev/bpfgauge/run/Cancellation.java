package dev.bpfgauge.run;

import dev.bpfgauge.model.Refusal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What Ctrl-C, SIGTERM and the SIGHUP of a closed terminal do: they interrupt the thread that made
 * this. The JVM then waits until the machine is as it was and the run valid, and after that for the
 * command's last words; each for a bounded time, and what did not end in time is said.
 */
public final class Cancellation implements AutoCloseable {
  /** With what the JVM itself takes, Ctrl-C has the machine as it was within three seconds. */
  private static final Duration LONGEST = Duration.ofMillis(2_700);

  /** As long as a stressor may take to die: giving up before would leave it, and lose the run. */
  private static final Duration ON_A_BUSY_MACHINE = Duration.ofSeconds(30);

  /** For what changes nothing any more: a report on a busy machine. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(30);

  private static final CountDownLatch COMMAND = new CountDownLatch(1);

  private static volatile boolean ending;

  private final Duration longest;
  private final CountDownLatch safe = new CountDownLatch(1);
  private final Thread session = Thread.currentThread();
  private final Thread hook = new Thread(this::cancel, "cancel");
  private volatile String unfinished =
      "what it started may still run, and settings may still be changed: the next run puts that"
          + " right, or now: clean, restore";

  public Cancellation() {
    this(LONGEST);
  }

  /**
   * For what has to be waited for.
   *
   * @param longest what the interrupted thread may take until {@link #safe} before the user is told
   *     that it takes longer
   */
  public Cancellation(Duration longest) {
    this.longest = longest;
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, "the command is being ended.", e);
    }
  }

  /**
   * The machine is as it was and nothing can be lost any more: from now on the thread is not
   * interrupted.
   *
   * @param left what the user has to do where the command does not come to its end: one sentence
   */
  public synchronized void safe(String left) {
    unfinished = left;
    safe.countDown();
  }

  /** Whether the user wants the end: a command of several steps begins no other. */
  public static boolean isEnding() {
    return ending;
  }

  /** The command has said all it had to say; called once, at its end. */
  public static void commandEnded() {
    COMMAND.countDown();
  }

  private void cancel() {
    ending = true;
    interrupt();
    try {
      if (!safe.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            "bpfgauge: the machine is busy: still ending what was started, and writing the run");
      }
      if (!safe.await(ON_A_BUSY_MACHINE.toMillis(), TimeUnit.MILLISECONDS)
          || !COMMAND.await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("bpfgauge: there was no time to end in order; " + unfinished);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void interrupt() {
    if (safe.getCount() > 0) {
      session.interrupt();
    }
  }

  @Override
  public void close() {
    safe("what was to be printed may be incomplete");
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down: the hook is what waits for us.
    }
  }
}
