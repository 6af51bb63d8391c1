package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real terminal, and where standard output is none, full or closed. */
class TerminalIT {
  @TempDir Path folder;

  /** With its progress bar up: by the key, by kill(1), and by closing the window. */
  @ParameterizedTest
  @CsvSource({"key, 130", "kill, 143", "close, 129"})
  void anInterruptedRunIsWholeAndSaysHowItGoesOn(String how, int code) throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(100)) {
      Jar jar = onABusyMachine().through(pty.starting("xterm"));
      Process run = jar.start(Jar.tinyArguments("-p", "cpu80", "--rounds", "20"));
      try {
        FaultsIT.await(() -> FaultsIT.journalLines(folder.resolve("results")) >= 1, run);
        assertTrue(pty.shown().contains("forks"), "there is no progress bar: " + pty.shown());
        switch (how) {
          case "key" -> pty.type(Pty.CTRL_C);
          case "kill" -> run.destroy();
          default -> pty.hangUp();
        }
        assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), pty.shown());
        assertEquals(code, run.exitValue(), pty.shown());
      } finally {
        run.destroyForcibly().waitFor();
      }
      assertNothingLeft(run.pid());
      RunData partial = RunFolder.resolve(folder.resolve("results"), "latest").read();
      assertEquals(RunInfo.Status.INTERRUPTED, partial.info().status());
      Path report = Path.of("results", partial.info().id(), "report.html");
      assertTrue(Files.isRegularFile(folder.resolve(report)));
      if (!how.equals("close")) {
        pty.drain();
        String shown = pty.shown();
        assertTrue(shown.contains("planned were not run."), shown);
        assertTrue(shown.contains("Report: " + report), shown);
        assertTrue(
            shown
                .replaceAll("\\s", "")
                .contains("harness.jar" + "run--resume" + partial.info().id()),
            shown);
      }
    }
  }

  /** The terminal writes ^C where the cursor is: the table's head begins a line of its own. */
  @Test
  void aToolsLastOutputBeginsBelowWhatTheTerminalWritesForCtrlC() throws Exception {
    Requires.bpf();
    try (Pty pty = new Pty(100)) {
      Process tool = new Jar(folder).through(pty.starting("xterm")).start("tools", "filetop");
      try {
        FaultsIT.await(() -> pty.shown().contains("Hit Ctrl-C to end."), tool);
        pty.type(Pty.CTRL_C);
        assertTrue(tool.waitFor(Patience.SECONDS, TimeUnit.SECONDS), pty.shown());
        assertEquals(130, tool.exitValue(), pty.shown());
      } finally {
        tool.destroyForcibly().waitFor();
      }
      pty.drain();
      assertTrue(pty.lines().contains("^C"), pty.shown());
      assertTrue(pty.lines().stream().anyMatch(line -> line.startsWith("TID")), pty.shown());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "list", "run --help", "kernels run --help"})
  void aNarrowDumbTerminalGetsLinesThatFitAndNoEscapes(String command) throws Exception {
    try (Pty pty = new Pty(60)) {
      Process shows = new Jar(folder).through(pty.starting("dumb")).start(command.split(" ", -1));
      shows.waitFor();
      pty.drain();

      assertTrue(pty.lines().size() > 10, pty.shown());
      assertFalse(pty.shown().contains("\u001b"), pty.shown());
      for (String line : pty.lines()) {
        boolean oneWord = !line.strip().contains(" ");
        assertTrue(line.length() <= 60 || oneWord, line);
      }
    }
  }

  @Test
  void anErrorIsFoldedOnATerminalAndStaysWholeInAPipe() throws Exception {
    String[] wrong = {"report", "--results", "/proc/self/no-such-folder", "yesterday"};
    try (Pty pty = new Pty(60)) {
      Process shows = new Jar(folder).through(pty.starting("dumb")).start(wrong);
      shows.waitFor();
      pty.drain();

      assertTrue(pty.lines().size() > 1, pty.shown());
      for (String line : pty.lines()) {
        assertTrue(line.length() <= 60 || !line.strip().contains(" "), line);
      }
    }
    assertEquals(1, new Jar(folder).run(wrong).err().lines().count());
  }

  @Test
  void aFullDiskBehindStandardOutputIsNoSuccess() throws Exception {
    Requires.root();
    Path full = folder.resolve("full");
    assertEquals(0, new ProcessBuilder("mknod", full.toString(), "c", "1", "7").start().waitFor());

    for (List<String> command : List.of(List.of("list"), List.of("run", "--help"))) {
      Jar.Ended ended = into("exec \"$@\" >" + full).run(command.toArray(String[]::new));

      assertEquals(3, ended.exitCode(), ended.err());
      assertTrue(
          ended.err().startsWith("bpfgauge: standard output cannot be written"), ended.err());
      assertEquals(1, ended.err().lines().count(), ended.err());
    }
  }

  @Test
  void aClosedStandardOutputIsNoSuccess() throws Exception {
    Jar.Ended ended = into("exec \"$@\" >&-").run("list");

    assertEquals(3, ended.exitCode(), ended.err());
    assertTrue(ended.err().startsWith("bpfgauge: standard output cannot be written"), ended.err());
  }

  @Test
  void aReaderThatHasEnoughIsNoFailure() throws Exception {
    Jar.Ended ended = into("{ \"$@\"; echo \"code $?\" >&2; } | head -1").run("list", "--json");

    assertEquals("{\n", ended.out());
    assertEquals("code 0\n", ended.err());
  }

  /** No stressor, no cgroup of that harness. */
  private static void assertNothingLeft(long harness) throws IOException {
    String owner = "-" + harness + "-";
    try (Stream<Path> groups =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            4,
            (folder, _) ->
                folder.getFileName().toString().startsWith("bpfgauge-")
                    && folder.toString().contains(owner))) {
      assertEquals(List.of(), groups.toList());
    }
    List<Long> stressors = new ArrayList<>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      Path environment = Path.of("/proc/" + process.pid() + "/environ");
      try {
        String text = Files.readString(environment, StandardCharsets.ISO_8859_1);
        if (text.matches("(?s).*BPFGAUGE_LOAD=\\d+" + owner + ".*")) {
          stressors.add(process.pid());
        }
      } catch (IOException e) {
        stressors.remove(process.pid()); // It has ended meanwhile, or is not ours to read.
      }
    }
    assertEquals(List.of(), stressors);
  }

  private Jar into(String script) {
    return new Jar(folder).through("sh", "-c", script, "sh");
  }

  private Jar onABusyMachine() {
    return new Jar(folder).with("JAVA_TOOL_OPTIONS", "-Dbpfgauge.load-tolerance=100");
  }
}
