package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.suite.mllb.Column;
import dev.bpfgauge.suite.mllb.Decision;
import dev.bpfgauge.suite.mllb.DecisionCsv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code mllb} in guests with four processors: what this machine's kernel mostly cannot do. */
@SideBySide
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MllbGuestIT {
  /** One with sched_ext. */
  private static final String SCHED_EXT = "7.2";

  /** By SIGTERM. */
  private static final int TERMINATED = 143;

  @TempDir Path folder;
  private Jar jar = new Jar(Path.of(""));

  @BeforeEach
  void guests() throws IOException, InterruptedException {
    Kernels.fetched(folder);
    Requires.machine(
        System.getProperty("os.arch", "").equals("amd64"), "an x86-64 machine for such guests");
    Kernels.fetched(
        folder,
        List.of("--emulator", "--debian-libbpf", "debian:" + Kernels.ONE + "," + SCHED_EXT));
    jar = new Jar(folder).besideOthers();
  }

  @Test
  void decisionsOfAKernelAreCollected() throws Exception {
    Jar.Ended ended =
        jar.run(
            "mllb",
            "collect",
            "--scenario",
            "bursts",
            "--duration",
            "3s",
            "--kernel",
            Kernels.ONE,
            "-o",
            "raw_bursts.csv.gz");

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains(" 0 lost"), ended.out());
    List<Decision> decisions = DecisionCsv.read(folder.resolve("raw_bursts.csv.gz"));
    assertTrue(
        decisions.stream()
            .allMatch(d -> d.kernel().startsWith("6.12.") && d.scenario().equals("bursts")));
    assertTrue(decisions.stream().anyMatch(Decision::isTrainable), "none asked about a hot cache");
    assertTrue(decisions.stream().anyMatch(d -> d.get(Column.WAITED) > 0), "no task ran again");
    assertTrue(
        decisions.stream().noneMatch(d -> d.get(Column.SRC_CPU) == d.get(Column.DST_CPU)),
        "a task goes to another CPU");
  }

  @Test
  void whereThereIsNoFexitTheDecisionsAreCollectedByProbes() throws Exception {
    Jar.Ended ended =
        jar.run(
            "mllb",
            "collect",
            "--scenario",
            "bursts",
            "--duration",
            "2s",
            "--hook",
            "kprobe",
            "--old",
            "--kernel",
            Kernels.ONE,
            "-o",
            "raw_old.csv");

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("by kprobe+kretprobe/can_migrate_task: "), ended.out());
    assertTrue(ended.out().contains(" 0 lost"), ended.out());
    List<Decision> decisions = DecisionCsv.read(folder.resolve("raw_old.csv"));
    assertTrue(decisions.stream().anyMatch(Decision::isTrainable), "none asked about a hot cache");
    assertTrue(decisions.stream().allMatch(d -> d.scenario().equals("old")), "as the file's name");
    assertTrue(
        decisions.stream().map(d -> d.get(Column.CAN_MIGRATE)).distinct().count() == 2,
        "the kernel says yes and no");
  }

  /** The longest: it begins first, so that the others are done beside it. */
  @Test
  @Order(1)
  void aComparisonThatWasInterruptedGoesOnInAnotherBoot() throws Exception {
    Path results = folder.resolve("results");
    Process first =
        jar.start(
            "mllb",
            "compare",
            "--kernel",
            SCHED_EXT,
            "--scenarios",
            "threads",
            "--rounds",
            "1",
            "--outcome-model",
            "none",
            "--results",
            results.toString());
    while (forks(results) < 4) {
      assertTrue(first.isAlive(), jar.output());
      Thread.sleep(500);
    }
    first.destroy();
    assertEquals(TERMINATED, first.waitFor(), jar.output());
    RunData interrupted = RunFolder.resolve(results, RunFolder.LATEST).read();
    assertEquals(RunInfo.Status.INTERRUPTED, interrupted.info().status());

    Jar.Ended ended =
        jar.run("mllb", "compare", "--resume", "latest", "--results", results.toString());

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    RunData whole = RunFolder.resolve(results, RunFolder.LATEST).read();
    assertEquals(RunInfo.Status.COMPLETE, whole.info().status());
    assertEquals(whole.info().plan().forks(), whole.forks().size());
    assertEquals(
        interrupted.forks(),
        whole.forks().subList(0, interrupted.forks().size()),
        "what was measured before the interruption is kept");
    assertTrue(
        whole.info().notes().stream().anyMatch(note -> note.contains("another boot")),
        whole.info().notes().toString());
  }

  /** Finished ones that the guest has brought back. */
  private static long forks(Path results) throws IOException {
    if (!Files.isDirectory(results)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(results)) {
      Optional<Path> journal = files.filter(file -> file.endsWith(RunFolder.JOURNAL)).findFirst();
      return journal.isEmpty() ? 0 : Files.readString(journal.get()).lines().count();
    }
  }

  @Test
  void aSchedulerThatStallsIsEndedByTheKernel() throws Exception {
    Jar.Ended ended =
        jar.run("mllb", "schedule", "--kernel", SCHED_EXT, "--stall", "--duration", "60s");
    assertEquals(ExitCode.PARTIAL, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("runnable task stall"), ended.out());
  }

  @Test
  void theKernelsSchedulerIsBackWhenTheHarnessIsKilled() throws Exception {
    Jar.Ended ended =
        jar.run("mllb", "schedule", "--kernel", SCHED_EXT, "--killed", "--rule", "native");
    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("went back to its own scheduler"), ended.out());
  }
}
