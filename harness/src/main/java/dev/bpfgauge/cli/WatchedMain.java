package dev.bpfgauge.cli;

import dev.bpfgauge.launch.ParentWatch;

/** The program as a launcher starts it: it ends when the launcher is gone. */
public final class WatchedMain {
  private WatchedMain() {}

  public static void main(String[] args) {
    ParentWatch.start();
    Main.main(ParentWatch.asTyped(args));
  }
}
