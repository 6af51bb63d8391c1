package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Windows;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.suite.InTurns.Had;
import dev.bpfgauge.suite.InTurns.Not;
import dev.bpfgauge.suite.InTurns.Slot;
import dev.bpfgauge.suite.InTurns.Taken;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on the real kernel, counted by the programs themselves. */
class ProgramRunTest {
  @TempDir Path folder;

  private static String counting(String section, String body) {
    return """
    long runs;
    SEC("%s") int counts(void *c) { runs++; %s }
    """
        .formatted(section, body);
  }

  private byte[] elf(String source) throws IOException {
    return Files.readAllBytes(Compiled.object(folder, "x", source));
  }

  private static long runs(LoadedProgram loaded) {
    return loaded.object().variable("runs").get(ValueLayout.JAVA_LONG, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"xdp", "tc", "socket", "cgroup_skb/ingress", "lwt_xmit", "flow_dissector"})
  void aBatchIsAsManyRunsAsItSays(String section) throws Exception {
    Requires.bpf();
    LoadedProgram loaded = LoadedProgram.load("x", elf(counting(section, "return 1;")), "counts");
    try (ProgramRun run = ProgramRun.of(loaded, Packet.UDP.bytes())) {
      assertEquals(1, run.returned());
      assertFalse(run.changesPacket());
      run.calibrate(1_000);
      long before = runs(loaded);
      long nanos = run.nanos();
      assertTrue(nanos > 0);
      assertEquals(1_000, run.runs());
      assertEquals(1_001, runs(loaded) - before, "one of them is subtracted");
    }
  }

  @Test
  void aProgramThatChangesItsPacketGetsANewOneEachTime() throws Exception {
    Requires.bpf();
    String source =
        """
        long runs;
        SEC("xdp") int counts(struct xdp_md *c) {
          char *data = (char *)(long)c->data, *end = (char *)(long)c->data_end;
          if (data + 14 > end) return XDP_ABORTED;
          runs++;
          return data[0]++ == 2 ? XDP_PASS : XDP_DROP;
        }
        """;
    LoadedProgram loaded = LoadedProgram.load("x", elf(source), "counts");
    try (ProgramRun run = ProgramRun.of(loaded, Packet.UDP.bytes())) {
      assertEquals(2, run.returned());
      assertEquals(Set.of(2L), run.returns().keySet());
      assertTrue(run.changesPacket());
      run.calibrate(10);
      long before = runs(loaded);
      run.nanos();
      assertEquals(10, runs(loaded) - before);
    }
  }

  @Test
  void valuesThatRunsGiveAreCounted() throws Exception {
    Requires.bpf();
    String source =
        """
        long runs;
        SEC("xdp") int every_fourth(struct xdp_md *c) {
          return runs++ % 4 ? XDP_PASS : XDP_DROP;
        }
        """;
    LoadedProgram loaded = LoadedProgram.load("x", elf(source), "every_fourth");
    try (ProgramRun run = ProgramRun.of(loaded, Packet.UDP.bytes())) {
      SortedMap<Long, Integer> returns = run.returns();
      assertEquals(Set.of(1L, 2L), returns.keySet());
      int dropped = returns.getOrDefault(1L, 0);
      int passed = returns.getOrDefault(2L, 0);
      assertTrue(Math.abs(passed - 3 * dropped) <= 3, returns.toString());
    }
  }

  @Test
  void anAttachedProgramHasItsEventsMade() throws Exception {
    Requires.bpf();
    Compiled.objectOfARun(
        folder,
        """
        SEC("tp/syscalls/sys_enter_getppid") int hangs(void *c) { return 0; }
        SEC("tp/syscalls/sys_enter_reboot") int waits(void *c) { return 0; }
        """);
    Settings settings = Settings.of(20, 50, 1, 42, folder.resolve("log"));

    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, new ProgMeter().attempt(event("hangs"), settings))
            .measurement();
    Map<String, Double> extras = Objects.requireNonNull(measured.extras());
    assertEquals(1.0, extras.get("made_by_getppid"), extras.toString());
    assertEquals(1.0, extras.getOrDefault("runs_per_op", 0.0), 0.2);

    assertTrue(
        assertInstanceOf(Outcome.Refused.class, new ProgMeter().attempt(event("waits"), settings))
            .reason()
            .startsWith("the program saw no event"));
  }

  private static Cell event(String program) {
    return new ProgCell("x.o", program, ProgCell.Task.EVENT, "").cell();
  }

  @Test
  void versionsTakeTurnsAndOneThatIsRefusedLeavesTheOther() throws Exception {
    Requires.bpf();
    Path old = Files.createDirectories(folder.resolve("objects/old"));
    Path current = Files.createDirectories(folder.resolve("objects/new"));
    Files.write(old.resolve("x.o"), elf(counting("xdp", "return XDP_PASS;")));
    Files.write(
        current.resolve("x.o"),
        elf(counting("xdp", "return *(int *)(long)((struct xdp_md *)c)->data;")));
    Settings settings = Settings.of(50, 200, 1, 42, folder.resolve("log"));
    ProgCell cell = new ProgCell("x.o", "counts", ProgCell.Task.RUN, Packet.UDP.word());

    List<Taken> taken =
        new ProgTurns()
            .measure(
                List.of(new Slot(cell.cell(), "old", 0, 0), new Slot(cell.cell(), "new", 0, 0)),
                settings);

    Had had = assertInstanceOf(Had.class, taken.getFirst());
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, had.turns().in(Windows.ALWAYS)).measurement();
    assertTrue(measured.meanNanosPerOp() > 0);
    assertEquals(2.0, Objects.requireNonNull(measured.extras()).get("returned"));
    Not not = assertInstanceOf(Not.class, taken.getLast());
    assertTrue(
        assertInstanceOf(Outcome.Refused.class, not.outcome())
            .reason()
            .startsWith("the verifier says: "),
        not.toString());
  }
}
