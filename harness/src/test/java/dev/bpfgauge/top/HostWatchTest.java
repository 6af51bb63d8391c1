package dev.bpfgauge.top;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.export.DebianPackage;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Looks at programs that this test loads, on the real kernel. */
class HostWatchTest {
  private static final DispatchCosts NO_COSTS = DispatchCosts.none("no run");
  private static final int CALLS = 1_000;
  private static final long OWN = ProcessHandle.current().pid();

  /** r0 = 0, exit. */
  private static final long[] NOTHING = {0xb7L, 0x95L};

  @BeforeEach
  void bpf() {
    Requires.bpf();
  }

  private static BpfObject loaded() {
    BpfObject object = BpfObject.builtIn("maps/selftest");
    object.variable("target_tgid").set(JAVA_INT, 0, Math.toIntExact(OWN));
    return object.load();
  }

  /** Attaches, or skips the test where this kernel refuses tracing to anyone. */
  private static BpfLink attach(BpfProgram program, Function<BpfProgram, BpfLink> how) {
    try {
      return how.apply(program);
    } catch (BpfException e) {
      Requires.machine(false, "a kernel that attaches " + program + ": " + e.getMessage());
      throw e;
    }
  }

  private static ProgramRow row(TopView view, int id) {
    return view.rows().stream().filter(row -> row.id() == id).findFirst().orElseThrow();
  }

  private static List<String> words(ProgramRow row) {
    return row.hooks().stream().map(Hooks::words).toList();
  }

  @Test
  void aProgramHasItsHookItsOwnerItsRunsAndItsMaps() {
    try (BpfObject object = loaded();
        HostWatch watch = HostWatch.open()) {
      BpfProgram program = object.program("on_sys_enter");
      try (BpfLink _ = attach(program, BpfProgram::attach)) {
        watch.switchOn();
        HostLook before = watch.look();
        for (int i = 0; i < CALLS; i++) {
          LibC.getppid();
        }
        TopView view = TopView.between(before, watch.look(), NO_COSTS);

        ProgramRow row = row(view, program.info().id());
        assertEquals("on_sys_enter", row.program().name());
        assertEquals("raw_tracepoint", row.program().typeWord());
        assertEquals(List.of("raw_tp:sys_enter"), words(row));
        assertTrue(row.holders().stream().anyMatch(h -> h.pid() == OWN), row.holders()::toString);
        assertTrue(row.runs() >= CALLS, () -> row.runs() + " runs");
        assertTrue(row.nanosPerRun() > 0);
        List<String> maps = row.maps().stream().map(ProgramRow.MapUse::name).toList();
        assertTrue(maps.contains("events"), maps::toString);
        assertTrue(
            row.maps().stream().allMatch(map -> map.bytes().orElse(0) > 0), row.maps()::toString);
        assertTrue(view.sum().mapBytes() >= row.mapBytes());
      }
    }
  }

  @Test
  void aTracepointIsNamed() {
    try (BpfObject object = loaded();
        HostWatch watch = HostWatch.open()) {
      BpfProgram program = object.program("on_getppid");
      try (BpfLink _ = attach(program, BpfProgram::attach)) {
        ProgramRow row = row(TopView.of(watch.look(), NO_COSTS), program.info().id());

        assertEquals("tracepoint", row.hooks().getFirst().hook());
        assertTrue(
            List.of("", "sys_enter_getppid").contains(row.hooks().getFirst().target()),
            "named from Linux 6.6 on, or by the perf event: " + words(row));
      }
      assertEquals(List.of(), words(row(TopView.of(watch.look(), NO_COSTS), program.info().id())));
    }
  }

