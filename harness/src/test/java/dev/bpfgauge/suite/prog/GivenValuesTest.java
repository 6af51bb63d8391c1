package dev.bpfgauge.suite.prog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.export.DebianPackage;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps that are filled and variables that are set, as the kernel's programs see them. */
class GivenValuesTest {
  private static final String SOURCE =
      """
      #include <stdbool.h>
      struct flow { __be32 saddr; __be16 port; __u8 proto; union { __u8 tos; char c; }; };
      struct rule { int action; __u32 limits[3]; char name[8]; struct flow flow; __s64 *where; };
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, struct flow);
        __type(value, struct rule); } rules SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 4); __type(key, int);
        __type(value, __u32); } counts SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __uint(key_size, 6);
        __uint(value_size, 3); } plain SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __type(value, int);
        } waiting SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
      struct net { __u32 bits; __u32 address; };
      struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 4); __type(key, struct net);
        __type(value, int); __uint(map_flags, 1); /* BPF_F_NO_PREALLOC */ } nets SEC(".maps");
      const volatile int limit = 7;
      const volatile bool strict;
      volatile __s8 less;
      const volatile char device[8] = "lo";
      volatile __u64 seen;
      __u64 start = 5;
      __be16 port;
      enum mode { A, B = 3 } mode;
      struct flow only;
      const volatile int far SEC(".rodata.far") = 1;
      SEC("xdp") int gives(struct xdp_md *c) {
        struct flow k = { .saddr = 0x010200c0, .port = 0x5000, .proto = 6, .tos = 1 };
        struct rule *r = bpf_map_lookup_elem(&rules, &k);
        return limit + 100 * strict + 1000 * far + (r ? 10000 * r->limits[1] : 0) + (int)seen;
      }
      SEC("xdp") int pops(struct xdp_md *c) {
        int v = 0; bpf_map_pop_elem(&waiting, &v); bpf_map_lookup_elem(&plain, "123456");
        int k = 1; __u32 *n = bpf_map_lookup_elem(&counts, &k);
        void *e = bpf_ringbuf_reserve(&ring, 8, 0); if (e) bpf_ringbuf_discard(e, 0);
        return v * 1000 + (n ? *n : 0) + start + mode + only.proto + port + device[0];
      }
      """;

  @TempDir Path folder;

  private @Nullable GivenObjects objects;

  private Path object(String name, String source) throws IOException {
    return Compiled.object(folder, name, source);
  }

  private GivenInputs inputs(
      Map<String, String> maps, Map<String, String> variables, @Nullable String shapes)
      throws IOException {
    Map<String, Path> files = new TreeMap<>();
    for (Map.Entry<String, String> map : maps.entrySet()) {
      files.put(map.getKey(), Files.writeString(folder.resolve("map.json"), map.getValue()));
    }
    return GivenInputs.read(
        new GivenInputs.Options(
            List.of(),
            null,
            8,
            null,
            null,
            files,
            variables,
            shapes == null ? null : Files.writeString(folder.resolve("shapes.json"), shapes)));
  }

  /** Read once: it takes a process. */
  private GivenObjects objects() throws IOException {
    GivenObjects read = objects;
    if (read == null) {
      read = GivenObjects.read(List.of(object("x", SOURCE)));
      objects = read;
    }
    return read;
  }

  /** What a run of the object would be given, as it travels into forks and guests. */
  private GivenValues values(
      Map<String, String> maps, Map<String, String> variables, @Nullable String shapes)
      throws IOException {
    byte[] text =
        objects().files(null, inputs(maps, variables, shapes)).get("inputs/x.bpf.o.values");
    return GivenValues.ofText(new String(text, UTF_8));
  }

  private LoadedProgram loaded(String program, GivenValues values) throws Exception {
    byte[] elf = Files.readAllBytes(object("x", SOURCE));
    LoadedProgram loaded = LoadedProgram.load("x", elf, program, values);
    values.fill(loaded.object());
    return loaded;
  }

  private int returned(String program, GivenValues values) throws Exception {
    try (ProgramRun run = ProgramRun.of(loaded(program, values), Packet.UDP.bytes())) {
      return run.returned();
    }
  }

