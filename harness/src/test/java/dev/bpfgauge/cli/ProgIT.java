package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.suite.prog.Compiled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prog} from the jar: on this kernel, and in guests. */
class ProgIT {
  private static final String COUNTER =
      """
      struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 256); __type(key, int);
        __type(value, long); } counts SEC(".maps");
      SEC("xdp") int filter(struct xdp_md *c) {
        unsigned char *data = (void *)(long)c->data, *end = (void *)(long)c->data_end;
        if (data + 34 > end) return XDP_DROP;
        %s
        int key = data[23];
        long *count = bpf_map_lookup_elem(&counts, &key);
        if (count) *count += 1;
        return XDP_PASS;
      }
      """;

  /** Five instructions of BPF, and of each machine it is compiled for. */
  private static final String DEARER =
      "asm volatile(\"r0 += 1; r0 ^= 3; r0 += 7; r0 ^= 5; r0 += 9;\" ::: \"r0\");";

  private static final String REFUSED =
      "SEC(\"xdp\") int refused(struct xdp_md *c) { return *(int *)(long)c->data; }\n";

  @TempDir Path folder;

  @Test
  void programsOfThisMachineAreLoadedAndRun() throws Exception {
    Requires.bpf();
    Path object = Compiled.object(folder, "mine", REFUSED + COUNTER.formatted(""));

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
    Measurement ran = measured(run, "prog.run", "filter", "idle");
    assertEquals(2.0, Objects.requireNonNull(ran.extras()).get("returned"), "XDP_PASS");
    Measurement loaded = measured(run, "prog.load", "filter", "idle");
    assertTrue(Objects.requireNonNull(loaded.extras()).getOrDefault("processed_insns", 0.0) > 10);
    assertEquals(ForkStatus.REFUSED, row(run, "prog.load", "refused", "idle").status());
    Path results = folder.resolve("results").resolve(run.info().id());
    Path kept = results.resolve("objects/mine.bpf.o");
    assertArrayEquals(Files.readAllBytes(object), Files.readAllBytes(kept));
    String report = Files.readString(results.resolve("report.html"));
    assertTrue(report.contains("Where the programs load"), "its section is in the report");
  }

