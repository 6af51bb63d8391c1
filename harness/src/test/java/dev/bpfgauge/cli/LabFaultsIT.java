package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in guests: each is a row, and the rest goes on. Real guests. */
@SideBySide
class LabFaultsIT {
  @TempDir Path folder;

  @BeforeEach
  void aKernel() throws Exception {
    Kernels.fetched(folder);
  }

  @Test
  void aMapLargerThanTheGuestIsARowAndTheCellsBehindItAreMeasured() throws Exception {
    lab("--suite", "maps", "--map", "hash", "--op", "lookup", "--entries", "60000000,64");

    RunData run = Kernels.latest(folder);

    ForkRecord large = row(run, "60000000");
    assertEquals(ForkStatus.UNAVAILABLE, large.status(), large.toString());
    assertTrue(large.reason().contains("ENOMEM"), large.toString());
    assertEquals(ForkStatus.OK, row(run, "64").status(), run.forks().toString());
    Jar.Ended ordinary = new Jar(folder).besideOthers().run("run", "--resume", "latest");
    assertEquals(ExitCode.USAGE, ordinary.exitCode(), ordinary.out());
    assertTrue(ordinary.err().contains("kernels run --resume"), ordinary.err());
  }

  /** Its files do not fit into its memory, so its kernel finds nothing to run. */
  @Test
  void aGuestWithTooLittleMemoryPanicsAndItsRowsSaySo() throws Exception {
    Jar.Ended ended =
        lab("--append", "mem=320M", "--suite", "maps", "--map", "hash", "--op", "lookup");

    assertEquals(4, ended.exitCode(), ended.out() + ended.err());
    for (ForkRecord fork : Kernels.latest(folder).forks()) {
      assertEquals(ForkStatus.CRASHED, fork.status(), fork.toString());
      assertTrue(fork.reason().contains("Kernel panic"), fork.toString());
    }
  }

  /** The map takes nearly all memory, and its elements' copy in the program the rest. */
  @Test
  void aProgramThatTheKernelKillsForItsMemoryIsARowAndTheCellsBehindItAreMeasured()
      throws Exception {
    lab(
        "--append",
        "mem=640M",
        "--suite",
        "maps",
        "--map",
        "array",
        "--op",
        "lookup",
        "--entries",
        "1600,2",
        "--value-size",
        "200000");

    RunData run = Kernels.latest(folder);
    ForkRecord killed = row(run, "1600");
    assertEquals(ForkStatus.CRASHED, killed.status(), killed.toString());
    assertTrue(killed.reason().contains("Out of memory: Killed process"), killed.reason());
    assertEquals(ForkStatus.OK, row(run, "2").status(), run.forks().toString());
  }

  @Test
  void withoutBtfWhatNeedsItSaysSo() throws Exception {
    lab(
        "--append",
        "initcall_blacklist=btf_vmlinux_init",
        "--suite",
        "maps,kernel-maps",
        "--map",
        "hash",
        "--op",
        "lookup");

    RunData run = Kernels.latest(folder);
    ForkRecord inside = Kernels.row(run, "kernel-maps.lookup", "hash");
    assertEquals(ForkStatus.UNAVAILABLE, inside.status(), inside.toString());
    assertTrue(inside.reason().contains("BTF"), inside.reason());
    assertEquals(
        ForkStatus.OK, Kernels.row(run, "maps.lookup", "hash").status(), run.forks().toString());
  }

  /** Such programs are attached there, kprobes too, and never run. */
  @Test
  void withoutFunctionTracingWhatWouldNeverRunIsRefusedOrDoneTheOtherWay() throws Exception {
    lab("--append", "sysctl.kernel.ftrace_enabled=0", "--suite", "loads", "--guest-timeout", "400");

    RunData run = Kernels.latest(folder);
    for (String hook : List.of("kprobe", "kretprobe", "kprobe.multi", "fentry", "fexit")) {
      ForkRecord row = Kernels.row(run, "loads." + hook, "");
      assertEquals(ForkStatus.UNAVAILABLE, row.status(), row.toString());
      assertTrue(row.reason().contains("sysctl kernel.ftrace_enabled=1"), row.reason());
      assertFalse(row.reason().contains("absent"), row.reason());
    }
    ForkRecord filetop = Kernels.row(run, "loads.tool.filetop", "");
    assertEquals(ForkStatus.OK, filetop.status(), filetop.toString());
    assertTrue(filetop.toString().contains("by_tp_btf/sys_exit"), filetop.toString());
    assertNoneCrashed(run);
  }

