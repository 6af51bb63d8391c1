package dev.bpfgauge.launch;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The jar's entry point, in bytecode that Java 8 reads: on Java 25 or newer it goes straight to the
 * command line; on an older Java it finds a newer one, hands over to it, and ends as that ends.
 */
public final class Launcher {
  static final int NEEDED = 25;

  /** System property that tells the program which process to end with; see {@link ParentWatch}. */
  static final String PARENT_PROPERTY = "bpfgauge.launcher.pid";

  /**
   * How a tracing tool's JVM is started: one collector thread, the quick compiler, a heap that
   * begins small and grows where it must, and no thread that wakes up without need.
   */
  public static final List<String> TOOL_FLAGS =
      Collections.unmodifiableList(
          Arrays.asList(
              "-XX:+IgnoreUnrecognizedVMOptions",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xms8m",
              "-XX:-UsePerfData",
              "-XX:+UnlockDiagnosticVMOptions",
              "-XX:AsyncDeflationInterval=10000",
              "-Dbpfgauge.tool.jvm=true"));

  private static final String TOOL_JVM = "dev.bpfgauge.launch.ToolJvm";
  private static final String MAIN = "dev.bpfgauge.cli.Main";
  private static final String WATCHED_MAIN = "dev.bpfgauge.launch.ParentWatch";
  private static final int EXIT_ENVIRONMENT = 3;

  private Launcher() {}

