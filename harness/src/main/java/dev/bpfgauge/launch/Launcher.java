package dev.bpfgauge.launch;

import java.io.BufferedReader;
import java.io.DataInputStream;
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
   * How the JVM of a tracing tool and of top is started: one collector thread, the quick compiler,
   * a heap that begins small and grows where it must, and no thread that wakes up without need.
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

  /** The locale of the program and of all it starts, whatever the user's is; see FreshJvm. */
  static final String LOCALE = "C.UTF-8";

  /** Options of the java command whose value is a word of its own. */
  private static final List<String> OF_TWO_WORDS =
      Collections.unmodifiableList(
          Arrays.asList(
              "-p",
              "--module-path",
              "--upgrade-module-path",
              "--add-modules",
              "--limit-modules",
              "--add-exports",
              "--add-opens",
              "--add-reads",
              "--patch-module"));

  /** After commands alone, what makes them tell about themselves. */
  private static final List<String> HELP =
      Collections.unmodifiableList(Arrays.asList("-h", "--help", "-V", "--version"));

  private static final List<String> CLASS_PATH =
      Collections.unmodifiableList(Arrays.asList("-cp", "-classpath", "--class-path"));

  /** Whose flags every JVM takes, ours and those we only ask. */
  private static final List<String> VARIABLES_WITH_FLAGS =
      Collections.unmodifiableList(
          Arrays.asList("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));

  private static final String FRESH_JVM = "dev.bpfgauge.launch.FreshJvm";
  private static final String MAIN = "dev.bpfgauge.cli.Main";
  private static final String WATCHED_MAIN = "dev.bpfgauge.cli.WatchedMain";

  /** Where an ELF file names its machine. */
  private static final int E_MACHINE = 18;

  /** A look at all programs of a large host is part of it. */
  private static final long LONGEST_TO_STOP_NANOS = 10_000_000_000L;

  private static final int EXIT_USAGE = 2;
  private static final int EXIT_ENVIRONMENT = 3;

  private Launcher() {}

  public static void main(String[] args) throws Throwable {
    if (feature(System.getProperty("java.specification.version", "")) >= NEEDED) {
      try {
        // By name: this class is compiled for Java 8, those it calls for Java 25.
        if (!isHelp(args)) {
          Class.forName(FRESH_JVM)
              .getDeclaredMethod("become", boolean.class)
              .invoke(null, isTool(args));
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
              + ", and neither JAVA_HOME nor the usual folders hold a newer one that runs. Install"
              + " it, e.g. by `apt install openjdk-25-jdk-headless` (or Temurin 25 from"
              + " adoptium.net), or set JAVA_HOME to it.");
      System.exit(EXIT_ENVIRONMENT);
    }
    System.exit(handOver(home, args));
  }

  /** Whether words of ours are all that is printed: no file is opened and no program started. */
  static boolean isHelp(String[] args) {
    for (int i = 0; i < args.length - 1; i++) {
      if (!args[i].matches("[a-z]+")) {
        return false;
      }
    }
    return args.length == 0 || HELP.contains(args[args.length - 1]);
  }

  /** Whether what is asked for runs beside the load as long as it is wanted: a tool, or top. */
  static boolean isTool(String[] args) {
    boolean top = args.length > 0 && args[0].equals("top");
    return top
        || (args.length > 1
            && (args[0].equals("tools") || args[0].equals("diagnose"))
            && args[1].matches("[a-z][a-z-]*")
            && !args[1].equals("overhead"));
  }

  // ---- finding a Java ----

  /** The first Java that is new enough and runs; null where there is none. */
  private static @Nullable File findHome() {
    return firstThatRuns(homes(System.getenv("JAVA_HOME"), System.getenv("PATH"), new File("/")));
  }

  /**
   * A release file does not tell whether its Java runs here: it may be of another architecture or C
   * library, or half deleted.
   */
  static @Nullable File firstThatRuns(List<File> homes) {
    for (File home : homes) {
      if (featureOf(home) >= NEEDED
          && (isWhole(home) || askedFeature(new File(home, "bin/java")) >= NEEDED)) {
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
    File user = new File(System.getProperty("user.home", ""));
    addFolders(homes, new File(root, "usr/lib/jvm"));
    addFolders(homes, new File(root, "opt"));
    addFolders(homes, new File(root, "opt/java"));
    if (user.isAbsolute()) { // "?" for a user without an account
      addFolders(homes, new File(user, ".sdkman/candidates/java"));
      addFolders(homes, new File(user, ".jdks"));
    }
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

  /**
   * Whether a HotSpot's library can be loaded here, and what it loads next is there: a tenth of the
   * time in which it starts. False where that cannot be told.
   */
  private static boolean isWhole(File home) {
    File java = new File(home, "bin/java");
    if (new File(home, "lib/modules").length() == 0 || isOfAnotherMachine(java)) {
      return false;
    }
    ProcessBuilder builder = new ProcessBuilder(java.getPath(), "-Xinternalversion");
    builder.environment().keySet().removeAll(VARIABLES_WITH_FLAGS);
    List<String> said = new ArrayList<String>();
    return ended(builder, said) == 0 && !said.isEmpty() && said.get(0).contains(" VM (");
  }

  /** Starts that Java to ask it; 0 where it does not start. */
  private static int askedFeature(File java) {
    if (isOfAnotherMachine(java)) {
      return 0;
    }
    ProcessBuilder builder = new ProcessBuilder(java.getPath(), "-version");
    builder.environment().keySet().removeAll(VARIABLES_WITH_FLAGS);
    List<String> said = new ArrayList<String>();
    if (ended(builder, said) != 0) {
      return 0;
    }
    for (String line : said) {
      int version = line.indexOf(" version \"");
      if (version >= 0) {
        return feature(line.substring(version).split("\"")[1]);
      }
    }
    return 0;
  }

  /** Not even tried, because a program that the kernel does not know is read as a script. */
  private static boolean isOfAnotherMachine(File java) {
    byte[] theirs = elfHead(java);
    byte[] ours = elfHead(new File("/proc/self/exe"));
    return theirs != null
        && ours != null
        && (theirs[E_MACHINE] != ours[E_MACHINE] || theirs[E_MACHINE + 1] != ours[E_MACHINE + 1]);
  }

  /** The beginning of an ELF file, see elf(5); null of another. */
  private static byte @Nullable [] elfHead(File file) {
    byte[] head = new byte[E_MACHINE + 2];
    try (DataInputStream in = new DataInputStream(new FileInputStream(file))) {
      in.readFully(head);
    } catch (IOException e) {
      return null;
    }
    return head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F' ? head : null;
  }

  /**
   * Runs a command to its end.
   *
   * @param said gets the lines it prints
   * @return its exit code; -1 where it does not start
   */
  private static int ended(ProcessBuilder builder, List<String> said) {
    try {
      Process process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          said.add(line);
        }
      }
      return process.waitFor();
    } catch (IOException e) {
      said.add(String.valueOf(e.getMessage()));
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
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
    List<String> flags = flags(ownCommandLine());
    String refused = refused(home, flags);
    if (refused != null) {
      System.err.println(refused);
      return EXIT_USAGE;
    }
    List<String> command = new ArrayList<String>();
    command.add(new File(home, "bin/java").getPath());
    // No -X flags of our own otherwise: the program must behave the same however it was started.
    if (isTool(args) && !anyStartsWith(flags, "-X")) {
      command.addAll(TOOL_FLAGS);
    }
    command.add("--enable-native-access=ALL-UNNAMED");
    // JMH 1.37 uses sun.misc.Unsafe; nobody need read of it.
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-D" + PARENT_PROPERTY + "=" + ownPid());
    command.addAll(flags);
    command.add("-cp");
    command.add(
        new File(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .getPath());
    command.add(WATCHED_MAIN);
    command.addAll(Arrays.asList(args));
    CompletableFuture<Process> child = new CompletableFuture<Process>();
    forwardSignals(child); // First, so that no signal ends this process and leaves the child.
    child.complete(inLocale(new ProcessBuilder(command)).inheritIO().start());
    while (true) {
      try {
        return child.join().waitFor();
      } catch (InterruptedException e) {
        continue; // Nobody interrupts this thread for a reason of its own.
      }
    }
  }

  private static ProcessBuilder inLocale(ProcessBuilder builder) {
    builder.environment().put("LC_ALL", LOCALE);
    builder.environment().remove("LANGUAGE"); // It would choose the language of messages.
    return builder;
  }

  private static List<String> ownCommandLine() throws IOException {
    String line =
        new String(Files.readAllBytes(Paths.get("/proc/self/cmdline")), StandardCharsets.UTF_8);
    return Arrays.asList(line.split("\0"));
  }

  /** What the user gave the JVM: the words of a java command before the jar or the class. */
  static List<String> flags(List<String> commandLine) {
    List<String> flags = new ArrayList<String>();
    for (int i = 1; i < commandLine.size(); i++) {
      String word = commandLine.get(i);
      if (CLASS_PATH.contains(word)) {
        i++;
      } else if (word.equals("-jar") || !(word.startsWith("-") || word.startsWith("@"))) {
        break;
      } else if (OF_TWO_WORDS.contains(word) && i + 1 < commandLine.size()) {
        flags.add(word);
        flags.add(commandLine.get(++i));
      } else {
        flags.add(word);
      }
    }
    return flags;
  }

  /** A sentence where that Java does not take the flags, which were for this one; else null. */
  private static @Nullable String refused(File home, List<String> flags) {
    List<String> doubtful = new ArrayList<String>(flags);
    for (String variable : VARIABLES_WITH_FLAGS) {
      String value = System.getenv(variable);
      if (value != null) {
        doubtful.addAll(Arrays.asList(value.split(" +")));
      }
    }
    for (String flag : new ArrayList<String>(doubtful)) {
      if (flag.startsWith("-D")) {
        doubtful.remove(flag); // Every Java takes it.
      }
    }
    if (doubtful.isEmpty()) {
      return null;
    }
    List<String> command = new ArrayList<String>();
    command.add(new File(home, "bin/java").getPath());
    command.addAll(flags);
    command.add("-version");
    List<String> said = new ArrayList<String>();
    if (ended(new ProcessBuilder(command), said) == 0) {
      return null;
    }
    String reason = "it ends at once";
    for (String line : said) {
      if (!line.startsWith("Picked up") && !line.startsWith("NOTE:")) {
        reason = line;
        break;
      }
    }
    return "bpfgauge: it needs Java "
        + NEEDED
        + ", and the one in "
        + home
        + " does not start with your flags "
        + String.join(" ", doubtful)
        + ": "
        + reason
        + ". Leave out what Java "
        + NEEDED
        + " does not know.";
  }

  private static boolean anyStartsWith(List<String> words, String start) {
    for (String word : words) {
      if (word.startsWith(start)) {
        return true;
      }
    }
    return false;
  }

  private static String ownPid() throws IOException {
    return new File("/proc/self").getCanonicalFile().getName();
  }

  /**
   * INT, TERM and HUP go to the child, and this process goes on waiting for it. A terminal's Ctrl-C
   * and Ctrl-Z reach both without our doing.
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
    final Runnable stop =
        new Runnable() {
          @Override
          public void run() {
            stopAfter(child.join());
          }
        };
    onSignal("TSTP", stop);
    onSignal(
        "CONT",
        new Runnable() {
          @Override
          public void run() {
            onSignal("TSTP", stop);
            if (!inForeground()) {
              passOn("CONT", child.join());
            }
          }
        });
  }

  /**
   * Ctrl-Z: the shell takes the terminal as soon as this process stops, so the child, which may
   * have to give it back first, stops before. One that does not stop leaves this one running.
   */
  private static void stopAfter(Process child) {
    if (!inForeground()) {
      passOn("TSTP", child);
    }
    try {
      String pid = pid(child);
      long given = System.nanoTime();
      while (!isStopped(pid)) {
        if (!child.isAlive() || System.nanoTime() - given > LONGEST_TO_STOP_NANOS) {
          return;
        }
        Thread.sleep(10);
      }
    } catch (ReflectiveOperationException e) {
      // Java 8 does not tell a process' id: both stop as they may.
    } catch (InterruptedException e) {
      return;
    }
    try {
      byDefault("TSTP");
      kill("TSTP", ownPid());
    } catch (ReflectiveOperationException | IOException e) {
      return;
    }
  }

  /** Where Java tells the child's id. */
  private static void passOn(String name, Process child) {
    try {
      kill(name, pid(child));
    } catch (ReflectiveOperationException | IOException e) {
      return;
    }
  }

  private static boolean isStopped(String pid) {
    try {
      return stat(pid)[0].equals("T");
    } catch (IOException e) {
      return false;
    }
  }

  /** Through reflection, because sun.misc.Signal is in every JDK but in no API. */
  private static void onSignal(String name, final Runnable action) {
    try {
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
      handle(name, handler, ours);
    } catch (ReflectiveOperationException e) {
      // Without it the child still ends: it watches this process.
      return;
    }
  }

  /** As if nobody had asked for the signal. */
  private static void byDefault(String name) throws ReflectiveOperationException {
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    handle(name, handler, handler.getField("SIG_DFL").get(null));
  }

  private static void handle(String name, Class<?> handler, Object with)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), with);
  }

  private static void send(String name, Process child) {
    try {
      kill(name, pid(child));
    } catch (ReflectiveOperationException | IOException e) {
      child.destroy(); // SIGTERM: Java 8 does not tell a process' id.
    }
  }

  private static String pid(Process child) throws ReflectiveOperationException {
    return Process.class.getMethod("pid").invoke(child).toString();
  }

  private static void kill(String name, String pid) throws IOException {
    // Where it ended meanwhile, as by Ctrl-C, there is nothing to be said.
    new ProcessBuilder("kill", "-s", name, pid)
        .redirectErrorStream(true)
        .redirectOutput(new File("/dev/null"))
        .start();
  }

  /** Whether this process group is the one that the terminal sends Ctrl-C to. */
  private static boolean inForeground() {
    try {
      String[] fields = stat("self");
      String group = fields[2];
      String foreground = fields[5];
      return group.equals(foreground);
    } catch (IOException e) {
      return false;
    }
  }

  /** State, parent, group, session, terminal, the terminal's foreground group; proc_pid_stat(5). */
  private static String[] stat(String pid) throws IOException {
    String stat =
        new String(Files.readAllBytes(Paths.get("/proc", pid, "stat")), StandardCharsets.UTF_8);
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }
}
