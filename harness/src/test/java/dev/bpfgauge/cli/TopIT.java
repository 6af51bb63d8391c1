package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.LoadedPrograms;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code top} as a user starts it. */
class TopIT {
  @TempDir Path folder;

  private static Set<Integer> fillPrograms() {
    return LoadedPrograms.list().stream()
        .filter(program -> program.name().equals("fill"))
        .map(BpfProgram.Info::id)
        .collect(Collectors.toSet());
  }

  /** Descriptors of run-time statistics that a process holds. */
  private static long statistics(long pid) {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.filter(fd -> target(fd).equals("anon_inode:bpf-stats")).count();
    } catch (IOException e) {
      return 0; // The process is gone.
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void inAPipeItIsPlainText() throws Exception {
    Requires.bpf();
    Jar.Ended ended = new Jar(folder).with("COLUMNS", "80").run("top", "--once", "-d", "200ms");

    assertEquals(0, ended.exitCode(), ended.err());
    assertEquals("", ended.err());
    assertFalse(ended.out().contains("\u001b"), ended.out());
    assertTrue(ended.out().startsWith("bpfgauge top "), ended.out());
    boolean none = ended.out().contains("No program is loaded.");
    assertEquals(!none, ended.out().contains(" NAME "), ended.out());
    boolean marked = ended.out().lines().anyMatch(line -> line.matches(" .* >[0-9.]+"));
    assertEquals(marked, ended.out().contains("--calibrate measures it"), ended.out());
  }

  @Test
  void eachOutputIsALineOfJson() throws Exception {
    Requires.bpf();
    Jar.Ended ended = new Jar(folder).run("top", "--json", "-n", "2", "-d", "200ms");

    assertEquals(0, ended.exitCode(), ended.err());
    List<String> lines = ended.out().lines().toList();
    assertEquals(2, lines.size(), ended.out());
    for (String line : lines) {
      JsonNode look = Json.tree(line, "top");
      assertTrue(look.path("seconds").asDouble() > 0, line);
      assertEquals(look.path("sum").path("programs").asInt(), look.path("programs").size(), line);
      List<String> ours =
          look.path("programs")
              .valueStream()
              .filter(program -> program.path("this_look").asBoolean())
              .map(program -> program.path("name").asString())
              .toList();
      boolean loads = !look.path("notes").toString().contains("how many entries");
      assertEquals(loads ? List.of("fill") : List.of(), ours, line);
    }
  }

  @Test
  void whoReadsOnlyTheBeginningEndsIt() throws Exception {
    Requires.bpf();
    Jar.Ended ended =
        new Jar(folder)
            .through("sh", "-c", "{ \"$@\"; echo \"code $?\" >&2; } | head -1", "sh")
            .run("top", "-d", "100ms");

    assertEquals("code 0\n", ended.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"xterm", "dumb"})
  void onATerminalOf80ColumnsNoLineIsWider(String term) throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(80)) {
      Jar jar = new Jar(folder).through(pty.starting(term)).with("NO_COLOR", "1");
      Process top = jar.start("top", "-n", "2", "-d", "200ms");
      try {
        assertTrue(top.waitFor(Patience.SECONDS, TimeUnit.SECONDS), pty.shown());
        pty.drain();
        assertEquals(0, top.exitValue(), pty.shown());
        String plain =
            pty.shown()
                .replace("\u001b[H", "\r\n") // a screen begins
                .replaceAll("\u001b\\[[?0-9;]*[a-zA-Z]", "");
        assertEquals(term.equals("dumb"), plain.equals(pty.shown()), pty.shown());
        assertFalse(pty.shown().contains("\u001b[7m"), "NO_COLOR");
        for (String line : plain.lines().toList()) {
          boolean oneWord = !line.strip().contains(" ");
          assertTrue(line.length() <= 80 || oneWord, line);
        }
      } finally {
        top.destroyForcibly().waitFor();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "interrupt"})
  void keysEndItAndTheTerminalIsAsItWas(String how) throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(80)) {
      Process top = new Jar(folder).through(pty.starting("xterm")).start("top", "-d", "200ms");
      try {
        FaultsIT.await(() -> pty.shown().contains("RUNS/S"), top);
        pty.type('h');
        FaultsIT.await(() -> pty.shown().contains("PgDn"), top);
        pty.type(how.equals("key") ? 'q' : Pty.CTRL_C);
        assertTrue(top.waitFor(Patience.SECONDS, TimeUnit.SECONDS), pty.shown());
        pty.drain();
        assertEquals(how.equals("key") ? 0 : 130, top.exitValue(), pty.shown());
        assertTrue(pty.shown().contains("\u001b[?25h\u001b[?1049l"), "the first screen is back");
      } finally {
        top.destroyForcibly().waitFor();
      }
    }
  }

  /** A shell with job control, which tells of the terminal while its job is stopped. */
  private static final String SHELL =
      "set -m; \"$@\"; echo \"code $?\"; stty -a; read -r _; fg > /dev/null; echo \"ended $?\"";

  /** The same through the older Java that hands over to this one. */
  private static final String OLDER = "shift; set -- \"$OLDER\" \"$@\"; " + SHELL;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stoppedItGivesBackTheTerminalAndTakesItAgain(boolean older) throws Exception {
    Requires.bpf();
    Optional<Path> java = older ? olderJava() : Optional.of(Jar.java());
    Requires.machine(java.isPresent(), "a Java older than 25");
    try (Pty pty = new Pty(80)) {
      Process top =
          inShell(pty, older ? OLDER : SHELL)
              .with("OLDER", java.orElseThrow().toString())
              .with("JAVA_HOME", System.getProperty("java.home"))
              .start("top", "-d", "200ms");
      try {
        FaultsIT.await(() -> pty.shown().contains("RUNS/S"), top);
        pty.type(Pty.CTRL_Z);
        FaultsIT.await(() -> pty.shown().contains("-tostop"), top);
        String stopped = pty.shown();
        assertTrue(stopped.contains("\u001b[?25h\u001b[?1049l"), stopped);
        assertTrue(stopped.contains("code 148"), "128 + SIGTSTP: " + stopped);
        assertTrue(stopped.matches("(?s).* icanon .* echo .*"), stopped);
        assertEquals(
            0, top.descendants().mapToLong(child -> statistics(child.pid())).sum(), "statistics");

        pty.type('\n');
        FaultsIT.await(() -> pty.shown().substring(stopped.length()).contains("RUNS/S"), top);
        String again = pty.shown().substring(stopped.length());
        assertTrue(again.contains("\u001b[?1049h\u001b[?25l"), again);
        pty.type('h');
        FaultsIT.await(() -> pty.shown().contains("PgDn"), top);
        pty.type('q');
        FaultsIT.await(() -> pty.shown().contains("ended 0"), top);
      } finally {
        top.descendants().forEach(ProcessHandle::destroyForcibly);
        top.destroyForcibly().waitFor();
      }
    }
  }

  /** Statistics are off while it is stopped, so it begins again. */
  @Test
  void anAuditThatWasStoppedBeginsAgain() throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(80)) {
      Process top = inShell(pty, SHELL).start("top", "--audit", "--for", "3s", "-o", "page.html");
      try {
        FaultsIT.await(() -> pty.shown().contains("Watching for 3 s"), top);
        pty.type(Pty.CTRL_Z);
        FaultsIT.await(() -> pty.shown().contains("code 148"), top);
        assertEquals(
            0, top.descendants().mapToLong(child -> statistics(child.pid())).sum(), "statistics");
        pty.type('\n');
        FaultsIT.await(() -> pty.shown().contains("ended 0"), top);
        assertTrue(Files.readString(folder.resolve("page.html")).contains("</html>"));
      } finally {
        top.descendants().forEach(ProcessHandle::destroyForcibly);
        top.destroyForcibly().waitFor();
      }
    }
  }

  private Jar inShell(Pty pty, String script) {
    String[] shell = {"sh", "-c", script, "sh"};
    return new Jar(folder)
        .through(
            Stream.of(pty.starting("xterm"), shell).flatMap(Stream::of).toArray(String[]::new));
  }

  /** The signal waits until it is continued, and comes when it takes the terminal again. */
  @Test
  void endedWhileItIsStoppedItGivesBackTheTerminal() throws Exception {
    Requires.bpf();
    String script = "set -m; \"$@\"; kill %1; fg > /dev/null; echo \"ended $?\"; stty -a";
    try (Pty pty = new Pty(80)) {
      Process top = inShell(pty, script).start("top", "-d", "200ms");
      try {
        FaultsIT.await(() -> pty.shown().contains("RUNS/S"), top);
        pty.type(Pty.CTRL_Z);
        assertTrue(top.waitFor(Patience.SECONDS, TimeUnit.SECONDS), pty.shown());
        pty.drain();
        String shown = pty.shown();
        int ended = shown.indexOf("ended 143");
        assertTrue(ended > 0, shown);
        assertFalse(shown.contains("Exception"), shown);
        assertTrue(shown.substring(0, ended).endsWith("\u001b[?25h\u001b[?1049l"), shown);
        assertTrue(shown.substring(ended).matches("(?s).* icanon .* echo .*"), shown);
      } finally {
        top.descendants().forEach(ProcessHandle::destroyForcibly);
        top.destroyForcibly().waitFor();
      }
    }
  }

  private static Optional<Path> olderJava() {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, "java"))
        .filter(Files::isExecutable)
        .filter(java -> !isJava25(java))
        .findFirst();
  }

  private static boolean isJava25(Path java) {
    try {
      return Files.isSameFile(java.toRealPath(), Jar.java().toRealPath());
    } catch (IOException e) {
      return true;
    }
  }

  /** The narrow one keeps what the user came for. */
  @Test
  void aWindowOfAnotherSizeIsDrawnAnewAndSigtermGivesItBack() throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(80)) {
      Process top = new Jar(folder).through(pty.starting("xterm")).start("top", "-d", "200ms");
      try {
        FaultsIT.await(() -> pty.shown().contains("RUNS/S NS/RUN    %CPU\u001b"), top);
        pty.resize(40);
        FaultsIT.await(() -> pty.shown().contains(" RUNS/S    %CPU\u001b"), top);
        top.destroy();
        assertTrue(top.waitFor(Patience.SECONDS, TimeUnit.SECONDS), pty.shown());
        pty.drain();
        assertEquals(143, top.exitValue(), pty.shown());
        assertTrue(pty.shown().endsWith("\u001b[?25h\u001b[?1049l"), pty.shown());
      } finally {
        top.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aClosedWindowEndsIt() throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(80)) {
      Process top = new Jar(folder).through(pty.starting("xterm")).start("top", "-d", "200ms");
      try {
        FaultsIT.await(() -> pty.shown().contains("RUNS/S"), top);
        pty.hangUp();
        assertTrue(top.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "it goes on");
        assertEquals(129, top.exitValue());
      } finally {
        top.destroyForcibly().waitFor();
      }
    }
  }

  /** SIGKILL leaves no time for anything: the kernel takes everything back. */
  @Test
  void killedAtAnyMomentItLeavesNothing() throws Exception {
    Requires.bpf();
    Set<Integer> before = fillPrograms();
    Process top = new Jar(folder).start("top", "--json", "-d", "100ms");
    try {
      FaultsIT.await(() -> statistics(top.pid()) == 1 && hasLines(folder.resolve("out.txt")), top);
    } finally {
      top.destroyForcibly().waitFor();
    }
    assertEquals(0, statistics(top.pid()));
    Patience.until("its program's end", () -> before.containsAll(fillPrograms()));
  }

  private static boolean hasLines(Path file) {
    try {
      return Files.size(file) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void withoutCapSysAdminTheRightIsNamed() throws Exception {
    Requires.root();
    Jar.Ended ended =
        new Jar(folder)
            .through("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--")
            .run("top", "--once");

    assertEquals(3, ended.exitCode(), ended.out());
    assertEquals(1, ended.complaint().size(), ended.err());
    assertTrue(ended.err().contains("CAP_SYS_ADMIN"), ended.err());
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    Requires.bpf();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Jar.Ended ended = new Jar(folder).run("top", "--listen", "" + taken.getLocalPort());

      assertEquals(3, ended.exitCode(), ended.out());
      assertTrue(ended.err().contains("choose another port"), ended.err());
    }
  }

  @Test
  void optionsOfAnAuditAreForAnAudit() throws Exception {
    for (String[] words :
        new String[][] {
          {"top", "--once", "--for", "5s"},
          {"top", "--once", "-o", "a.html"},
          {"top", "--audit", "-n", "2"}
        }) {
      Jar.Ended ended = new Jar(folder).run(words);
      assertEquals(2, ended.exitCode(), ended.out());
      assertTrue(ended.err().contains("--audit"), ended.err());
    }
  }

  /** What is measured is the hook that is here, and it is a run as any other. */
  @Test
  void hooksThatNobodyMeasuredAreMeasuredFirst() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).besideOthers().onABusyMachine();
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      BpfProgram program = object.load().program("on_sys_enter");
      try (BpfLink _ = attach(program)) {
        Jar.Ended ended = jar.run("top", "--calibrate", "--once", "--json", "-d", "200ms");

        assertTrue(List.of(0, 4).contains(ended.exitCode()), ended.err());
        assertTrue(ended.err().contains("raw_tp"), ended.err());
        JsonNode look = Json.tree(ended.out(), "top");
        assertTrue(look.path("dispatch").path("run").asString().endsWith("-hooks"), ended.out());
        JsonNode row =
            look.path("programs")
                .valueStream()
                .filter(one -> one.path("id").asInt() == program.info().id())
                .findFirst()
                .orElseThrow();
        assertEquals("measured", row.path("dispatch").asString(), ended.out());
      }
    }
  }

  /** At once: the run itself would wait for a quiet machine in front of each fork. */
  @Test
  void onABusyMachineThatIsSaidAndTopGoesOn() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).with("JAVA_TOOL_OPTIONS", "-Dbpfgauge.load-tolerance=-1");
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      BpfProgram program = object.load().program("on_sys_enter");
      try (BpfLink _ = attach(program)) {
        Jar.Ended ended = jar.run("top", "--calibrate", "--once", "-d", "200ms");

        assertEquals(0, ended.exitCode(), ended.err());
        String said = ended.err().replaceAll("\\s+", " ");
        assertTrue(said.contains("--calibrate measured nothing: it needs a quiet machine"), said);
        assertTrue(said.contains("try again when it has ended. top goes on without."), said);
        assertFalse(said.contains("Measuring"), said);
        assertTrue(ended.out().startsWith("bpfgauge top "), ended.out());
        assertFalse(Files.exists(folder.resolve("results")), "no run");
      }
    }
  }

  private static BpfLink attach(BpfProgram program) {
    try {
      return program.attach();
    } catch (BpfException e) {
      Requires.machine(false, "a kernel that attaches raw_tp: " + e.getMessage());
      throw e;
    }
  }

  /** Not after the minute of looking. */
  @ParameterizedTest
  @CsvSource({
    "--audit, -o, none/a.html, 'no such file or folder'",
    "--once, --openmetrics, none/a.prom, 'no such file or folder'",
    "--once, --openmetrics, ., 'it is a folder'"
  })
  void anOutputThatCannotBeIsSaidBeforeItLooks(String what, String option, String place, String why)
      throws Exception {
    Requires.bpf();
    Jar.Ended ended = new Jar(folder).run("top", what, option, place);

    assertEquals(3, ended.exitCode(), ended.out());
    assertEquals("", ended.out());
    String wanted = "cannot write " + place + ": " + why + ". Name another file with " + option;
    assertTrue(ended.err().contains(wanted), ended.err());
  }

  @Test
  void aPipeThatNobodyReadsIsNoEndlessWait() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder);
    FaultsIT.execute("mkfifo", folder.resolve("pipe").toString());
    Jar.Ended ended = jar.run("top", "--openmetrics", "pipe");

    assertEquals(3, ended.exitCode(), ended.out());
    assertTrue(ended.err().contains("start its reader first"), ended.err());
    assertTrue(ended.err().contains("another file with --openmetrics"), ended.err());
  }

  /** One reader gets every output; when it has enough, top ends as it does behind head(1). */
  @Test
  void aPipeIsWrittenThroughUntilItsReaderGoes() throws Exception {
    Requires.bpf();
    FaultsIT.execute("mkfifo", folder.resolve("pipe").toString());
    Process top = new Jar(folder).start("top", "--openmetrics", "pipe", "-d", "100ms");
    try {
      try (BufferedReader lines = Files.newBufferedReader(folder.resolve("pipe"))) {
        int outputs = 0;
        while (outputs < 3) {
          outputs += Objects.requireNonNull(lines.readLine()).equals("# EOF") ? 1 : 0;
        }
      }
      assertTrue(top.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "it goes on");
      assertEquals(0, top.exitValue());
    } finally {
      top.destroyForcibly().waitFor();
    }
  }

  @Test
  void anAuditIsAPage() throws Exception {
    Requires.bpf();
    Jar.Ended ended =
        new Jar(folder).run("top", "--audit", "--for", "1s", "-d", "200ms", "-o", "a.html");

    assertEquals(0, ended.exitCode(), ended.err());
    assertTrue(ended.out().endsWith("Page: a.html\n"), ended.out());
    assertTrue(Files.readString(folder.resolve("a.html")).contains("What stands out"));
  }

  @Test
  void metricsAreReplacedInTheirFile() throws Exception {
    Requires.bpf();
    Jar.Ended ended =
        new Jar(folder).run("top", "--openmetrics", "top.prom", "-n", "2", "-d", "200ms");

    assertEquals(0, ended.exitCode(), ended.err());
    assertEquals("", ended.out());
    assertTrue(Files.readString(folder.resolve("top.prom")).endsWith("# EOF\n"));
  }
}
