package dev.bpfgauge;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * mvnw on machines that lack things: the real script in a system of fake programs, each of which
 * writes its call down.
 */
class MvnwTest {
  /** What the script uses of every system. */
  private static final List<String> BASE =
      List.of(
          "readlink",
          "dirname",
          "sed",
          "tr",
          "find",
          "mkdir",
          "rm",
          "cat",
          "env",
          "sha512sum",
          "tar",
          "tail",
          "touch",
          "chmod");

  private static final String WHOLE = "libbpf.so.1 (libc6,x86-64) => /lib/libbpf.so.1";

  @TempDir Path folder;
  private Path project = Path.of("");
  private Path bin = Path.of("");
  private Path sys = Path.of("");

  /** A Debian where nothing is missing, used by someone who is not root. */
  @BeforeEach
  void wholeSystem() throws IOException {
    project = Files.createDirectories(folder.resolve("my project"));
    bin = Files.createDirectories(folder.resolve("bin"));
    sys = Files.createDirectories(folder.resolve("sys"));
    Files.copy(Path.of(System.getProperty("project.root"), "mvnw"), project.resolve("mvnw"));
    assertTrue(project.resolve("mvnw").toFile().setExecutable(true));
    for (String name : BASE) {
      Path real = Path.of(Files.exists(Path.of("/usr/bin", name)) ? "/usr/bin" : "/bin", name);
      Files.writeString(bin.resolve(name), "#!/bin/sh\nexec " + real + " \"$@\"\n");
      assertTrue(bin.resolve(name).toFile().setExecutable(true));
    }
    for (String name :
        List.of(
            "clang",
            "llvm-strip",
            "gcc",
            "stress-ng",
            "chromium",
            "qemu-system-x86_64",
            "qemu-system-aarch64",
            "fio",
            "iperf3",
            "sysbench",
            "strace",
            "ip",
            "mke2fs",
            "python3")) {
      program(name, "");
    }
    program("id", "echo 1000");
    program("ldconfig", "echo '" + WHOLE + "'");
    program("apt-get", "");
    program("apt-cache", "[ \"$2\" = openjdk-25-jdk-headless ]");
    program("mvn", "[ \"$1\" != -v ] || echo 'Apache Maven 3.9.11 (abc)'; pwd; echo $JAVA_HOME");
    file("usr/include/bpf/bpf_helpers.h");
    file("var/lib/apt/lists/deb_main_Packages");
    jdk("usr/lib/jvm/jdk-25", "25.0.1");
  }

