package dev.bpfgauge.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher with fake Java homes: shell scripts in the place of {@code bin/java}. */
class LauncherTest {
  @TempDir Path folder;

  /** Whatever failed, no program of a test goes on. */
  @AfterEach
  void end() throws IOException {
    if (Files.notExists(folder.resolve("end"))) {
      Files.createFile(folder.resolve("end"));
    }
  }

  @Test
  void theLauncherRunsOnJava8() throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            Objects.requireNonNull(Launcher.class.getResourceAsStream("Launcher.class")))) {
      in.readInt();
      in.readUnsignedShort();
      assertEquals(52, in.readUnsignedShort(), "class file version of Java 8");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.8.0_402,8",
    "11.0.22,11",
    "17,17",
    "25,25",
    "25-ea,25",
    "25.0.3,25",
    "26.1,26",
    "'',0",
    "unknown,0",
    "1.,0"
  })
  void versionsAsJavaWritesThem(String version, int feature) {
    assertEquals(feature, Launcher.feature(version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-V", "run --help", "kernels run -h"})
  void wordsOfOursAloneNeedNoOtherJvm(String line) {
    assertTrue(Launcher.isHelp(line.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"doctor", "report latest", "report \u00e9t\u00e9 --help", "-p idle", "help x"})
  void whatMayOpenAFileDoesNot(String line) {
    assertFalse(Launcher.isHelp(line.split(" ", -1)));
  }

  @Test
  void theReleaseFileIsBelievedWithoutStartingThatJava() throws IOException {
    File home = home("jdk", "#!/bin/sh\ntouch " + folder + "/started\n");
    Files.writeString(home.toPath().resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    assertEquals(25, Launcher.featureOf(home));
    assertTrue(Files.notExists(folder.resolve("started")));
  }

  @Test
  void aJavaWithoutAReleaseFileIsAsked() throws IOException {
    File home = home("jdk", "#!/bin/sh\necho 'openjdk version \"25.0.1\" 2026' >&2\n");
    assertEquals(25, Launcher.featureOf(home));
    assertEquals(0, Launcher.featureOf(home("broken", "#!/bin/sh\nexit 1\n")));
    assertEquals(0, Launcher.featureOf(folder.resolve("none").toFile()));
  }

  @Test
  void aJavaThatTalksFirstIsUnderstood() throws IOException {
    File home =
        home(
            "jdk",
            """
            #!/bin/sh
            echo 'Picked up x: "-Xlog"'
            echo '[gc] Using G1'
            echo 'openjdk version "25.0.1" 2026' >&2
            """);
    assertEquals(25, Launcher.featureOf(home));
  }

  /** Its file says what it should: an ELF file of another architecture, or of another libc. */
  @Test
  void aJavaThatDoesNotRunHereIsPassedOver() throws IOException {
    File foreign = home("foreign", "#!/nowhere/ld-musl-aarch64.so.1\n");
    File garbled = home("garbled", "");
    // An ELF head for a machine that nobody has, and after it what a shell must not run.
    Files.write(
        garbled.toPath().resolve("bin/java"),
        ("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\376\376\ntouch " + folder + "/ran\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    File good = home("good", "#!/bin/sh\necho 'openjdk version \"25.0.1\" 2026' >&2\n");
    for (File home : List.of(foreign, garbled, good)) {
      Files.writeString(home.toPath().resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    }
    assertEquals(good, Launcher.firstThatRuns(List.of(foreign, garbled, good)));
    assertNull(Launcher.firstThatRuns(List.of(foreign, garbled)));
    assertTrue(Files.notExists(folder.resolve("ran")));
  }

  @Test
  void theJvmFlagsOfACommandAreThoseBeforeTheJar() {
    assertEquals(
        List.of("-Dx=y z", "-Xmx300m", "--add-opens", "java.base/java.lang=ALL-UNNAMED"),
        Launcher.flags(
            List.of(
                "java",
                "-Dx=y z",
                "-cp",
                "elsewhere",
                "-Xmx300m",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-jar",
                "harness.jar",
                "-p",
                "-Xno")));
    assertEquals(List.of("-Xint"), Launcher.flags(List.of("java", "-Xint", "Main", "-Xno")));
  }

  @Test
  void flagsThatTheNewerJavaRefusesAreSaid() throws Exception {
    File home =
        home("jdk", "#!/bin/sh\necho \"Unrecognized VM option 'UseConcMarkSweepGC'\"\nexit 1\n");
    Process launcher =
        new ProcessBuilder(command(List.of("-XX:+UseSerialGC"), home, "list"))
            .redirectErrorStream(true)
            .start();
    String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, end(launcher), said);
    assertTrue(said.contains("-XX:+UseSerialGC"), said);
    assertTrue(said.contains("Unrecognized VM option"), said);
  }

  @Test
  void theProgramHasAUtf8LocaleAndTheUsersFlags() throws Exception {
    File home =
        home(
            "jdk",
            "#!/bin/sh\nprintf '%s\\n' \"$LC_ALL\" \"${LANGUAGE-none}\" \"$@\" > "
                + folder
                + "/args\n");
    Process launcher = launch(List.of("-Xmx300m", "-Dx=y"), home, "list");
    assertEquals(0, end(launcher));
    List<String> args = Files.readAllLines(folder.resolve("args"));
    assertEquals(List.of("C.UTF-8", "none"), args.subList(0, 2));
    assertTrue(args.containsAll(List.of("-Xmx300m", "-Dx=y")), args.toString());
  }

  @Test
  void homesAreLookedThroughInOrder() throws IOException {
    File named = folder.resolve("named").toFile();
    File onPath = home("on path", "#!/bin/sh\n");
    Path link = Files.createDirectories(folder.resolve("bin")).resolve("java");
    Files.createSymbolicLink(link, onPath.toPath().resolve("bin/java"));
    Files.createDirectories(folder.resolve("usr/lib/jvm/jdk-21"));
    Files.createDirectories(folder.resolve("usr/lib/jvm/jdk-25"));
    Files.createDirectories(folder.resolve("opt/jdk"));
    List<File> homes =
        Launcher.homes(named.getPath(), "/nowhere::" + link.getParent(), folder.toFile());
    assertEquals(
        List.of(
            named,
            onPath.getCanonicalFile(),
            folder.resolve("usr/lib/jvm/jdk-25").toFile(),
            folder.resolve("usr/lib/jvm/jdk-21").toFile(),
            folder.resolve("opt/jdk").toFile()),
        homes.subList(0, 5));
  }

  @Test
  void argumentsPassUnchangedAndTheExitCodeComesBack() throws Exception {
    File home = home("jdk", "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + folder + "/args\nexit 7\n");
    Process launcher =
        launch(List.of("-Dbpfgauge.test=a b"), home, "-p", "cpu80", "two words", "", "*", "$HOME");
    assertEquals(7, end(launcher));
    List<String> args = Files.readAllLines(folder.resolve("args"));
    assertEquals("--enable-native-access=ALL-UNNAMED", args.getFirst());
    assertTrue(args.contains("-Dbpfgauge.launcher.pid=" + launcher.pid()), args.toString());
    assertTrue(args.contains("-Dbpfgauge.test=a b"), args.toString());
    assertEquals(
        List.of("dev.bpfgauge.cli.WatchedMain", "-p", "cpu80", "two words", "", "*", "$HOME"),
        args.subList(args.size() - 7, args.size()));
  }

  @ParameterizedTest
  @CsvSource({"TERM,143", "INT,130", "HUP,129"})
  void aSignalToTheLauncherReachesTheProgramOnceAndItsEndingIsWaitedFor(String name, int code)
      throws Exception {
    Process launcher = launch(List.of(), trapping());
    await(folder.resolve("ready"));
    signal(name, launcher.pid());
    await(folder.resolve("signals"));
    Thread.sleep(300); // Time for a second one, which must not come.
    end();
    assertEquals(code, end(launcher));
    assertEquals(List.of(name), Files.readAllLines(folder.resolve("signals")));
  }

  @Test
  void aTerminalsCtrlCReachesTheProgramOnce() throws Exception {
    Requires.that(Files.isExecutable(Path.of("/usr/bin/script")), "script(1), for a terminal");
    String line = String.join("' '", command(List.of(), trapping()));
    Process terminal =
        new ProcessBuilder("/usr/bin/script", "-qec", "'" + line + "'", "/dev/null")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await(folder.resolve("ready"));
    terminal.getOutputStream().write(3);
    terminal.getOutputStream().flush();
    await(folder.resolve("signals"));
    Thread.sleep(300);
    end();
    assertEquals(130, end(terminal));
    assertEquals(List.of("INT"), Files.readAllLines(folder.resolve("signals")));
  }

  @Test
  void theProgramEndsByItsHooksWhenTheLauncherIsKilled() throws Exception {
    String java = System.getProperty("java.home") + "/bin/java";
    String classes = System.getProperty("java.class.path");
    File home =
        home(
            "jdk",
            "#!/bin/sh\nexec "
                + java
                + " \"$2\" \"$3\" -cp '"
                + classes
                + "' "
                + EndlessProgram.class.getName()
                + " "
                + folder
                + "\n");
    Process launcher = launch(List.of(), home);
    await(folder.resolve("ready"));
    ProcessHandle program = launcher.children().findFirst().orElseThrow();
    launcher.destroyForcibly();
    await(folder.resolve("hook"));
    program.onExit().get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  /** A program that writes down its signals and goes on until {@code end} is there. */
  private File trapping() throws IOException {
    return home(
        "jdk",
        """
        #!/bin/sh
        cd DIR
        for pair in INT:130 TERM:143 HUP:129; do
          name=${pair%:*}
          trap "echo $name >> signals; code=${pair#*:}" $name
        done
        touch ready
        while [ -e ready ] && [ ! -e end ]; do sleep 0.05; done
        exit $code
        """
            .replace("DIR", "'" + folder + "'"));
  }

  private File home(String name, String script) throws IOException {
    Path java = Files.createDirectories(folder.resolve(name).resolve("bin")).resolve("java");
    Files.writeString(java, script);
    assertTrue(java.toFile().setExecutable(true));
    return folder.resolve(name).toFile();
  }

  /** Away from the terminal that the tests may run in, whose Ctrl-C needs no forwarding. */
  private static Process launch(List<String> flags, File home, String... args) throws IOException {
    List<String> away = new ArrayList<>(List.of("setsid"));
    away.addAll(command(flags, home, args));
    return new ProcessBuilder(away)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<String> command(List<String> flags, File home, String... args) {
    // A background job of a shell ignores SIGINT, and so would everything it starts.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT"));
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(HandOverMain.class.getName());
    command.add(home.getPath());
    command.addAll(List.of(args));
    return command;
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "must end by itself");
    return process.exitValue();
  }

  private static void await(Path file) throws InterruptedException {
    Patience.until(file + " appears", () -> Files.exists(file));
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-s", name, Long.toString(pid)).start();
    assertEquals(0, kill.waitFor());
  }
}
