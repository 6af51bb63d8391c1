package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.suite.prog.Compiled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prog} from the jar: on this kernel. */
class ProgIT {
  private static final String REFUSED =
      "SEC(\"xdp\") int refused(struct xdp_md *c) { return *(int *)(long)c->data; }\n";

  @TempDir Path folder;

  @Test
  void programsOfThisMachineAreLoadedAndRun() throws Exception {
    Requires.bpf();
    Path object = Compiled.object(folder, "mine", REFUSED + OwnPrograms.COUNTER.formatted(""));

    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .run("prog", object.toString(), "--rounds", "1", "--packet", "udp", "--gate", "--log");

    assertEquals(ExitCode.GATE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("gate: refused does not load on this machine"), ended.out());
    assertTrue(ended.out().contains("program filter: xdp, section xdp, "), ended.out());
    assertTrue(
        ended
            .out()
            .replaceAll("\\s+", " ")
            .contains("outside of the packet, at “SEC(\"xdp\") int refused"),
        ended.out());
    assertTrue(
        ended.out().contains("Log of mine.bpf.o: refused (")
            && ended.out().contains("-- BEGIN PROG LOAD LOG --"),
        ended.out());
    assertTrue(
        ended.out().indexOf("✗ refused") < ended.out().indexOf("✓ loads"),
        "in the order of the object: " + ended.out());
    RunData run = Kernels.latest(folder);
    assertEquals(RunInfo.Status.COMPLETE, run.info().status(), "a refusal is an answer");
    Measurement ran = OwnPrograms.measured(run, "prog.run", "filter", "idle");
    assertEquals(2.0, Objects.requireNonNull(ran.extras()).get("returned"), "XDP_PASS");
    Measurement loaded = OwnPrograms.measured(run, "prog.load", "filter", "idle");
    assertTrue(Objects.requireNonNull(loaded.extras()).getOrDefault("processed_insns", 0.0) > 10);
    assertEquals(ForkStatus.REFUSED, OwnPrograms.row(run, "prog.load", "refused", "idle").status());
    Path results = folder.resolve("results").resolve(run.info().id());
    Path kept = results.resolve("objects/mine.bpf.o");
    assertArrayEquals(Files.readAllBytes(object), Files.readAllBytes(kept));
    String report = Files.readString(results.resolve("report.html"));
    assertTrue(report.contains("Where the programs load"), "its section is in the report");
  }