  @Test
  void aProgramDearerByFiveInstructionsIsDearerByFive() throws Exception {
    Kernels.fetched(folder);
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
    assertTrue(ended.out().contains("gate: filter costs more on udp"), ended.out());

    Path journal = folder.resolve("results").resolve(run.info().id()).resolve("journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    Files.write(journal, lines.subList(0, lines.size() - 1));
    Jar.Ended resumed =
        new Jar(folder).besideOthers().run("kernels", "run", "--resume", run.info().id());
    assertEquals(ExitCode.GATE, resumed.exitCode(), resumed.out() + resumed.err());
    assertTrue(resumed.out().contains("gate: filter costs more on udp"), resumed.out());
    assertTrue(resumed.out().contains("Where the programs load"), resumed.out());
  }

  @Test
  void whatAnotherVersionReturnsIsSaid() throws Exception {
    Requires.bpf();
    String source = COUNTER.formatted("");
    assertTrue(source.contains("XDP_PASS"), source);
    Path old = Compiled.object(folder, "old", source);
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
                "100");

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("it returns 1 now, and 2 before"), ended.out());
  }

  /** A program whose path is its map's, its variable's and its packet's. */
  private static final String GIVEN =
      """
      const volatile int limit = 1;
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, int);
        __type(value, int); } answers SEC(".maps");
      SEC("xdp") int filter(struct xdp_md *c) {
        int key = c->data_end - c->data;
        int *answer = bpf_map_lookup_elem(&answers, &key);
        return (answer ? *answer : 0) + limit;
      }
      SEC("raw_tp/sys_enter") int reads(struct bpf_raw_tracepoint_args *c) {
        return c->args[0] + limit;
      }
      """;

  /** Options that give it a map, a variable and shapes, and more. */
  private List<String> given(String answers, String... more) throws IOException {
    String shapes = "{\"small\": {}, \"large\": {\"limit\": 50}}";
    List<String> given =
        new ArrayList<>(
            List.of(
                "--map",
                "answers=" + Files.writeString(folder.resolve("x.json"), answers),
                "--shapes",
                Files.writeString(folder.resolve("s.json"), shapes).toString(),
                "--set",
                "limit=2",
                "--program",
                "filter,reads"));
    given.addAll(List.of(more));
    return given;
  }

  private String file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes).toString();
  }

  private static byte[] packet(int bytes) {
    return Arrays.copyOf(new byte[] {2, 0, 0, 0, 0, 2, 2}, bytes);
  }

  /** A capture of one frame of 77 bytes. */
  private String capture() throws IOException {
    byte[] packet = packet(77);
    ByteBuffer capture = ByteBuffer.allocate(40 + packet.length).order(ByteOrder.LITTLE_ENDIAN);
    capture.putInt(0xa1b2c3d4).putInt(0x40002).putLong(0).putInt(262144).putInt(1);
    capture.putLong(0).putInt(packet.length).putInt(packet.length).put(packet);
    return file("x.pcap", capture.array());
  }

  private Jar.Ended prog(Jar jar, List<String> first, List<String> given) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("prog"));
    arguments.addAll(first);
    arguments.addAll(given);
    return jar.run(arguments.toArray(String[]::new));
  }

  private static double returned(RunData run, String input, String shape, String arm) {
    ForkRecord row =
        run.forks().stream()
            .filter(fork -> fork.cell().param("input").equals(input))
            .filter(fork -> fork.cell().param("variant").equals(shape))
            .filter(fork -> fork.cell().profile().equals(arm))
            .findFirst()
            .orElseThrow();
    assertEquals(ForkStatus.OK, row.status(), row.reason());
    return Objects.requireNonNull(Objects.requireNonNull(row.measurement()).extras())
        .getOrDefault("returned", -1.0);
  }

  private static final String ANSWERS = "{\"77\": 30, \"99\": 40}";

  @Test
  void programsGetTheirMapsVariablesAndInputsAndRunsSayWhich() throws Exception {
    Requires.bpf();
    List<String> object =
        List.of(
            Compiled.object(folder, "mine", GIVEN).toString(), "--rounds", "1", "--measure", "600");
    Jar jar = new Jar(folder).onABusyMachine();
    byte[] five = {5, 0, 0, 0, 0, 0, 0, 0};
    String[] inputs = {"--pcap", capture(), "--ctx", file("x.ctx", five)};

    Jar.Ended ended = prog(jar, object, given(ANSWERS, inputs));

    assertEquals(ExitCode.DONE, ended.exitCode(), ended.out() + ended.err());
    RunData run = Kernels.latest(folder);
    // The map's answer to the packet's length, or the argument, and the variable.
    assertEquals(30 + 2, returned(run, "pcap-1", "small", "idle"));
    assertEquals(30 + 50, returned(run, "pcap-1", "large", "idle"));
    assertEquals(5 + 2, returned(run, "ctx", "small", "idle"));
    assertEquals(5 + 50, returned(run, "ctx", "large", "idle"));
    assertTrue(ended.out().contains("filter (large)"), ended.out());
    assertTrue(ended.out().contains("x.pcap: 1 frames of 1 kinds"), ended.out());
    String told = run.info().fingerprint().getOrDefault("input of programs", "");
    assertTrue(told.startsWith("asked.json ctx pcap-1, sha256 "), told);

    assertEquals(ExitCode.DONE, prog(jar, object, given("{\"77\": 31}", inputs)).exitCode());
    RunData other = Kernels.latest(folder);
    assertEquals(31 + 2, returned(other, "pcap-1", "small", "idle"));
    Jar.Ended compared = jar.run("compare", run.info().id(), other.info().id());
    assertEquals(ExitCode.ENVIRONMENT, compared.exitCode(), compared.out());
    assertTrue(compared.err().contains("input of programs was asked.json"), compared.err());
  }

  @Test
  void guestsAndBothVersionsGetThemToo() throws Exception {
    Kernels.fetched(folder);
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
        prog(
            jar,
            objects,
            given(ANSWERS, "--pcap", capture(), "--packet", "udp", "--ctx", file("x.ctx", five)));

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
    Kernels.fetched(folder);
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

  private static void assertMadeBy(RunData run, String program, String load) {
    Measurement measured = measured(run, "prog.event", program, Kernels.ONE);
    assertTrue(measured.meanNanosPerOp() > 0, measured.toString());
    assertEquals(1.0, Objects.requireNonNull(measured.extras()).get("made_by_" + load));
  }

  private static double mean(RunData run, String packet, String arm) {
    return run.forks().stream()
        .filter(fork -> fork.cell().param("input").equals(packet))
        .filter(fork -> fork.cell().profile().equals(arm))
        .map(ForkRecord::measurement)
        .filter(Objects::nonNull)
        .mapToDouble(Measurement::meanNanosPerOp)
        .average()
        .orElseThrow();
  }

  private static ForkRecord row(RunData run, String benchmark, String program, String arm) {
    return run.forks().stream()
        .filter(fork -> fork.cell().benchmark().equals(benchmark))
        .filter(fork -> fork.cell().param("function").equals(program))
        .filter(fork -> fork.cell().profile().equals(arm))
        .findFirst()
        .orElseThrow();
  }

  private static Measurement measured(RunData run, String benchmark, String program, String arm) {
    ForkRecord row = row(run, benchmark, program, arm);
    assertEquals(ForkStatus.OK, row.status(), row.reason());
    return Objects.requireNonNull(row.measurement());
  }

  @Test
  void onlyWhereProgramsLoadIsAskedWithoutCosts() throws Exception {
    Requires.bpf();
    Path object = Compiled.object(folder, "mine", REFUSED + COUNTER.formatted(""));

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

  @Test
  void whatCannotBeMeasuredIsSaidInOneSentenceAndNothingIsWritten() throws Exception {
    Requires.bpf();
    Path good = Compiled.object(folder, "good", COUNTER.formatted(""));
    Path twin =
        Files.copy(good, Files.createDirectory(folder.resolve("other")).resolve("good.bpf.o"));
    Path text = Files.writeString(folder.resolve("text.o"), "no object\n");
    assertSaid("there is no file nowhere.o", "prog", "nowhere.o");
    assertSaid("is no file", "prog", folder.toString());
    assertSaid("is no file", "prog", "/dev/zero");
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
    assertSaid("is no capture", "prog", good.toString(), "--pcap", text.toString());
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
    return Compiled.object(folder, "second", COUNTER.formatted("")).toString();
  }

  private void assertSaid(String words, String... arguments) throws Exception {
    Jar.Ended ended = new Jar(folder).run(arguments);
    assertEquals(ExitCode.USAGE, ended.exitCode(), ended.out() + ended.err());
    assertEquals(1, ended.complaint().size(), ended.err());
    assertTrue(ended.complaint().getFirst().contains(words), ended.err());
  }
}
