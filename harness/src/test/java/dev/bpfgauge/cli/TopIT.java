package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.LoadedPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    assertTrue(ended.out().contains(" NAME "), ended.out());
    assertTrue(ended.out().contains("run --suite hooks -p idle --body empty"), ended.out());
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