  @Test
  void whatAnotherVersionReturnsAndWhatIsGoneIsSaidAfterAResumeToo() throws Exception {
    Requires.bpf();
    String source = OwnPrograms.COUNTER.formatted("");
    assertTrue(source.contains("XDP_PASS"), source);
    Path old =
        Compiled.object(
            folder, "old", source + "SEC(\"xdp\") int gone(void *c) { return XDP_PASS; }");
    Path drops = Compiled.object(folder, "new", source.replace("XDP_PASS", "XDP_DROP"));

    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .run(
                "prog",
                drops.toString(),
                "--against",
                old.toString(),
                "--packet",
                "udp",
                "--rounds",
                "1",
                "--measure",
                "100",
                "--gate");

    assertEquals(ExitCode.GATE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("it returns 1 now, and 2 before"), ended.out());
    assertTrue(ended.out().contains("against " + old), ended.out());
    assertTrue(ended.out().contains("gate: gone is no longer there"), ended.out());

    String id = Kernels.latest(folder).info().id();
    Path journal = folder.resolve("results").resolve(id).resolve("journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    Files.write(journal, lines.subList(0, lines.size() - 1));
    Jar.Ended resumed = new Jar(folder).onABusyMachine().run("run", "--resume", id);
    assertEquals(ExitCode.GATE, resumed.exitCode(), resumed.out() + resumed.err());
    assertTrue(resumed.out().contains("gate: gone is no longer there"), resumed.out());
  }

  @Test
  void programsGetTheirMapsVariablesAndInputsAndRunsSayWhich() throws Exception {
    Requires.bpf();
    List<String> object =
        List.of(
            Compiled.object(folder, "mine", OwnPrograms.GIVEN).toString(),
            "--rounds",
            "1",
            "--measure",
            "600");
    Jar jar = new Jar(folder).onABusyMachine();
    byte[] five = {5, 0, 0, 0, 0, 0, 0, 0};
    String[] inputs = {
      "--pcap", OwnPrograms.capture(folder), "--ctx", OwnPrograms.file(folder, "x.ctx", five)
    };

    Jar.Ended ended =
        OwnPrograms.prog(jar, object, OwnPrograms.given(folder, OwnPrograms.ANSWERS, inputs));

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    RunData run = Kernels.latest(folder);
    // The map's answer to the packet's length, or the argument, and the variable.
    assertEquals(30 + 2, OwnPrograms.returned(run, "pcap-1", "small", "idle"));
    assertEquals(30 + 50, OwnPrograms.returned(run, "pcap-1", "large", "idle"));
    assertEquals(5 + 2, OwnPrograms.returned(run, "ctx", "small", "idle"));
    assertEquals(5 + 50, OwnPrograms.returned(run, "ctx", "large", "idle"));
    assertTrue(ended.out().contains("filter (large)"), ended.out());
    assertTrue(ended.out().contains("x.pcap: 1 frames of 1 kinds"), ended.out());
    String told = run.info().fingerprint().getOrDefault("input of programs", "");
    assertTrue(told.startsWith("asked.json ctx pcap-1, sha256 "), told);

    assertEquals(
        ExitCode.DONE,
        OwnPrograms.prog(jar, object, OwnPrograms.given(folder, "{\"77\": 31}", inputs))
            .exitCode());
    RunData other = Kernels.latest(folder);
    assertEquals(31 + 2, OwnPrograms.returned(other, "pcap-1", "small", "idle"));
    Jar.Ended compared = jar.run("compare", run.info().id(), other.info().id());
    assertEquals(ExitCode.ENVIRONMENT, compared.exitCode(), compared.out());
    assertTrue(compared.err().contains("input of programs was asked.json"), compared.err());
  }

  @Test
  void onlyWhereProgramsLoadIsAskedWithoutCosts() throws Exception {
    Requires.bpf();
    Path object = Compiled.object(folder, "mine", REFUSED + OwnPrograms.COUNTER.formatted(""));

    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .run("prog", object.toString(), "--rounds", "1", "--verify-only");

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("✓ loads"), ended.out());
    assertFalse(ended.out().contains("What a run costs"), ended.out());
    assertEquals(
        Set.of("prog.load"),
        Kernels.latest(folder).forks().stream()
            .map(fork -> fork.cell().benchmark())
            .collect(Collectors.toSet()));
  }

  /** SIGKILL leaves no time for anything: the kernel takes everything back. */
  @Test
  void aKilledRunLeavesNothingLoadedAndGoesOn() throws Exception {
    Requires.bpf();
    Requires.root();
    String traces = "SEC(\"raw_tp/sys_enter\") int traced(void *c) { return 0; }";
    Path object = Compiled.object(folder, "mine", OwnPrograms.COUNTER.formatted("") + traces);
    Jar jar = new Jar(folder).onABusyMachine();
    Process run =
        jar.start(
            "prog", object.toString(), "--packet", "udp", "--rounds", "1", "--measure", "2000");
    Set<Integer> programs = new TreeSet<>();
    try {
      FaultsIT.await(
          () -> {
            programs.addAll(programsOf(run));
            return !programs.isEmpty() && hasRows();
          },
          run);
    } finally {
      run.destroyForcibly().waitFor();
    }
    for (int id : programs) {
      Patience.until("the end of program " + id, () -> ToolsIT.isGone(id));
    }

    Jar.Ended resumed = jar.run("run", "--resume", "latest");
    assertEquals(ExitCode.DONE, resumed.exitCode(), resumed.out() + resumed.err());
    assertEquals(RunInfo.Status.COMPLETE, Kernels.latest(folder).info().status());
  }

  /** Of its forks. */
  private static Set<Integer> programsOf(Process run) {
    Set<Integer> ids = new TreeSet<>();
    try {
      for (ProcessHandle fork : run.descendants().toList()) {
        ids.addAll(ToolsIT.programsOf(fork.pid()));
      }
    } catch (IOException | UncheckedIOException e) {
      return ids; // One has ended: the caller looks again.
    }
    return ids;
  }

