package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.page.SampleRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events made by a command of the user's, on the real kernel. */
class CommandCostTest {
  @TempDir Path folder;

  private Outcome measured(String program, String command) throws IOException {
    Compiled.objectOfARun(
        folder,
        """
        SEC("tp/syscalls/sys_enter_mknodat") int makes(void *c) { return 0; }
        SEC("tp/syscalls/sys_enter_reboot") int waits(void *c) { return 0; }
        """);
    Cell cell = new ProgCell("x.o", program, ProgCell.Task.EVENT, command).cell();
    return new ProgMeter().attempt(cell, Settings.of(20, 50, 1, 42, folder.resolve("log")));
  }

  /** What hardly anybody else makes meanwhile. */
  private static String manyPipes(Path below) {
    return "mkdir %1$s && mkfifo $(seq -f %1$s/p%%g 200) && rm -r %1$s".formatted(below);
  }

  @Test
  void aCommandsEventsAreCountedAndTimed() throws IOException {
    Requires.bpf();
    Path below = folder.resolve("made");

    Outcome.Measured measured =
        assertInstanceOf(Outcome.Measured.class, measured("makes", manyPipes(below)));

    Map<String, Double> extras = Objects.requireNonNull(measured.measurement().extras());
    assertEquals(200, extras.getOrDefault("runs_per_op", 0.0), 10, "and what others make");
    assertTrue(extras.getOrDefault("command_cpu_ns", 0.0) > 0, extras.toString());
    assertTrue(
        extras.getOrDefault("command_ns", 0.0) >= 0.5 * extras.getOrDefault("command_cpu_ns", 0.0),
        extras.toString());
    assertTrue(extras.getOrDefault("runtime_stats_ns", 0.0) > 0, extras.toString());
    assertFalse(Files.exists(below));
  }

  @Test
  void aCommandThatMakesNoEventIsNoFigure() throws IOException {
    Requires.bpf();
    assertTrue(
        assertInstanceOf(Outcome.Refused.class, measured("waits", "true"))
            .reason()
            .startsWith("the program saw no event"));
    assertEquals(
        "the load ended with exit code 7: so it is",
        assertInstanceOf(
                Outcome.Unavailable.class, measured("makes", "echo so it is >&2; echo; exit 7"))
            .reason());
  }

  private static String reason(String line, Duration limit) {
    return assertThrows(CommandLoad.FailedException.class, () -> new CommandLoad(line, limit).run())
        .reason();
  }

  @Test
  void aCommandThatFailsSaysWhyAndOneThatDoesNotEndIsEnded() throws Exception {
    Path pids = folder.resolve("pids");
    String endless = "sleep 1000 & echo $! > %s; echo $$ >> %s; sleep 1000".formatted(pids, pids);

    assertEquals(
        "the load did not end within 2 s: give a command that does a fixed amount of work",
        reason(endless, Duration.ofSeconds(2)));
    List<String> all = Files.readAllLines(pids);
    assertEquals(2, all.size());
    for (String pid : all) {
      Patience.until(pid + " ended", () -> hasEnded(pid));
    }
    assertEquals(
        "the load ended with exit code 4, and said nothing",
        reason("exit 4", Duration.ofSeconds(60)));
  }

  @Test
  void whatACommandLeavesBehindIsEnded() throws Exception {
    Path pid = folder.resolve("pid");
    new CommandLoad("sleep 1000 & echo $! > " + pid, Duration.ofSeconds(60)).run();
    String left = Files.readString(pid).strip();
    Patience.until(left + " ended", () -> hasEnded(left));
  }

  /** It is gone, or waits for its new parent to notice. */
  private static boolean hasEnded(String pid) {
    try {
      return Files.readString(Path.of("/proc", pid, "stat")).contains(") Z ");
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aFigureIsMadeAgainWithItsCommand() {
    RunInfo run = SampleRuns.usual(1, 1).info();
    ProgCell event = new ProgCell("x.o", "it", ProgCell.Task.EVENT, "ls /");
    assertEquals(
        List.of("prog", "x.o", "--program", "it", "--load", "ls /"),
        new ProgSuite().command(event.cell(), run).orElseThrow());
  }

  @Test
  void aCommandIsOneLine() {
    assertThrows(Refusal.class, () -> new Attaching("true\nfalse", false));
    assertThrows(Refusal.class, () -> new Attaching(" ", false));
    assertEquals(
        List.of("cat", "ls"),
        new Attaching("cat /x | sh -c y; A=1 ls && ls /; cat", false).programs());
  }
}
