package dev.bpfgauge.launch;

import java.io.File;
import java.util.Arrays;

/** Hands over to the Java home in the first argument, whatever Java this is: for the tests. */
final class HandOverMain {
  private HandOverMain() {}

  public static void main(String[] args) throws Exception {
    String[] rest = Arrays.copyOfRange(args, 1, args.length);
    System.exit(Launcher.handOver(new File(args[0]), rest));
  }
}
