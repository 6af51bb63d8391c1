package dev.bpfgauge.suite.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A shell, on this host or in a guest. */
public final class Shell {
  /** The shell of guests; one program of many names. */
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private Shell() {}

  /** The command that begins one, e.g. {@code /bin/sh}. */
  public static String command() {
    return Files.isExecutable(BUSYBOX) ? BUSYBOX + " sh" : "/bin/sh";
  }

  /**
   * The command that runs a script.
   *
   * @param arguments from {@code $1} on
   */
  public static List<String> of(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(command().split(" ", -1)));
    Collections.addAll(command, "-c", script, "sh");
    Collections.addAll(command, arguments);
    return command;
  }
}
