package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong while cells and arms take turns in one process. */
class TurnsFaultsIT {
  /** {@code floor.empty} has a process to itself on each arm; the others share one. */
  private static final int ALONE = 2;

  @TempDir Path folder;

  @BeforeEach
  void needs() {
    Requires.bpf();
    Requires.root();
  }

  @Test
  void aStressorThatDiesWhileFrozenTakesItsOwnArmsVerdictAlone() throws Exception {
    Jar jar = new Jar(folder).onABusyMachine();
    Process run = jar.start(arguments("-p", "cpu80", "--rounds", "2"));
    try {
      Path group = frozen(run);
      long worker =
          run.descendants()
              .filter(process -> process.info().command().orElse("").endsWith("stress-ng"))
              .filter(process -> process.children().findAny().isEmpty())
              .findFirst()
              .orElseThrow()
              .pid();
      signal("KILL", worker);
      FaultsIT.await(() -> !isIn(group, worker), run);
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    assertEquals(List.of(), groupsOf(run));
    List<ForkRecord> forks = latest().forks();
    assertEquals(20, forks.size());
    assertEquals(unanswered(forks) ? 4 : 0, run.exitValue(), jar.output());
    for (ForkRecord fork : forks) {
      boolean mourning =
          fork.round() == 0 && isShared(fork.cell()) && fork.cell().profile().equals("cpu80");
      assertEquals(mourning, fork.reason().contains("stressors alive during"), fork.toString());
      if (mourning) {
        assertEquals(ForkStatus.LOAD_NOT_REACHED, fork.status());
      } else if (fork.cell().profile().equals("idle")) {
        assertEquals(ForkStatus.OK, fork.status(), fork.reason());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aRunEndedAmidTurnsIsValidAndGoesOnWithWhatIsMissing(String signal, int exitCode)
      throws Exception {
    // A background job of a shell ignores SIGINT, and so would everything it starts.
    Jar jar = new Jar(folder).onABusyMachine().through("env", "--default-signal=INT");
    Process run = jar.start(arguments("-p", "cpu80"));
    try {
      frozen(run);
      signal(signal, run.pid());
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
      assertEquals(exitCode, run.exitValue(), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    RunData partial = latest();
    assertEquals(RunInfo.Status.INTERRUPTED, partial.info().status());
    assertEquals(ALONE, partial.forks().size(), "no row of the process that was cut off");
    assertEquals(List.of(), groupsOf(run), "nothing stays frozen");

    Jar.Ended resumed = jar.run("run", "--resume", "latest");
    assertTrue(resumed.exitCode() == 0 || resumed.exitCode() == 4, resumed.err());
    List<ForkRecord> whole = latest().forks();
    assertEquals(10, whole.stream().map(ForkRecord::seq).distinct().count());
  }

  /** As a kill between two rows leaves it. */
  @Test
  void aProcessWhoseRowsAreHalfWrittenIsMeasuredForTheRest() throws Exception {
    Jar jar = new Jar(folder).onABusyMachine();
    jar.run(arguments("-p", "idle,idle"));
    Path journal = RunFolder.resolve(folder.resolve("results"), "latest").path();
    journal = journal.resolve("journal.jsonl");
    List<String> kept = Files.readAllLines(journal).subList(0, 7);
    Files.write(journal, kept);
    Set<Integer> done = seqs(latest());
    Set<Integer> gone = Stream.of(7, 8, 9).collect(Collectors.toSet());
    assertTrue(done.stream().noneMatch(gone::contains), done.toString());

    Jar.Ended ended = jar.run("run", "--resume", "latest");

    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    List<String> now = Files.readAllLines(journal);
    assertEquals(kept, now.subList(0, 7), "what was measured stays");
    assertEquals(10, now.size());
    assertEquals(10, seqs(latest()).size());
  }

  @Test
  void aHarnessKilledWhileItsLoadIsFrozenLeavesNothing() throws Exception {
    Jar jar = new Jar(folder);
    Process run = jar.onABusyMachine().start(arguments("-p", "cpu80"));
    List<Long> stressors;
    try {
      Path group = frozen(run);
      stressors =
          Files.readAllLines(group.resolve("cgroup.procs")).stream().map(Long::valueOf).toList();
      assertTrue(stressors.size() >= 2, stressors.toString());
    } finally {
      run.destroyForcibly().waitFor();
    }
    Patience.until(
        "the end of the stressors",
        () -> stressors.stream().noneMatch(pid -> Files.exists(Path.of("/proc", pid + "/exe"))));
    Patience.until("the end of the cgroup", () -> groupsOf(run).isEmpty());
  }

  /** One load works for both, and proves both. */
  @Test
  void armsOfOneProfileAreBothProven() throws Exception {
    Jar.Ended ended = new Jar(folder).onABusyMachine().run(arguments("-p", "cpu80,cpu80"));

    List<ForkRecord> shared =
        latest().forks().stream().filter(fork -> isShared(fork.cell())).toList();
    assertEquals(8, shared.size(), ended.out() + ended.err());
    for (ForkRecord fork : shared) {
      double demand =
          fork.load().stream()
              .filter(check -> check.what().equals("stressor cpu demand"))
              .findFirst()
              .orElseThrow()
              .seen();
      assertTrue(demand > 70, fork.toString());
    }
  }

  /** Killed with the settings of either arm in force, it leaves them to be put back. */
  @Test
  void idleStatesTakeTurnsAndArePutBack() throws Exception {
    Path disable = Path.of("/sys/devices/system/cpu/cpu0/cpuidle/state1/disable");
    Requires.machine(Files.isWritable(disable), "idle states");
    String before = text(disable);
    Jar jar = new Jar(folder).onABusyMachine();
    Process run = jar.start(arguments("-p", "cstates-on,cstates-off", "--measure", "2000"));
    Changes changes = new Changes(disable);
    try {
      while (run.isAlive()) {
        changes.count();
        Thread.sleep(5);
      }
    } finally {
      run.destroyForcibly().waitFor();
    }

    assertEquals(0, run.exitValue(), jar.output());
    assertEquals(before, text(disable));
    assertTrue(
        changes.count() > 8, changes.count() + " changes; a trial and visits alone make eight");
    List<ForkRecord> shared =
        latest().forks().stream().filter(fork -> isShared(fork.cell())).toList();
    assertEquals(8, shared.size());
    for (ForkRecord fork : shared) {
      assertEquals(ForkStatus.OK, fork.status(), fork.reason());
    }
    assertTrue(
        latest().info().notes().stream()
            .anyMatch(note -> note.matches("cstates-off, power state: idle state .* disabled.*")),
        latest().info().notes()::toString);

    Process killed = jar.start(arguments("-p", "cstates-on,cstates-off", "--measure", "2000"));
    try {
      Changes seen = new Changes(disable);
      FaultsIT.await(() -> seen.count() > 8 && !text(disable).equals(before), killed);
    } finally {
      killed.destroyForcibly().waitFor();
    }
    assertTrue(
        SavedState.in(SavedState.defaultFolder(), Roots.SYSTEM).isPending(),
        "what it found is kept, whichever arm's turn it was");
    jar.run("restore");
    assertEquals(before, text(disable));
  }

  @Test
  void oneCpuIsEnough() throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .through("taskset", "-c", "0")
            .run(arguments("-p", "cpu80"));

    List<ForkRecord> forks = latest().forks();
    assertEquals(10, forks.size(), ended.out() + ended.err());
    for (ForkRecord fork : forks) {
      boolean isLoaded = fork.cell().profile().equals("cpu80");
      assertTrue(
          fork.status() == ForkStatus.OK
              // Others may take the one CPU from the stressors.
              || (isLoaded && fork.status() == ForkStatus.LOAD_NOT_REACHED),
          fork.toString());
    }
  }

  /** Counts how often a file's text changed. */
  private static final class Changes {
    private final Path file;
    private String last;
    private int count;

    Changes(Path file) {
      this.file = file;
      this.last = text(file);
    }

    int count() {
      String now = text(file);
      count += now.equals(last) ? 0 : 1;
      last = now;
      return count;
    }
  }

  private static String[] arguments(String... options) {
    List<String> all =
        new ArrayList<>(
            List.of("run", "--map", "hash", "--op", "lookup", "--no-references", "--rounds", "1"));
    all.addAll(List.of("--warmup", "20", "--measure", "800"));
    all.addAll(List.of(options)); // the last of an option counts
    return all.toArray(String[]::new);
  }

  private static boolean isShared(Cell cell) {
    return !cell.benchmark().equals("floor.empty");
  }

  /** Waits until a load is frozen beside a measuring process, and returns its cgroup. */
  private Path frozen(Process run) throws Exception {
    FaultsIT.await(
        () ->
            FaultsIT.journalLines(folder.resolve("results")) >= ALONE
                && FaultsIT.forkOf(run).isPresent()
                && groupsOf(run).stream().anyMatch(TurnsFaultsIT::isFrozen),
        run);
    return groupsOf(run).getFirst();
  }

  private static boolean isFrozen(Path group) {
    return text(group.resolve("cgroup.events")).contains("frozen 1");
  }

  private static boolean isIn(Path group, long pid) {
    return text(group.resolve("cgroup.procs")).lines().anyMatch(Long.toString(pid)::equals);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // It is removed.
    }
  }

  /** The cgroups of one harness: another may run beside it. */
  private static List<Path> groupsOf(Process run) {
    String name = "/bpfgauge-\\d+-" + run.pid() + "-[^/]+";
    try (Stream<Path> found =
        Files.find(Path.of("/sys/fs/cgroup"), 4, (p, a) -> p.toString().matches(".*" + name))) {
      return found.filter(Files::isDirectory).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // One was removed while they were listed: the caller looks again.
    }
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertEquals(0, kill.waitFor());
  }

  /** Whether a cell has no measured fork at all. */
  private static boolean unanswered(List<ForkRecord> forks) {
    Set<Cell> answered =
        forks.stream()
            .filter(fork -> fork.status() == ForkStatus.OK)
            .map(ForkRecord::cell)
            .collect(Collectors.toSet());
    return forks.stream().anyMatch(fork -> !answered.contains(fork.cell()));
  }

  private static Set<Integer> seqs(RunData run) {
    return run.forks().stream().map(ForkRecord::seq).collect(Collectors.toSet());
  }

  private RunData latest() {
    return RunFolder.resolve(folder.resolve("results"), "latest").read();
  }
}
