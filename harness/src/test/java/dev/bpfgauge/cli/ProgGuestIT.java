package dev.bpfgauge.cli;

import static dev.bpfgauge.cli.OwnPrograms.ANSWERS;
import static dev.bpfgauge.cli.OwnPrograms.COUNTER;
import static dev.bpfgauge.cli.OwnPrograms.DEARER;
import static dev.bpfgauge.cli.OwnPrograms.GIVEN;
import static dev.bpfgauge.cli.OwnPrograms.mean;
import static dev.bpfgauge.cli.OwnPrograms.measured;
import static dev.bpfgauge.cli.OwnPrograms.returned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.suite.prog.Compiled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prog} in guests. */
@SideBySide
class ProgGuestIT {
  @TempDir Path folder;

  @BeforeEach
  void aKernel() throws Exception {
    Kernels.fetched(folder);
  }

  @Test
  void aProgramDearerByFiveInstructionsIsDearerByFive() throws Exception {
    Path old = Compiled.object(folder, "old", COUNTER.formatted(""));
    Path dearer = Compiled.object(folder, "new", COUNTER.formatted(DEARER));

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "prog",
                dearer.toString(),
                "--against",
                old.toString(),
                "--kernels",
                Kernels.ONE,
                "--packet",
                "udp,icmp",
                "--gate");

    assertEquals(ExitCode.GATE, ended.exitCode(), ended.out() + ended.err());
    RunData run = Kernels.latest(folder);
    for (String packet : List.of("udp", "icmp")) {
      double before = mean(run, packet, "old");
      double after = mean(run, packet, "new");
      assertEquals(5, after - before, 0.5, packet + ": " + before + ", " + after);
    }
    assertTrue(ended.out().contains("gate: filter costs more on 6.12 (udp)"), ended.out());

    Path journal = folder.resolve("results").resolve(run.info().id()).resolve("journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    Files.write(journal, lines.subList(0, lines.size() - 1));
    Jar.Ended resumed =
        new Jar(folder).besideOthers().run("kernels", "run", "--resume", run.info().id());
    assertEquals(ExitCode.GATE, resumed.exitCode(), resumed.out() + resumed.err());
    assertTrue(resumed.out().contains("gate: filter costs more on 6.12 (udp)"), resumed.out());
    assertTrue(resumed.out().contains("Where the programs load"), resumed.out());
  }

  @Test
  void guestsAndBothVersionsGetThemToo() throws Exception {
    Path old = Compiled.object(folder, "old", GIVEN);
    Path dearer =
        Compiled.object(
            folder, "new", GIVEN.replace("int key", DEARER.replace("+= 1;", "= 1;") + "int key"));
    List<String> objects =
        List.of(
            dearer.toString(),
            "--against",
            old.toString(),
            "--kernels",
            Kernels.ONE,
            "--rounds",
            "1");
    byte[] five = {5, 0, 0, 0, 0, 0, 0, 0};
    Jar jar = new Jar(folder).besideOthers();

    Jar.Ended ended =
        OwnPrograms.prog(
            jar,
            objects,
            OwnPrograms.given(
                folder,
                ANSWERS,
                "--pcap",
                OwnPrograms.capture(folder),
                "--packet",
                "udp",
                "--ctx",
                OwnPrograms.file(folder, "x.ctx", five)));

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    RunData run = Kernels.latest(folder);
    for (String version : List.of("old", "new")) {
      assertEquals(30 + 2, returned(run, "pcap-1", "small", version));
      assertEquals(30 + 50, returned(run, "pcap-1", "large", version));
      assertEquals(5 + 50, returned(run, "ctx", "large", version));
      assertEquals(50, returned(run, "udp", "large", version));
    }
    assertEquals(5, mean(run, "pcap-1", "new") - mean(run, "pcap-1", "old"), 0.5);
  }

  /** What this machine is spared: a guest has these hooks, and can be harmed. */
  @Test
  void programsThatCouldHarmAreAttachedInGuests() throws Exception {
    Path object =
        Compiled.object(
            folder,
            "hooks",
            """
            SEC("lsm/file_open") int guards(void *c) { return 0; }
            SEC("cgroup/connect4") int connects(struct bpf_sock_addr *c) { return 1; }
            SEC("uprobe/libc.so.6:getppid") int calls(void *c) { return 0; }
            SEC("kprobe/vfs_reed") int hangs(void *c) { return 0; }
            SEC("iter/task") int walks(void *c) { return 0; }
            SEC("perf_event") int samples(void *c) { return 0; }
            """);

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run("prog", object.toString(), "--kernels", Kernels.ONE, "--rounds", "1");

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    RunData run = Kernels.latest(folder);
    assertMadeBy(run, "guards", "open");
    assertMadeBy(run, "connects", "connect");
    assertMadeBy(run, "calls", "getppid");
    assertMadeBy(run, "samples", "fault");
    Measurement walks = measured(run, "prog.event", "walks", Kernels.ONE);
    assertTrue(walks.meanNanosPerOp() > 0, walks.toString());
    assertEquals(1.0, Objects.requireNonNull(walks.extras()).get("by_statistics"));
    assertTrue(
        ended
            .out()
            .replaceAll("\\s+", " ")
            .contains(
                "hangs on %s: not attached: this kernel has no function vfs_reed; it has vfs_read."
                    .formatted(Kernels.ONE)),
        ended.out());
    assertTrue(ended.out().contains("✗ not attached"), ended.out());
  }

  /** It kills whoever makes a system call, and so the first process of the guest. */
  @Test
  void aProgramThatPanicsItsGuestIsARowAndTheOthersAreMeasured() throws Exception {
    Path object =
        Compiled.object(
            folder,
            "panics",
            """
            SEC("raw_tp/sys_enter") int kills(void *c) { bpf_send_signal(9); return 0; }
            SEC("perf_event") int samples(void *c) { return 0; }
            """);

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run("prog", object.toString(), "--kernels", Kernels.ONE, "--rounds", "1");

    assertEquals(ExitCode.PARTIAL, ended.exitCode(), ended.out() + ended.err());
    RunData run = Kernels.latest(folder);
    ForkRecord killed = OwnPrograms.row(run, "prog.event", "kills", Kernels.ONE);
    assertEquals(ForkStatus.CRASHED, killed.status(), killed.reason());
    assertTrue(killed.reason().contains("the guest ended early"), killed.reason());
    assertMadeBy(run, "samples", "fault");
  }

  private static void assertMadeBy(RunData run, String program, String load) {
    Measurement measured = measured(run, "prog.event", program, Kernels.ONE);
    assertTrue(measured.meanNanosPerOp() > 0, measured.toString());
    assertEquals(1.0, Objects.requireNonNull(measured.extras()).get("made_by_" + load));
  }
}
