package dev.bpfgauge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Another process that runs a main class of the tests, killed with the test at the latest. */
public final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private ChildJvm(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    return new ChildJvm(command(System.getProperty("java.class.path"), main, arguments));
  }

  /** The same, by a command that starts another. */
  public static ChildJvm startBy(List<String> starter, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(starter);
    command.addAll(command(System.getProperty("java.class.path"), main, arguments));
    return new ChildJvm(command);
  }

  /**
   * The same as the user nobody, without any capability. The class path is copied to where that
   * user may read it.
   */
  public static ChildJvm startAsNobody(Path readable, Class<?> main, String... arguments)
      throws IOException {
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        Path to = readable.resolve(copies.size() + "-" + from.getFileName());
        if (!Files.exists(to)) {
          copy(from, to);
        }
        copies.add(to.toString());
      }
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    command.addAll(command(String.join(":", copies), main, arguments));
    return new ChildJvm(command);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path one : tree.toList()) {
        Path target = to.resolve(from.relativize(one).toString());
        Files.copy(one, target);
        boolean enter = Files.isDirectory(one);
        Files.setPosixFilePermissions(
            target, PosixFilePermissions.fromString(enter ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }

  private static List<String> command(String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  public long pid() {
    return process.pid();
  }

  /** The next line it prints; fails the test where there is none. */
  public String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the child ended without a word");
    }
    return line;
  }

  public List<String> allLines() throws IOException {
    return output.lines().toList();
  }

  /** SIGKILL, and gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