  @Test
  void aProgramSeesItsEntriesAndVariables() throws Exception {
    Requires.bpf();
    String rules =
        """
        [{"key": {"saddr": "0xc0000201", "port": 80, "proto": 6, "tos": true},
          "value": {"limits": [1, 3], "name": "one", "action": -1}}]
        """;
    assertEquals(7 + 1000, returned("gives", GivenValues.NONE));
    GivenValues given =
        values(
            Map.of("rules", rules),
            Map.of("limit", "0x20", "strict", "true", "far", "2", "seen", "5"),
            null);
    assertEquals(32 + 100 + 2000 + 30_000 + 5, returned("gives", given));
  }

  @Test
  void shapesAddToWhatIsSetEverywhere() throws Exception {
    Requires.bpf();
    GivenValues given =
        values(
            Map.of(),
            Map.of("limit", "1", "seen", "3"),
            "{\"small\": {}, \"large\": {\"limit\": 50}}");
    assertEquals(1 + 1000 + 3, returned("gives", given.in("small")));
    assertEquals(50 + 1000 + 3, returned("gives", given.in("large")));
  }

  /** As bpftool prints them of a program that runs. */
  @Test
  void theVariablesOfARunningInstanceAreAShape() throws Exception {
    Requires.bpf();
    Path bpftool = DebianPackage.program("usr/sbin/bpftool", "bpftool");
    GivenValues theirs =
        values(Map.of(), Map.of("limit", "33", "strict", "true", "device", "eth7"), null);
    for (List<String> options : List.of(List.of("-j"), List.<String>of())) {
      try (LoadedProgram running = loaded("gives", theirs)) {
        String map =
            running.object().mapNames().stream()
                .filter(name -> name.endsWith(".rodata"))
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>(List.of(bpftool.toString()));
        command.addAll(options);
        int id = running.object().map(map).info().id();
        command.addAll(List.of("map", "dump", "id", Integer.toString(id)));
        String dumped = DebianPackage.Ended.of(folder, Map.of(), "", command).output();

        GivenValues given = values(Map.of(), Map.of(), dumped);

        assertEquals(List.of("shapes"), List.copyOf(given.shapes().keySet()), "the file's name");
        assertEquals(33 + 100 + 1000, returned("gives", given.in("shapes")));
        byte[] device = Objects.requireNonNull(given.in("shapes").variables().get("device"));
        assertEquals("eth7", new String(device, 0, 4, UTF_8));
      }
    }
    assertShapes("has no variables with names", "[{\"key\": [\"0x00\"], \"value\": [\"0x01\"]}]");
  }

  @Test
  void eachCpuHasTheValueAndQueuesHaveNoKeys() throws Exception {
    Requires.bpf();
    GivenValues counts = values(Map.of("counts", "{\"1\": 9}"), Map.of("device", "A"), null);
    assertEquals(9 + 5 + 'A', returned("pops", counts));
    try (LoadedProgram loaded = loaded("pops", counts);
        Arena arena = Arena.ofConfined()) {
      BpfMap map = loaded.object().map("counts");
      MemorySegment value = arena.allocate(map.valueStride(), Long.BYTES);
      assertTrue(map.lookup(arena.allocateFrom(ValueLayout.JAVA_INT, 1), value));
      for (int cpu = 0; cpu < BpfMap.possibleCpus(); cpu++) {
        assertEquals(9, value.get(ValueLayout.JAVA_INT, (long) cpu * Long.BYTES), "CPU " + cpu);
      }
    }
    GivenValues queue = values(Map.of("waiting", "[{\"value\": 4}]"), Map.of(), null);
    try (LoadedProgram loaded = loaded("pops", queue)) {
      assertEquals(4000 + 5 + 'l', loaded.program().run(run(Packet.UDP.bytes())).returnValue());
    }
  }

