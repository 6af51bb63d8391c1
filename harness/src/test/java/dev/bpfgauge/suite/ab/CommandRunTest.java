package dev.bpfgauge.suite.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.os.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real commands, and what the kernel says of them. */
class CommandRunTest {
  private static final long MEBI = 1 << 20;

  @TempDir private Path folder;

  private CommandRun.Start start(List<String> words, Map<String, String> more, List<Integer> cpus) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putAll(more);
    return new CommandRun.Start(
        folder, words, environment, cpus, List.of(), folder.resolve("out"), folder.resolve("err"));
  }

  private CommandRun.Ended shell(String line) throws IOException, InterruptedException {
    return CommandRun.run(start(List.of("/bin/sh", "-c", line), Map.of(), List.of()));
  }

  private String out() throws IOException {
    return Files.readString(folder.resolve("out")).strip();
  }

  private static double figure(CommandRun.Ended ended, String name) {
    return Objects.requireNonNull(ended.figures().get(name), ended.toString());
  }

  @ParameterizedTest
  @CsvSource({"exit 0, 0", "exit 3, 3", "kill -9 $$, 137", "no-such-program-at-all, 127"})
  void itsExitCodeIsTheShells(String line, int code) throws Exception {
    assertEquals(code, shell(line).exit());
  }

  @Test
  void wordsAndEnvironmentArriveAsTheyAre() throws Exception {
    CommandRun.run(
        start(
            List.of("/bin/sh", "-c", "printf '%s|%s|%s' \"$1\" \"$2\" \"$MINE\"", "sh", "a b", "*"),
            Map.of("MINE", "é 'x'"),
            List.of()));
    assertEquals("a b|*|é 'x'", out());
  }

  /** Nothing of the gate is left to it. */
  @Test
  void itHasNoInputAndNoDescriptorOfOurs() throws Exception {
    shell("cat; readlink /proc/$$/fd/0; ls /proc/$$/fd");
    assertEquals("/dev/null\n0\n1\n2", out());
  }

  /** As from a terminal: nothing is ignored or blocked but what its own shell ignores. */
  @Test
  void itsSignalsAreAsFromATerminal() throws Exception {
    CommandRun.run(start(List.of("grep", "Sig[BI]", "/proc/self/status"), Map.of(), List.of()));
    assertEquals("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000", out());
  }

  @Test
  void itRunsInItsFolder() throws Exception {
    CommandRun.Ended ended = shell("pwd");
    assertEquals(0, ended.exit());
    assertEquals(folder.toRealPath().toString(), out());
  }

  /** With side effects on the wrong CPUs it would be worse than none. */
  @Test
  void whatCannotBeConfinedIsNotStarted() throws Exception {
    Path there = folder.resolve("there");
    assertThrows(
        IOException.class,
        () -> CommandRun.run(start(List.of("touch", there.toString()), Map.of(), List.of(8000))));
    Thread.sleep(50);
    assertFalse(Files.exists(there));
  }

  @Test
  void whatEndedByItselfWasNotLeftRunning() throws Exception {
    assertEquals(0, shell("(sleep 0.05 &); sleep 0.3").left());
  }

  @Test
  void aSpinIsUserTimeAndASleepIsNone() throws Exception {
    CommandRun.Ended spin = shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    CommandRun.Ended sleep = shell("sleep 0.3");
    assertTrue(figure(spin, "user_ns") > 3 * figure(sleep, "user_ns"), spin + " " + sleep);
    assertTrue(sleep.wallNanos() >= 300_000_000, sleep.toString());
    assertTrue(figure(sleep, "switches") >= 1, sleep.toString());
  }

  /** On its account, and not on that of the process that started it. */
  @Test
  void memoryIsTheCommandsOwn() throws Exception {
    assertTrue(figure(shell("true"), "resident_bytes") < 20 * MEBI);
    double filled =
        figure(shell("head -c 100000000 /dev/zero | tail -c 100000000 | wc -c"), "resident_bytes");
    assertTrue(filled > 90 * MEBI, filled + " B");
    assertEquals("100000000", out());
  }

  @Test
  void aClockCountsOrSaysWhyNot() throws Exception {
    CommandRun.Ended ended = shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    for (String name :
        List.of("task_clock_ns", "migrations", "instructions", "cycles", "cache_misses")) {
      assertTrue(
          ended.figures().containsKey(name) != ended.missing().containsKey(name),
          name + " " + ended);
    }
    if (ended.figures().containsKey("task_clock_ns")) {
      double clock = figure(ended, "task_clock_ns");
      double account = figure(ended, "user_ns") + figure(ended, "system_ns");
      assertEquals(1, clock / account, 0.5, ended.toString());
    }
  }

  @Test
  void itStaysOnTheCpusItIsGiven() throws Exception {
    CommandRun.run(start(List.of("nproc"), Map.of(), List.of(0)));
    assertEquals("1", out());
    IOException refused =
        assertThrows(
            IOException.class,
            () -> CommandRun.run(start(List.of("nproc"), Map.of(), List.of(8000))));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith("no CPU of [8000] can be used"),
        refused.toString());
  }

  /** With a session of its own, too. */
  @ParameterizedTest
  @ValueSource(strings = {"sleep 300 & :", "setsid sleep 300 & sleep 0.2", "(sleep 300 &)"})
  void whatItLeavesRunningIsEndedAndCounted(String line) throws Exception {
    Set<Long> before = ProcessTree.children();
    CommandRun.Ended ended = shell(line);
    assertEquals(1, ended.left(), ended.toString());
    assertEquals(0, ProcessTree.childrenSince(before).count());
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    Set<Long> before = ProcessTree.children();
    AtomicReference<Throwable> how = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() ->
                how.set(
                    assertThrows(
                        InterruptedException.class,
                        () ->
                            shell(
                                "echo there > "
                                    + folder.resolve("there")
                                    + "; sleep 300 & wait"))));
    while (!Files.exists(folder.resolve("there"))) {
      Thread.sleep(10);
    }
    thread.interrupt();
    thread.join();
    assertFalse(how.get() == null);
    assertEquals(0, ProcessTree.childrenSince(before).count());
  }

  @Test
  void whatCannotBeWrittenIsSaid() {
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                CommandRun.run(
                    new CommandRun.Start(
                        folder,
                        List.of("true"),
                        Map.of(),
                        List.of(),
                        List.of(),
                        folder.resolve("no/out"),
                        Path.of("/dev/null"))));
    assertFalse(String.valueOf(refused.getMessage()).isBlank());
  }

  @Test
  void aCommandThatCannotJoinItsGroupIsNotRun() {
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                CommandRun.run(
                    new CommandRun.Start(
                        folder,
                        List.of("touch", "ran"),
                        System.getenv(),
                        List.of(),
                        List.of(folder.resolve("none")),
                        folder.resolve("out"),
                        folder.resolve("err"))));
    assertTrue(String.valueOf(refused.getMessage()).contains("cannot join"), refused.toString());
    assertFalse(Files.exists(folder.resolve("ran")));
  }
}
