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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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
    Path object = Compiled.object(folder, "mine", COUNTER.formatted("") + REFUSED);

    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .run("prog", object.toString(), "--rounds", "1", "--packet", "udp", "--gate");

    assertEquals(ExitCode.GATE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.out().contains("gate: refused does not load on this machine"), ended.out());
    assertTrue(ended.out().contains("program filter: xdp, section xdp, "), ended.out());
    assertTrue(
        ended
            .out()
            .replaceAll("\\s+", " ")
            .contains("outside of the packet, at “SEC(\"xdp\") int refused"),
        ended.out());
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