  @Test
  void underLockdownWhatItRefusesNamesIt() throws Exception {
    lab("--append", "lockdown=confidentiality", "--suite", "loads", "--guest-timeout", "400");

    RunData run = Kernels.latest(folder);
    for (String cell : List.of("tracepoint", "kprobe", "kretprobe", "tool.biosnoop")) {
      ForkRecord row = Kernels.row(run, "loads." + cell, "");
      assertEquals(ForkStatus.UNAVAILABLE, row.status(), row.toString());
      assertTrue(row.reason().contains("kernel lockdown is in mode"), row.reason());
      assertFalse(row.reason().contains("absent"), row.reason());
      assertFalse(row.reason().contains("it needs"), row.reason());
    }
    assertNoneCrashed(run);
  }

  private static void assertNoneCrashed(RunData run) {
    assertTrue(
        run.forks().stream().noneMatch(fork -> fork.status() == ForkStatus.CRASHED),
        run.forks().toString());
  }

  @Test
  void perCpuMapsHaveAValueForEachPossibleCpu() throws Exception {
    Jar.Ended ended =
        lab(
            "--possible-cpus",
            "64",
            "--suite",
            "maps,kernel-maps",
            "--map",
            "percpu-hash,percpu-array",
            "--op",
            "lookup,update");

    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    RunInfo info = Kernels.latest(folder).info();
    assertEquals("64", info.fingerprint().get("cpus possible"));
    assertEquals("1", info.fingerprint().get("cpus online"), "the guest has it read back");
  }

  @Test
  void aLoadIsProvenInsideTheGuest() throws Exception {
    Requires.that(Files.isExecutable(Path.of("/usr/bin/stress-ng")), "stress-ng");

    Jar.Ended ended = lab("-p", "cpu80", "--suite", "maps", "--map", "array", "--op", "lookup");

    RunData run = Kernels.latest(folder);
    assertEquals(0, ended.exitCode(), ended.out() + ended.err() + run.forks());
    List<ForkRecord> loaded =
        run.forks().stream()
            .filter(fork -> fork.cell().profile().equals(Kernels.ONE + " cpu80"))
            .toList();
    assertEquals(3, loaded.size(), run.forks().toString());
    assertTrue(loaded.stream().noneMatch(fork -> fork.load().isEmpty()), loaded.toString());
  }

  @Test
  void aLoadIsRefusedWhereInstructionsAreCounted() throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "kernels",
                "run",
                "--kernels",
                Kernels.ONE,
                "--mode",
                "instructions",
                "-p",
                "cpu80");

    assertEquals(2, ended.exitCode(), ended.out());
    assertTrue(ended.err().contains("--mode functional"), ended.err());
  }

  @Test
  void aKilledRunResumesWhereItStopped() throws Exception {
    Process harness =
        new Jar(folder).besideOthers().start(arguments("--suite", "maps", "--map", "hash,array"));
    try {
      while (harness.isAlive() && rows() < 3) {
        Thread.sleep(50);
      }
    } finally {
      harness.destroyForcibly().waitFor();
    }
    List<ForkRecord> before = Kernels.latest(folder).forks();
    assertTrue(before.size() >= 3 && before.size() < 8, before.toString());

    Jar.Ended resumed = new Jar(folder).besideOthers().run("kernels", "run", "--resume", "latest");

    assertEquals(0, resumed.exitCode(), resumed.out() + resumed.err());
    RunData whole = Kernels.latest(folder);
    assertEquals(RunInfo.Status.COMPLETE, whole.info().status());
    assertEquals(8, whole.forks().size());
    assertTrue(whole.forks().containsAll(before));
  }

  private int rows() {
    try {
      return Kernels.latest(folder).forks().size();
    } catch (RuntimeException e) {
      return 0; // there is no run yet
    }
  }

  private Jar.Ended lab(String... further) throws Exception {
    return new Jar(folder).besideOthers().run(arguments(further));
  }

  private static String[] arguments(String... further) {
    List<String> all =
        new ArrayList<>(
            List.of("kernels", "run", "--kernels", Kernels.ONE, "--mode", "functional"));
    all.addAll(List.of(further));
    return all.toArray(String[]::new);
  }

  private static ForkRecord row(RunData run, String entries) {
    return run.forks().stream()
        .filter(fork -> fork.cell().param("entries").equals(entries))
        .findFirst()
        .orElseThrow();
  }
}