  private boolean hasRows() {
    try {
      return !Kernels.latest(folder).forks().isEmpty();
    } catch (RuntimeException e) {
      return false; // there is no run yet
    }
  }

  @Test
  void whatCannotBeMeasuredIsSaidInOneSentenceAndNothingIsWritten() throws Exception {
    Requires.bpf();
    Path good = Compiled.object(folder, "good", OwnPrograms.COUNTER.formatted(""));
    Path twin =
        Files.copy(good, Files.createDirectory(folder.resolve("other")).resolve("good.bpf.o"));
    Path text = Files.writeString(folder.resolve("text.o"), "no object\n");
    assertSaid("there is no file nowhere.o", "prog", "nowhere.o");
    assertSaid("is not a regular file", "prog", folder.toString());
    assertSaid("is not a regular file", "prog", "/dev/zero");
    assertSaid("the name of a file is empty", "prog", "");
    assertSaid("--set needs a name", "prog", good.toString(), "--set", "=4");
    assertSaid("--set takes NAME=VALUE, not 'limit'", "prog", good.toString(), "--set", "limit");
    Path cut = Files.write(folder.resolve("cut.o"), Arrays.copyOf(Files.readAllBytes(good), 100));
    assertSaid(cut + " is", "prog", cut.toString());
    assertSaid("is not an ELF file", "prog", text.toString());
    assertSaid("two objects are called good.bpf.o", "prog", good.toString(), twin.toString());
    assertSaid("filter", "prog", good.toString(), "--program", "filtre");
    assertSaid("udp", "prog", good.toString(), "--packet", "upd");
    Path json = Files.writeString(folder.resolve("none.json"), "{}");
    assertSaid(
        "did you mean \"counts\"", "prog", good.toString(), "--map", "cuonts=" + json.toString());
    assertSaid("there is no file nowhere", "prog", good.toString(), "--map", "counts=nowhere");
    assertSaid("this is not JSON", "prog", good.toString(), "--map", "counts=" + text);
    assertSaid("no variable limit", "prog", good.toString(), "--set", "limit=3");
    assertSaid("is not a packet capture", "prog", good.toString(), "--pcap", text.toString());
    assertSaid("is given this context", "prog", good.toString(), "--ctx", text.toString());
    assertSaid("--frames takes", "prog", good.toString(), "--frames", "0");
    assertSaid("nowhere", "prog", good.toString(), "--data", "nowhere");
    assertSaid("--set gives a twice", "prog", good.toString(), "--set", "a=1", "--set", "a=2");
    assertSaid("--frames is for --pcap", "prog", good.toString(), "--frames", "3");
    assertSaid("--margin is for --against", "prog", good.toString(), "--margin", "3");
    assertSaid("--load is a command", "prog", good.toString(), "--load", "");
    assertSaid(
        "--verify-only runs nothing, so --packet would do nothing",
        "prog",
        good.toString(),
        "--verify-only",
        "--packet",
        "udp");
    assertSaid("NAME=VALUE", "prog", good.toString(), "--set", "limit");
    assertSaid(
        "--load makes the events of programs that are attached, and none of these is",
        "prog",
        good.toString(),
        "--load",
        "true");
    Path traces =
        Compiled.object(
            folder, "traces", "SEC(\"raw_tp/sys_enter\") int it(void *c) { return 0; }");
    assertSaid(
        "the load ended with exit code 3: no such thing",
        "prog",
        traces.toString(),
        "--load",
        "echo no such thing >&2; exit 3");
    assertSaid(
        "2 objects against 1", "prog", good.toString(), text(), "--against", twin.toString());
    assertFalse(Files.exists(folder.resolve("results")), "no run was begun");
  }

  private String text() throws IOException {
    return Compiled.object(folder, "second", OwnPrograms.COUNTER.formatted("")).toString();
  }

  private void assertSaid(String words, String... arguments) throws Exception {
    Jar.Ended ended = new Jar(folder).run(arguments);
    assertEquals(ExitCode.USAGE, ended.exitCode(), ended.out() + ended.err());
    assertEquals(1, ended.complaint().size(), ended.err());
    assertTrue(ended.complaint().getFirst().contains(words), ended.err());
  }
}
