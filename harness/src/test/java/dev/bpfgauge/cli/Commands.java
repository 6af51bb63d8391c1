package dev.bpfgauge.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The command line in this process, for tests of other packages. */
public final class Commands {
  private Commands() {}

  /** What a command prints on standard output. */
  public static String output(String... args) {
    StringWriter out = new StringWriter();
    Main.commandLine().setOut(new PrintWriter(out)).execute(args);
    return out.toString();
  }

  /** What a command prints on standard error. */
  public static String refusal(String... args) {
    StringWriter err = new StringWriter();
    Main.commandLine().setErr(new PrintWriter(err)).execute(args);
    return err.toString();
  }
}