  public static void main(String[] args) throws Throwable {
    if (feature(System.getProperty("java.specification.version", "")) >= NEEDED) {
      try {
        // By name: this class is compiled for Java 8, those it calls for Java 25.
        if (isTool(args) && !Boolean.getBoolean("bpfgauge.tool.jvm")) {
          Method become = Class.forName(TOOL_JVM).getDeclaredMethod("become");
          become.invoke(null);
        }
        Class.forName(MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
      return;
    }
    File home = findHome();
    if (home == null) {
      System.err.println(
          "bpfgauge needs Java "
              + NEEDED
              + ", this is Java "
              + System.getProperty("java.version")
              + ", and neither JAVA_HOME nor the usual folders hold a newer one. Install it, e.g. by"
              + " `apt install openjdk-25-jdk-headless` (or Temurin 25 from adoptium.net), or set"
              + " JAVA_HOME to it.");
      System.exit(EXIT_ENVIRONMENT);
    }
    System.exit(handOver(home, args));
  }

  /** Whether a tracing tool is asked for, which runs as long as it is wanted. */
  static boolean isTool(String[] args) {
    return args.length > 1
        && args[0].equals("tools")
        && args[1].matches("[a-z]+")
        && !args[1].equals("overhead");
  }

  // ---- finding a Java ----

  /** The first Java that is new enough; null where there is none. */
  private static @Nullable File findHome() {
    for (File home : homes(System.getenv("JAVA_HOME"), System.getenv("PATH"), new File("/"))) {
      if (featureOf(home) >= NEEDED) {
        return home;
      }
    }
    return null;
  }

  /**
   * Where a Java may be, in order of preference.
   *
   * @param root {@code /}, or another folder in tests
   */
  static List<File> homes(@Nullable String javaHome, @Nullable String path, File root) {
    List<File> homes = new ArrayList<File>();
    if (javaHome != null && !javaHome.isEmpty()) {
      homes.add(new File(javaHome));
    }
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      File java = new File(folder, "java");
      if (!folder.isEmpty() && java.canExecute()) {
        try {
          // Through the alternatives' links to …/bin/java.
          homes.add(java.getCanonicalFile().getParentFile().getParentFile());
        } catch (IOException e) {
          continue; // A broken link is no Java.
        }
      }
    }
    File user = new File(System.getProperty("user.home", "/"));
    addFolders(homes, new File(root, "usr/lib/jvm"));
    addFolders(homes, new File(root, "opt"));
    addFolders(homes, new File(root, "opt/java"));
    addFolders(homes, new File(user, ".sdkman/candidates/java"));
    addFolders(homes, new File(user, ".jdks"));
    return homes;
  }

  private static void addFolders(List<File> homes, File parent) {
    File[] found = parent.listFiles();
    if (found != null) {
      Arrays.sort(found, Collections.reverseOrder());
      homes.addAll(Arrays.asList(found));
    }
  }

  /** The feature version (8, 17, 25 …) of the Java in that folder; 0 where there is none. */
  static int featureOf(File home) {
    File java = new File(home, "bin/java");
    if (!java.canExecute()) {
      return 0;
    }
    File release = new File(home, "release");
    if (release.canRead()) {
      Properties said = new Properties();
      try (FileInputStream in = new FileInputStream(release)) {
        said.load(in);
      } catch (IOException | IllegalArgumentException e) {
        return askedFeature(java);
      }
      int feature = feature(said.getProperty("JAVA_VERSION", "").replace("\"", ""));
      if (feature > 0) {
        return feature;
      }
    }
    return askedFeature(java);
  }

  /** Starts that Java to ask it: slow, and only needed where there is no release file. */
  private static int askedFeature(File java) {
    try {
      Process process =
          new ProcessBuilder(java.getPath(), "-version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      String first;
      try (BufferedReader said =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        first = said.readLine();
        while (said.readLine() != null) {
          // Read to the end, so that it can end.
        }
      }
      String[] words = first == null ? new String[0] : first.split("\"");
      return process.waitFor() == 0 && words.length > 1 ? feature(words[1]) : 0;
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** {@code 1.8.0_402} is 8, {@code 25.0.3} and {@code 25-ea} are 25; 0 where it is no version. */
  static int feature(String version) {
    String rest = version.startsWith("1.") ? version.substring(2) : version;
    int end = 0;
    while (end < rest.length() && end < 6 && Character.isDigit(rest.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Integer.parseInt(rest.substring(0, end));
  }

  // ---- handing over ----

  /** Starts the program on that Java and returns its exit code. */
  static int handOver(File home, String[] args) throws Exception {
    List<String> command = new ArrayList<String>();
    command.add(new File(home, "bin/java").getPath());
    if (isTool(args)) {
      command.addAll(TOOL_FLAGS);
    }
    // No -X flags otherwise: the program must behave the same however it was started, and JMH hands
    // the
    // flags of its JVM on to its forks.
    command.add("--enable-native-access=ALL-UNNAMED");
    // JMH 1.37 uses sun.misc.Unsafe; nobody need read of it.
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-D" + PARENT_PROPERTY + "=" + ownPid());
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("bpfgauge.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add("-cp");
    command.add(
        new File(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .getPath());
    command.add(WATCHED_MAIN);
    command.addAll(Arrays.asList(args));
    CompletableFuture<Process> child = new CompletableFuture<Process>();
    forwardSignals(child); // First, so that no signal ends this process and leaves the child.
    child.complete(new ProcessBuilder(command).inheritIO().start());
    while (true) {
      try {
        return child.join().waitFor();
      } catch (InterruptedException e) {
        continue; // Nobody interrupts this thread for a reason of its own.
      }
    }
  }

  private static String ownPid() throws IOException {
    return new File("/proc/self").getCanonicalFile().getName();
  }

  /**
   * INT, TERM and HUP go to the child, and this process goes on waiting for it. A terminal's Ctrl-C
   * reaches both without our doing.
   */
  private static void forwardSignals(final CompletableFuture<Process> child) {
    for (final String name : new String[] {"INT", "TERM", "HUP"}) {
      onSignal(
          name,
          new Runnable() {
            @Override
            public void run() {
              if (!name.equals("INT") || !inForeground()) {
                send(name, child.join());
              }
            }
          });
    }
  }

  /** Through reflection, because sun.misc.Signal is in every JDK but in no API. */
  private static void onSignal(String name, final Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              handler.getClassLoader() == null
                  ? Launcher.class.getClassLoader()
                  : handler.getClassLoader(),
              new Class<?>[] {handler},
              new InvocationHandler() {
                @Override
                public Object invoke(Object proxy, Method method, Object[] arguments) {
                  if (method.getName().equals("handle")) {
                    action.run();
                  }
                  return null;
                }
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
    } catch (ReflectiveOperationException e) {
      // Without it the child still ends: it watches this process.
      return;
    }
  }

  private static void send(String name, Process child) {
    try {
      Object pid = Process.class.getMethod("pid").invoke(child);
      new ProcessBuilder("kill", "-s", name, pid.toString()).inheritIO().start();
    } catch (ReflectiveOperationException | IOException e) {
      child.destroy(); // SIGTERM: Java 8 does not tell a process' id.
    }
  }

  /** Whether this process group is the one that the terminal sends Ctrl-C to; proc_pid_stat(5). */
  private static boolean inForeground() {
    try {
      String stat =
          new String(Files.readAllBytes(Paths.get("/proc/self/stat")), StandardCharsets.UTF_8);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      String group = fields[2];
      String foreground = fields[5];
      return group.equals(foreground);
    } catch (IOException e) {
      return false;
    }
  }
}