  /** Of two programs of one object the maps are shared, and their memory counts once. */
  @Test
  void sharedMapsCountOnce() {
    try (BpfObject object = loaded();
        HostWatch watch = HostWatch.open()) {
      TopView view = TopView.of(watch.look(), NO_COSTS);
      int map = object.map("events").info().id();
      List<ProgramRow.MapUse> uses =
          view.rows().stream()
              .flatMap(row -> row.maps().stream())
              .filter(use -> use.id() == map)
              .toList();

      assertTrue(uses.size() > 1, uses::toString);
      assertEquals(uses.size(), uses.getFirst().sharers());
      assertEquals(1, uses.stream().filter(ProgramRow.MapUse::counted).count());
    }
  }

  @Test
  void aProgramWithoutNameOrTypesIsThere() {
    try (Instructions nothing =
            Instructions.of("", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        Instructions.Loaded loaded = nothing.load();
        HostWatch watch = HostWatch.open()) {
      ProgramRow row = row(TopView.of(watch.look(), NO_COSTS), loaded.info().id());

      assertEquals("", row.program().name());
      assertEquals(List.of(), row.hooks());
      assertTrue(new TopTable(80).lines(List.of(row)).getLast().contains(" - "));
    }
  }

  @Test
  void ofFiveHundredProgramsNoneIsLeftOut() {
    List<Instructions.Loaded> many = new ArrayList<>();
    try (Instructions nothing =
            Instructions.of("many", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        HostWatch watch = HostWatch.open()) {
      for (int i = 0; i < 500; i++) {
        many.add(nothing.load());
      }
      Set<Integer> ids = watch.look().programs().keySet();

      assertTrue(many.stream().allMatch(one -> ids.contains(one.info().id())), ids::toString);
    } finally {
      many.forEach(Instructions.Loaded::close);
    }
  }

  /** No look saw them: ids tell. */
  @Test
  void programsThatCameAndWentBetweenTwoLooksAreCounted() {
    try (Instructions nothing =
            Instructions.of("passer", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        HostWatch watch = HostWatch.open()) {
      HostLook before = watch.look();
      for (int i = 0; i < 10; i++) {
        nothing.load().close();
      }
      try (Instructions.Loaded last = nothing.load()) {
        TopView view = TopView.between(before, watch.look(), NO_COSTS);

        assertTrue(view.sum().come() >= 1, view.sum()::toString);
        assertTrue(view.sum().unseen() >= 10, view.sum()::toString);
        assertEquals("passer", row(view, last.info().id()).program().name());
      }
    }
  }

  /** Somebody else's loader, its links and its programs' names. */
  @Test
  void aToolOfLibbpfToolsIsTheOwnerOfItsPrograms() throws Exception {
    Optional<Path> runqlat =
        SearchPath.find("runqlat-libbpf").or(() -> SearchPath.find("runqlat")); // trixie, bookworm
    Requires.machine(runqlat.isPresent(), "a distribution with libbpf-tools");
    Process tool =
        new ProcessBuilder(runqlat.orElseThrow().toString(), "600")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (HostWatch watch = HostWatch.open()) {
      List<ProgramRow> theirs = new ArrayList<>();
      while (tool.isAlive() && theirs.isEmpty()) {
        TopView.of(watch.look(), NO_COSTS).rows().stream()
            .filter(row -> row.holders().stream().anyMatch(h -> h.pid() == tool.pid()))
            .filter(row -> !row.hooks().isEmpty())
            .forEach(theirs::add);
      }
      Requires.machine(!theirs.isEmpty(), "a kernel that runqlat works on");
      ProgramRow row = theirs.getFirst();
      String name = String.valueOf(runqlat.get().getFileName());
      assertTrue(row.ownerWords().startsWith(name + "(" + tool.pid() + ")"), row::ownerWords);
      assertTrue(row.hookWords().matches("(tp_btf|raw_tp):sched_.*"), row::hookWords);
    } finally {
      tool.destroyForcibly().waitFor();
    }
  }

  @Test
  void theEntriesOfAHashTableAreCountedWhereTheKernelDoes() {
    try (BpfMap map =
            BpfMap.create(new BpfMap.Spec("filled", Uapi.BPF_MAP_TYPE_HASH, 4, 8, 100, 0));
        Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(8);
      for (int key = 0; key < 42; key++) {
        map.update(arena.allocateFrom(JAVA_INT, key), value, Uapi.BPF_ANY);
      }
      try (HostWatch watch = HostWatch.open()) {
        HostLook look = watch.look();
        HostLook.MapSeen seen = Objects.requireNonNull(look.maps().get(map.info().id()));
        boolean told = look.notes().stream().noneMatch(note -> note.contains("how many entries"));
        assertEquals(told ? 42 : HostLook.MapSeen.UNTOLD, seen.entries());
      }
    }
  }

  @Test
  void statisticsAreOnWhileItLooksAndOffAfterwards() throws IOException {
    try (HostWatch watch = HostWatch.open()) {
      assertEquals(0, heldStatistics());
      watch.switchOn();
      watch.switchOn();
      assertEquals(1, heldStatistics());
      watch.switchOff();
      assertEquals(0, heldStatistics());
      watch.switchOn();
    }
    assertEquals(0, heldStatistics());
  }

  /** Where others have them on, no difference is seen, and none is said. */
  @Test
  void whatStatisticsCostIsATimeOrUnknown() throws IOException {
    double nanos = StatisticsCost.nanosPerRun();

    assertTrue(Double.isNaN(nanos) || nanos >= 0, () -> nanos + " ns");
    assertEquals(0, heldStatistics());
  }

  private static long heldStatistics() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(fd -> target(fd).equals("anon_inode:bpf-stats")).count();
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException e) {
      return ""; // the folder's own
    }
  }

  /** The program rests while both read it. */
  @Test
  void theCountsAreThoseOfBpftool() throws IOException, InterruptedException {
    Path bpftool = DebianPackage.program("usr/sbin/bpftool", "bpftool");
    try (BpfObject object = loaded();
        HostWatch watch = HostWatch.open()) {
      BpfProgram program = object.program("on_sys_enter");
      watch.switchOn();
      try (BpfLink _ = attach(program, BpfProgram::attach)) {
        for (int i = 0; i < CALLS; i++) {
          LibC.getppid();
        }
      }
      watch.switchOff();
      int id = program.info().id();
      HostLook.Seen seen = Objects.requireNonNull(watch.look().programs().get(id));
      JsonNode theirs = show(bpftool, id);

      assertTrue(seen.count().runs() >= CALLS);
      assertEquals(theirs.path("run_cnt").asLong(), seen.count().runs());
      assertEquals(theirs.path("run_time_ns").asLong(), seen.count().nanos());
      assertEquals(theirs.path("bytes_jited").asLong(), seen.program().jitedBytes());
      assertEquals(theirs.path("bytes_xlated").asLong(), seen.program().translatedBytes());
      assertEquals(theirs.path("tag").asString(), seen.program().tag());
      assertEquals(
          theirs.path("map_ids").valueStream().map(JsonNode::asInt).toList(),
          seen.program().mapIds());
    }
  }

  private static JsonNode show(Path bpftool, int id) throws IOException, InterruptedException {
    DebianPackage.Ended ended =
        DebianPackage.Ended.of(
            Path.of("."),
            Map.of(),
            "",
            List.of(bpftool.toString(), "--json", "prog", "show", "id", Integer.toString(id)));
    assertEquals(0, ended.exitCode(), ended.output());
    return Json.tree(ended.output(), "bpftool");
  }

  @Test
  void aProgramOnADeviceShowsTheModeThatTheDeviceTells() {
    LoadedLink link = MadeLooks.hook("xdp", "lo");
    LoadedLink device = MadeLooks.hook("xdp.generic", "lo");
    HostLook.Seen program =
        Objects.requireNonNull(
            new MadeLooks(1).program(1, "x", 1, 0, 0, List.of()).look().programs().get(1));

    assertEquals(List.of(device), Hooks.of(program.program(), List.of(link), List.of(device)));
    assertEquals(List.of(link), Hooks.of(program.program(), List.of(link), List.of()));
  }
}
