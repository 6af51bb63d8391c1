package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.machine.host.Privileges;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** harness.jar as a user starts it, in a folder of its own. */
record Jar(Path folder, List<String> prefix, Map<String, String> environment) {
  private static final Path FILE = Path.of(System.getProperty("harness.jar", "")).normalize();
  private static final String OWN_LOCK =
      "mkdir -p /run/bpfgauge && mount -t tmpfs none /run/bpfgauge && exec \"$@\"";

  private static final String TOOL_OPTIONS = "JAVA_TOOL_OPTIONS";

  /** The shortest real plan: the floor and one cell, one round. */
  static final List<String> TINY =
      List.of(
          "--map",
          "hash",
          "--op",
          "lookup",
          "--rounds",
          "1",
          "--warmup",
          "20",
          "--measure",
          "60",
          "--no-references");

  /**
   * How a command ended.
   *
   * @param err what it wrote to standard error
   */
  record Ended(int exitCode, String out, String err) {

    /** The lines of its complaint, without the one that says where its help is. */
    List<String> complaint() {
      return err().strip().lines().filter(line -> !line.startsWith("See: ")).toList();
    }
  }

  Jar(Path folder) {
    this(folder, List.of(), Map.of());
  }

  /** The same, started through another command such as setpriv. */
  Jar through(String... command) {
    return new Jar(folder, List.of(command), environment);
  }

  Jar with(String variable, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(variable, value);
    return new Jar(folder, prefix, more);
  }

  /**
   * The same, not refused while another harness runs, nor the other's reason to be: the machine's
   * lock is one of its own. For guests, whose figures nobody compares.
   */
  Jar besideOthers() {
    return Privileges.read().isRoot()
        ? through("unshare", "--mount", "sh", "-c", OWN_LOCK, "sh")
        : with("XDG_STATE_HOME", folder.resolve("state").toString());
  }

  /**
   * The same, whose runs take any load for the profile's, and whose forks may take long: what is
   * tested is something else.
   */
  Jar onABusyMachine() {
    return with(TOOL_OPTIONS, "-Dbpfgauge.load-tolerance=100");
  }

  private List<String> withPatience(String... arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    boolean isRun = !words.isEmpty() && List.of("run", "-p").contains(words.getFirst());
    if (isRun && environment.containsKey(TOOL_OPTIONS) && !words.contains("--help")) {
      words.addAll(List.of("--fork-timeout", Long.toString(Patience.SECONDS)));
    }
    return words;
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** Starts a command and returns at once; its output is in the folder's out.txt and err.txt. */
  Process start(String... arguments) throws IOException {
    assertTrue(Files.isRegularFile(FILE), "no " + FILE + ": the jar is built before these tests");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(java().toString(), "-jar", FILE.toString()));
    command.addAll(withPatience(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectOutput(file("out.txt")).redirectError(file("err.txt"));
    return builder.start();
  }

  /** Runs a command to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    try {
      assertTrue(process.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "hangs: " + output());
      return new Ended(process.exitValue(), read("out.txt"), read("err.txt"));
    } finally {
      process.destroyForcibly();
    }
  }

  /** A tiny run with further options. */
  Ended tiny(String... options) throws IOException, InterruptedException {
    return run(tinyArguments(options));
  }

  static String[] tinyArguments(String... options) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(TINY);
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  String output() throws IOException {
    return read("out.txt") + read("err.txt");
  }

  private File file(String name) {
    return folder.resolve(name).toFile();
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }
}