  @Test
  void whereNothingIsMissingMavenIsStartedWithTheArguments() throws Exception {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, project.resolve("mvnw"));
    Outcome outcome = run(link, Map.of(), "verify", "-Dbench.args=--quick -p cpu80");
    assertEquals(0, outcome.code, outcome.said);
    assertEquals(
        project + "\n" + sys + "/usr/lib/jvm/jdk-25\n", outcome.said, "folder and JDK of Maven");
    assertTrue(calls().contains("mvn|-B|-ntp|verify|-Dbench.args=--quick -p cpu80"), calls());
    assertFalse(calls().contains("apt"), calls());
  }

  @Test
  void checkSaysWhatIsMissingAndInstallsNothing() throws Exception {
    assertEquals(0, run("check", "verify").code);
    Files.delete(bin.resolve("stress-ng"));
    program("id", "echo 0");
    Outcome outcome = run("check", "verify");
    assertRefused(outcome, "missing: stress-ng", "sudo apt-get install -y stress-ng");
    assertFalse(calls().contains("apt-get"), calls());
    assertFalse(calls().contains("mvn|-B"), calls());
  }

  @Test
  void withoutRootTheOneCommandIsPrinted() throws Exception {
    Files.delete(bin.resolve("clang"));
    Files.delete(sys.resolve("usr/include/bpf/bpf_helpers.h"));
    Files.delete(bin.resolve("gcc"));
    assertRefused(
        run("install", "verify"),
        "the build needs clang libbpf-headers",
        "sudo apt-get install -y clang libbpf-dev gcc libc6-dev");
    Files.delete(bin.resolve("apt-get"));
    program("dnf", "");
    assertRefused(run("install", "verify"), "sudo dnf install -y clang libbpf-devel gcc");
    Files.delete(bin.resolve("dnf"));
    program("pacman", "");
    assertRefused(run("install", "verify"), "sudo pacman -S --needed clang libbpf gcc");
    Files.delete(bin.resolve("pacman"));
    assertRefused(run("install", "verify"), "with your package manager", "clang");
    assertFalse(calls().contains("|install"), calls());
  }

  @Test
  void whatOnlyRunsNeedDoesNotStopTheBuild() throws Exception {
    program("ldconfig", "echo none");
    Outcome outcome = run("install", "verify");
    assertEquals(0, outcome.code, outcome.said);
    assertTrue(
        outcome.said.contains("building without libbpf")
            && outcome.said.contains("sudo apt-get install -y libbpf1"),
        outcome.said);
    assertTrue(calls().contains("mvn|-B|-ntp|verify"), calls());
  }

  @Test
  void rootInstallsWhatIsMissingAfterReadingTheListsOfAFreshMachine() throws Exception {
    program("id", "echo 0");
    Files.delete(bin.resolve("clang"));
    Files.delete(bin.resolve("chromium"));
    Files.delete(sys.resolve("var/lib/apt/lists/deb_main_Packages"));
    installing("clang", "chromium");
    Outcome outcome = run("install", "verify");
    assertEquals(0, outcome.code, outcome.said);
    assertAll(
        () -> assertTrue(outcome.said.contains("reading the package lists"), outcome.said),
        () -> assertTrue(outcome.said.contains("installing clang"), outcome.said),
        () ->
            assertEquals(
                """
                apt-get|-q|-o|DPkg::Lock::Timeout=120|update
                apt-get|-q|-o|DPkg::Lock::Timeout=120|install|-y|--no-install-recommends|clang
                apt-get|-q|-o|DPkg::Lock::Timeout=120|install|-y|--no-install-recommends|chromium
                mvn|-B|-ntp|verify
                """,
                calls()));
  }

  /**
   * Of util-linux, apt, dpkg, gcc and the binutils that it needs: what every Debian has, or the
   * build needs anyway.
   */
  private static final Set<String> THERE =
      Set.of("setpriv", "taskset", "losetup", "apt-get", "dpkg-deb", "cc", "objcopy", "readelf");

  @Test
  void whatTestsAskForIsInstalled() throws Exception {
    Pattern asked =
        Pattern.compile(
            "Requires\\.that\\(\\s*SearchPath\\.find\\([^)]*|TestPrograms\\.require\\([^)]*");
    Pattern name = Pattern.compile("\"([^\"]+)\"");
    Set<String> programs = new TreeSet<>();
    Path tests = Path.of(System.getProperty("project.root"), "harness/src/test/java");
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        asked
            .matcher(Files.readString(file))
            .results()
            .flatMap(it -> name.matcher(it.group()).results())
            .map(it -> it.group(1))
            .forEach(programs::add);
      }
    }
    programs.removeIf(it -> !it.matches("[a-z0-9-]+")); // of this test's own pattern
    assertTrue(programs.containsAll(Set.of("fio", "iperf3", "ip", "strace")), programs.toString());
    String script = Files.readString(project.resolve("mvnw"));
    programs.removeIf(program -> THERE.contains(program) || script.contains("have " + program));
    assertEquals(Set.of(), programs);
  }

  @Test
  void theToolsOursAreHeldAgainstAreInstalledOnlyWhereTheDistributionHasThem() throws Exception {
    program("id", "echo 0");
    Files.delete(bin.resolve("fio"));
    Files.delete(bin.resolve("iperf3"));
    Outcome without = run("check", "verify");
    assertRefused(without, "missing: fio iperf3;");
    program("apt-cache", "[ \"$2\" = libbpf-tools ]");
    assertRefused(run("check", "verify"), "sudo apt-get install -y fio iperf3 libbpf-tools");
    for (String name : List.of("cpudist", "cpudist-libbpf")) { // of bookworm, of trixie
      file("usr/sbin/" + name);
      assertRefused(run("check", "verify"), "missing: fio iperf3;");
      Files.delete(sys.resolve("usr/sbin/" + name));
    }
    Files.delete(bin.resolve("apt-cache"));
    assertRefused(run("check", "verify"), "missing: fio iperf3;");
  }

  @Test
  void theBenchProfileNeedsNoBrowser() throws Exception {
    program("id", "echo 0");
    Files.delete(bin.resolve("chromium"));
    assertEquals(0, run("install", "verify", "-Pbench").code);
    assertFalse(calls().contains("apt-get"), calls());
  }

  @Test
  void aFailedInstallIsTriedOnceMoreWithFreshLists() throws Exception {
    program("id", "echo 0");
    Files.delete(bin.resolve("clang"));
    program("apt-get", "case $* in *install*) echo E: no room; exit 100;; esac");
    assertRefused(
        run("install", "verify"), "E: no room", "trying once more", "apt-get install -y clang");
    assertEquals(2, calls().lines().filter(call -> call.contains("|install|")).count(), calls());
    assertEquals(1, calls().lines().filter(call -> call.endsWith("|update")).count(), calls());
  }

  @Test
  void theJdkPackageIsTheOneTheDistributionOffers() throws Exception {
    program("id", "echo 0");
    jdk("usr/lib/jvm/jdk-25", "21.0.2");
    program("apt-cache", "[ \"$2\" = temurin-25-jdk ]");
    assertRefused(
        run("install", "verify"), "installing temurin-25-jdk", "Temurin 25 from adoptium.net");
  }

  @Test
  void aJdk25IsPreferredToANewerOneAndAnOlderJavaHomeIsPassedOver() throws Exception {
    jdk("usr/lib/jvm/jdk-26", "26");
    jdk("opt/jdk-17", "17.0.2");
    Map<String, String> javaHome = Map.of("JAVA_HOME", sys + "/opt/jdk-17");
    assertTrue(run(project.resolve("mvnw"), javaHome).said.contains("jdk-25"));
    jdk("usr/lib/jvm/jdk-25", "24");
    assertTrue(run(project.resolve("mvnw"), javaHome).said.contains("jdk-26"));
  }

  @Test
  void aMavenThatIsTooOldIsReplacedOnlyByTheReleaseItself() throws Exception {
    program("mvn", "echo 'Apache Maven 3.6.3 (abc)'");
    program("curl", "echo something else > \"$3\"");
    assertRefused(
        run("install", "verify"), "unpacking apache-maven-", "SHA-512 differs", "needs maven");
    program("curl", "exit 6");
    assertRefused(run("install", "verify"), "the build needs maven");
    assertEquals("", String.join("", cached()), "nothing unchecked stays");
  }

  @Test
  void setUpCanBeSwitchedOff() throws Exception {
    Files.delete(bin.resolve("clang"));
    assertEquals(0, run("off", "verify").code);
    Files.delete(bin.resolve("mvn"));
    assertRefused(run("off", "verify"), "no Maven 3.8", "BPFGAUGE_SETUP=off");
    Outcome outcome = run("of", "verify");
    assertEquals(2, outcome.code);
    assertTrue(outcome.said.contains("'of'; allowed are install, check and off"), outcome.said);
  }

  private record Outcome(int code, String said) {}

  private Outcome run(String setup, String... args) throws Exception {
    return run(project.resolve("mvnw"), Map.of("BPFGAUGE_SETUP", setup), args);
  }

  private Outcome run(Path script, Map<String, String> environment, String... args)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", bin.toString(),
                "HOME", folder.resolve("home").toString(),
                "BPFGAUGE_SYSROOT", sys.toString()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), said);
  }

  private static void assertRefused(Outcome outcome, String... words) {
    assertEquals(3, outcome.code, outcome.said);
    for (String word : words) {
      assertTrue(outcome.said.contains(word), () -> "no '" + word + "' in: " + outcome.said);
    }
  }

  /** A program that writes its name and arguments down and then does {@code body}. */
  private void program(String name, String body) throws IOException {
    Path file = bin.resolve(name);
    Files.writeString(
        file,
        "#!/bin/sh\n{ printf '%s' "
            + name
            + "; printf '|%s' \"$@\"; echo; } >> '"
            + folder
            + "/calls'\n"
            + body
            + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  /** An apt-get that brings these programs. */
  private void installing(String... names) throws IOException {
    StringBuilder body = new StringBuilder("case $* in\n");
    for (String name : names) {
      body.append("*install*" + name + ") touch '" + bin + "/" + name + "'; chmod +x '")
          .append(bin + "/" + name + "' ;;\n");
    }
    program("apt-get", body + "esac");
  }

  @Test
  void aJdkThatDoesNotRunHereIsPassedOver() throws Exception {
    jdk("usr/lib/jvm/a-jdk-25-of-another-libc", "25.0.1");
    Files.writeString(
        sys.resolve("usr/lib/jvm/a-jdk-25-of-another-libc/bin/javac"), "#!/nowhere/ld-musl.so.1\n");
    jdk("usr/lib/jvm/b-jdk-25-of-another-machine", "25.0.1");
    Files.write(
        sys.resolve("usr/lib/jvm/b-jdk-25-of-another-machine/bin/javac"),
        ("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\376\376\ntouch '" + folder + "/ran'\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    jdk("usr/lib/jvm/c-jdk-25", "25.0.1");
    String said = run(project.resolve("mvnw"), Map.of()).said;
    assertTrue(said.contains("c-jdk-25"), said);
    assertTrue(Files.notExists(folder.resolve("ran")));
  }

  private void jdk(String home, String version) throws IOException {
    Path javac = file(home + "/bin/javac");
    assertTrue(javac.toFile().setExecutable(true));
    Files.writeString(
        sys.resolve(home).resolve("release"),
        "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
  }

  private Path file(String name) throws IOException {
    Path file = sys.resolve(name);
    Files.createDirectories(sys.resolve(name).resolveSibling(""));
    return Files.exists(file) ? file : Files.createFile(file);
  }

  /** The calls that change something, in order: not the script's questions. */
  private String calls() throws IOException {
    Path calls = folder.resolve("calls");
    StringBuilder changing = new StringBuilder();
    for (String call : Files.exists(calls) ? Files.readAllLines(calls) : List.<String>of()) {
      if (call.startsWith("apt-get") || call.startsWith("mvn|-B")) {
        changing.append(call).append('\n');
      }
    }
    return changing.toString();
  }

  private List<String> cached() throws IOException {
    Path cache = folder.resolve("home/.cache/bpfgauge");
    try (var files = Files.list(cache)) {
      return files.map(Path::toString).toList();
    }
  }
}