  private static RunInput run(byte[] packet) {
    return RunInput.packet(Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, packet), 1);
  }

  @Test
  void valuesAreWrittenInManyWays() throws Exception {
    GivenValues given =
        values(
            Map.of("plain", "{\"0x313233343536\": [1, 2, 255]}"),
            Map.of(
                "port", "80",
                "mode", "3",
                "only", "{\"saddr\": \"0x0a000001\", \"c\": 7}",
                "start", "0xffffffffffffffff",
                "device", "0x6c6f000000000000"),
            null);
    assertArrayEquals(new byte[] {0, 80}, given.variables().get("port"), "__be16");
    assertArrayEquals(new byte[] {10, 0, 0, 1, 0, 0, 0, 7}, given.variables().get("only"));
    assertArrayEquals(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}, given.variables().get("start"));
    assertArrayEquals(
        ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(3).array(),
        given.variables().get("mode"));
    assertArrayEquals(new byte[] {'l', 'o', 0, 0, 0, 0, 0, 0}, given.variables().get("device"));
    GivenValues.Entry entry = given.entries().getFirst();
    assertArrayEquals("123456".getBytes(UTF_8), entry.key().toArray(ValueLayout.JAVA_BYTE));
    assertArrayEquals(new byte[] {1, 2, -1}, entry.value().toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void theKernelsRefusalOfAnEntryNamesIt() throws Exception {
    Requires.bpf();
    String entries =
        """
        [{"key": {"bits": 8, "address": 10}, "value": 1},
         {"key": {"bits": 33, "address": 0}, "value": 1}]
        """;
    GivenValues given = values(Map.of("nets", entries), Map.of(), null);
    LoadRefusedException refused =
        assertThrows(LoadRefusedException.class, () -> loaded("pops", given));
    assertTrue(
        refused
            .reason()
            .matches("map nets does not take entry 2 \\(key 0x2100000000000000\\): EINVAL.*"),
        refused.reason());
  }

  @Test
  void whatDoesNotFitIsRefusedInOneSentence() throws Exception {
    assertMap("unknown map \"ruels\": did you mean \"rules\"?", "ruels", "{}");
    assertMap("unknown map \"x.rodata\"", "x.rodata", "{}");
    assertMap("unknown map \"?[31mevil\"", "\u001b[31mevil", "{}");
    assertMap("map.json: line 1, column 2: this is not JSON", "rules", "{]");
    assertMap("map.json: line 1, column", "rules", "{\"1\": ");
    assertMap("map.json is empty", "rules", "");
    assertMap("map.json is neither an object of keys and values", "rules", "7");
    assertMap(
        "entry 2: its key is there twice",
        "counts",
        "[{\"key\": 1, \"value\": 2}, {\"key\": 1, \"value\": 3}]");
    assertMap("line 1, column 13: this key is there twice", "counts", "{\"1\": 2, \"1\": 3}");
    assertMap("map ring is of type ringbuf, which no file can fill", "ring", "{}");
    assertMap(
        "has room for 4 entries, and its file has 5",
        "counts",
        "{\"0\":1,\"1\":1,\"2\":1,\"3\":1,\"4\":1}");
    assertMap("map counts, entry 1 is not {\"key\": …, \"value\": …}", "counts", "[{\"key\": 1}]");
    assertMap(
        "entry 1: its key is 0x01020304050607, and must be 6 bytes as they lie in memory",
        "plain",
        "{\"0x01020304050607\": [1,2,3]}");
    assertMap(
        "entry 1: its value has 3 bytes, and its list 2", "plain", "{\"0x010203040506\": [1,2]}");
    assertMap(
        "entry 1: its key is 4294967296, and must be a number from -2147483648 to 2147483647",
        "counts",
        "{\"4294967296\": 1}");
    assertMap(
        "entry 1: its value is 1.5, and must be a whole number of 4 bytes",
        "counts",
        "{\"1\": 1.5}");
    assertMap(
        "its key: unknown member \"sadr\": did you mean \"saddr\"?",
        "rules",
        "[{\"key\": {\"sadr\": 1}, \"value\": {}}]");
    assertMap(
        "its value.limits has 3 elements, and its list 4",
        "rules",
        "[{\"key\": {}, \"value\": {\"limits\": [1,2,3,4]}}]");
    assertMap(
        "its value.name has room for 8 bytes, and its text has 9",
        "rules",
        "[{\"key\": {}, \"value\": {\"name\": \"ninechars\"}}]");
    assertVariable("unknown variable \"limmit\": did you mean \"limit\"?", "limmit", "1");
    assertVariable(
        "variable limit is much, and must be a whole number of 4 bytes", "limit", "much");
    assertMap(
        "map counts, entry 2: its key is 4, and the last one of this map with 4 entries is 3",
        "counts",
        "{\"3\": 1, \"4\": 1}");
    assertVariable("variable start is -1, and must be a number from 0 to 1844", "start", "-1");
    assertVariable("variable less is 200, and must be a number from -128 to 127", "less", "200");
    assertVariable("variable less is 0x100, and must be a number from -128", "less", "0x100");
    assertVariable("variable strict is 2, and must be a number from 0 to 1", "strict", "2");
    assertMap(
        "map.json: this JSON is nested deeper, or has a longer number or text, than is read here",
        "rules",
        "[".repeat(5000) + "]".repeat(5000));
    assertVariable("--set only: line 1, column", "only", "{\"saddr\": ");
    assertShapes("needs shapes by name", "{}");
    assertShapes("has no variables with names", "[1]");
    assertShapes("shape a is not an object of variables and values", "{\"a\": 1}");
    assertShapes("a shape is called \"a b\"", "{\"a b\": {}}");
    assertShapes("a shape is called \"?[2J\"", "{\"\\u001b[2J\": {}}");
    assertShapes("unknown variable \"limt\": did you mean", "{\"a\": {\"limt\": 1}}");
  }

  private void assertMap(String words, String map, String json) {
    assertSaid(words, Map.of(map, json), Map.of(), null);
  }

  private void assertVariable(String words, String name, String value) {
    assertSaid(words, Map.of(), Map.of(name, value), null);
  }

  private void assertShapes(String words, String json) {
    assertSaid(words, Map.of(), Map.of(), json);
  }

  private void assertSaid(
      String words,
      Map<String, String> maps,
      Map<String, String> variables,
      @Nullable String shapes) {
    String said =
        String.valueOf(
            assertThrows(Refusal.class, () -> values(maps, variables, shapes)).getMessage());
    assertTrue(said.contains(words), said);
  }

  /** By what was asked, not by what follows for an object, which may be another one. */
  @Test
  void runsWithDifferentInputAreToldApart() throws IOException {
    GivenObjects objects = GivenObjects.read(List.of(object("x", SOURCE)));
    List<String> told = new ArrayList<>();
    for (String value : List.of("1", "2", "1")) {
      Path run = Files.createTempDirectory(folder, "run");
      assertTrue(InputFiles.told(run).isEmpty());
      Map<String, byte[]> files =
          objects.files(null, inputs(Map.of(), Map.of("limit", value), null));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path at = run.resolve(file.getKey());
        Files.createDirectories(at.resolveSibling(""));
        Files.write(at, file.getValue());
      }
      told.add(InputFiles.told(run).orElseThrow());
      Files.writeString(run.resolve("inputs/x.bpf.o.values"), "");
      assertEquals(told.getLast(), InputFiles.told(run).orElseThrow());
    }
    assertEquals(told.getFirst(), told.getLast());
    assertNotEquals(told.getFirst(), told.get(1));
  }

  @Test
  void variablesNeedTypes() throws IOException {
    Path bare =
        Compiled.plain(
            folder,
            "bare",
            """
            __attribute__((section("license"))) char licence[] = "GPL";
            volatile const int limit = 3;
            __attribute__((section("xdp"))) int pass(void *c) { return limit; }
            """);
    GivenObjects objects = GivenObjects.read(List.of(bare));
    GivenInputs inputs = inputs(Map.of(), Map.of("limit", "1"), null);
    String said =
        String.valueOf(assertThrows(Refusal.class, () -> objects.files(null, inputs)).getMessage());
    assertTrue(said.contains("no types of them (clang -g)"), said);
  }

  @Test
  void whatOneOfTwoVersionsHasIsEnough() throws IOException {
    GivenObjects now = GivenObjects.read(List.of(object("x", SOURCE)));
    GivenObjects before =
        GivenObjects.read(
            List.of(object("y", "SEC(\"xdp\") int gives(void *c) { return XDP_PASS; }\n")));
    Map<String, byte[]> files = now.files(before, inputs(Map.of(), Map.of("limit", "1"), null));
    assertTrue(files.containsKey("inputs/new/x.bpf.o.values"), "" + files.keySet());
    assertTrue(!files.containsKey("inputs/old/x.bpf.o.values"), "" + files.keySet());
  }
}
