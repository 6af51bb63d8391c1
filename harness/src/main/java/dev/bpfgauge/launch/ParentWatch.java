package dev.bpfgauge.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Ends this process, by its shutdown hooks, when the launcher that started it is gone: killed with
 * SIGKILL it can forward nothing.
 */
public final class ParentWatch {
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final int EXIT_TERMINATED = 128 + 15;

  private ParentWatch() {}

  /**
   * The arguments as the launcher has them: its Java, in the user's locale, may not have been able
   * to read them.
   */
  public static String[] asTyped(String[] args) {
    try {
      List<String> words =
          FreshJvm.commandLine(
              System.getProperty(Launcher.PARENT_PROPERTY, ""), StandardCharsets.UTF_8);
      return words.subList(words.size() - args.length, words.size()).toArray(String[]::new);
    } catch (IOException | IndexOutOfBoundsException e) {
      return args;
    }
  }

  /** Begins watching where a launcher started this process; otherwise does nothing. */
  public static void start() {
    Long launcher = Long.getLong(Launcher.PARENT_PROPERTY);
    if (launcher != null) {
      Thread.ofPlatform().daemon().name("launcher watch").start(() -> watch(launcher));
    }
  }

  // prctl(PR_SET_PDEATHSIG) would do without a thread, but fires when the launcher's forking
  // thread ends, and would load the foreign-function machinery for --help.
  private static void watch(long launcher) {
    try {
      while (ProcessHandle.current().parent().map(p -> p.pid() == launcher).orElse(false)) {
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      return;
    }
    System.exit(EXIT_TERMINATED);
  }
}
