package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * What one object's maps and variables are to hold, as bytes: a guest of the lab would take seconds
 * for JSON and types.
 *
 * @param entries of maps, in the user's order
 * @param variables set in every shape
 * @param shapes name → variables that are set in that one as well
 */
record GivenValues(
    List<Entry> entries,
    SortedMap<String, byte[]> variables,
    SortedMap<String, SortedMap<String, byte[]>> shapes) {
  static final GivenValues NONE = new GivenValues(List.of(), new TreeMap<>(), new TreeMap<>());

  private static final String TAB = "\t";

  /** Maps whose keys are numbers from zero. */
  private static final Set<String> INDEXED = Set.of("array", "percpu_array", "devmap", "cpumap");

  /** Maps whose entries are descriptors or memory, which a file cannot name. */
  private static final Set<String> NOT_FILLED =
      Set.of(
          "prog_array",
          "perf_event_array",
          "cgroup_array",
          "array_of_maps",
          "hash_of_maps",
          "sockmap",
          "sockhash",
          "xskmap",
          "reuseport_sockarray",
          "ringbuf",
          "user_ringbuf",
          "cgroup_storage",
          "percpu_cgroup_storage",
          "sk_storage",
          "inode_storage",
          "task_storage",
          "cgrp_storage",
          "struct_ops",
          "arena",
          "insn_array");

  GivenValues {
    entries = List.copyOf(entries);
  }

  /**
   * An entry of a map.
   *
   * @param key empty where the map has no keys, as a queue
   * @param value of one CPU where there is one for each
   */
  record Entry(String map, MemorySegment key, MemorySegment value) {
    static Entry of(String map, byte[] key, byte[] value) {
      return new Entry(
          map, MemorySegment.ofArray(key).asReadOnly(), MemorySegment.ofArray(value).asReadOnly());
    }
  }

  /** An object that values are for: its name in messages, what it holds, its types. */
  record Target(String file, ObjectInfo info, Optional<Btf> btf) {
    List<String> maps() {
      return info.maps().stream()
          .map(ObjectInfo.MapInfo::name)
          .filter(name -> !name.contains("."))
          .toList();
    }

    /** Variables and their types. */
    Map<String, Integer> variables() {
      return btf.map(Btf::variables).orElse(Map.of());
    }
  }

  /**
   * What an object gets of what is asked for: what it has.
   *
   * @throws Refusal where a value does not fit
   */
  static GivenValues of(GivenInputs.Asked asked, Target target) {
    ValueBytes bytes = new ValueBytes(target.btf);
    List<Entry> entries = new ArrayList<>();
    for (ObjectInfo.MapInfo map : target.info.maps()) {
      JsonNode given = asked.maps().get(map.name());
      if (given != null) {
        entries.addAll(entries(target, map, given, bytes));
      }
    }
    SortedMap<String, SortedMap<String, byte[]>> shapes = new TreeMap<>();
    asked
        .shapes()
        .forEach((shape, variables) -> shapes.put(shape, variables(variables, target, bytes)));
    return new GivenValues(entries, variables(asked.variables(), target, bytes), shapes);
  }

  private static SortedMap<String, byte[]> variables(
      Map<String, JsonNode> asked, Target target, ValueBytes bytes) {
    SortedMap<String, byte[]> found = new TreeMap<>();
    Map<String, Integer> types = target.variables();
    asked.forEach((name, value) -> {
      Integer type = types.get(name);
      if (type != null) {
        found.put(name, bytes.of("variable " + name, value, type, bytes.sizeOf(type)));
      }
    });
    return found;
  }

  private static List<Entry> entries(
      Target target, ObjectInfo.MapInfo map, JsonNode given, ValueBytes bytes) {
    if (NOT_FILLED.contains(map.type())) {
      throw Refusal.usage(
          "map %s is of type %s, which no file can fill".formatted(map.name(), map.type()));
    }
    if (map.entries() > 0 && given.size() > map.entries()) {
      throw Refusal.usage(
          "map %s of %s has room for %d entries, and its file has %d"
              .formatted(map.name(), target.file, map.entries(), given.size()));
    }
    int keyType = target.btf.map(btf -> btf.ofMap(map.name(), "key")).orElse(0);
    int valueType = target.btf.map(btf -> btf.ofMap(map.name(), "value")).orElse(0);
    List<Entry> entries = new ArrayList<>();
    Set<ByteBuffer> keys = new HashSet<>();
    BiConsumer<JsonNode, JsonNode> add =
        (key, value) -> {
          String which = "map %s, entry %d: its ".formatted(map.name(), entries.size() + 1);
          byte[] its =
              map.keyBytes() == 0
                  ? new byte[0]
                  : bytes.of(which + "key", key, keyType, map.keyBytes());
          requireIndex(which, map, its);
          if (map.keyBytes() > 0 && !keys.add(ByteBuffer.wrap(its))) {
            throw Refusal.usage(which + "key is there twice: give each one once");
          }
          entries.add(
              Entry.of(
                  map.name(), its, bytes.of(which + "value", value, valueType, map.valueBytes())));
        };
    if (given.isArray()) {
      for (JsonNode entry : given) {
        if (!entry.has("value") || (map.keyBytes() > 0 && !entry.has("key"))) {
          throw Refusal.usage(
              "map %s, entry %d is not {\"key\": …, \"value\": …}"
                  .formatted(map.name(), entries.size() + 1));
        }
        add.accept(entry.path("key"), entry.path("value"));
      }
    } else {
      given
          .properties()
          .forEach(entry -> add.accept(StringNode.valueOf(entry.getKey()), entry.getValue()));
    }
    return entries;
  }

  /** An array has no key beyond its end. */
  private static void requireIndex(String which, ObjectInfo.MapInfo map, byte[] key) {
    if (INDEXED.contains(map.type()) && key.length == Integer.BYTES && map.entries() > 0) {
      long index =
          Integer.toUnsignedLong(ByteBuffer.wrap(key).order(ByteOrder.nativeOrder()).getInt());
      if (index >= map.entries()) {
        throw Refusal.usage(
            "%skey is %d, and the last one of this map with %d entries is %d"
                .formatted(which, index, map.entries(), map.entries() - 1));
      }
    }
  }

  /** As {@link #ofText} reads it. Names are those of C. */
  String text() {
    HexFormat hex = HexFormat.of();
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(line("map", entry.map, hex(entry.key), hex(entry.value)));
    }
    variables.forEach((name, value) -> text.append(line("set", "", name, hex.formatHex(value))));
    shapes.forEach((shape, values) ->
        values.forEach(
            (name, value) -> text.append(line("shape", shape, name, hex.formatHex(value)))));
    return text.toString();
  }

  private static String hex(MemorySegment bytes) {
    return HexFormat.of().formatHex(bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  private static String line(String... words) {
    return String.join(TAB, words) + "\n";
  }

  static GivenValues ofText(String text) {
    HexFormat hex = HexFormat.of();
    List<Entry> entries = new ArrayList<>();
    SortedMap<String, byte[]> variables = new TreeMap<>();
    SortedMap<String, SortedMap<String, byte[]>> shapes = new TreeMap<>();
    text.lines()
        .forEach(line -> {
          String[] words = line.split(TAB, -1);
          byte[] value = hex.parseHex(words[3]);
          switch (words[0]) {
            case "map" -> entries.add(Entry.of(words[1], hex.parseHex(words[2]), value));
            case "set" -> variables.put(words[2], value);
            default -> shapes.computeIfAbsent(words[1], _ -> new TreeMap<>()).put(words[2], value);
          }
        });
    return new GivenValues(entries, variables, shapes);
  }

  boolean isEmpty() {
    return entries.isEmpty() && variables.isEmpty() && shapes.isEmpty();
  }

  /** The same where the variables of a shape are set as well. */
  GivenValues in(String shape) {
    SortedMap<String, byte[]> all = new TreeMap<>(variables);
    all.putAll(shapes.getOrDefault(shape, new TreeMap<>()));
    return new GivenValues(entries, all, new TreeMap<>());
  }

  /** Sets the variables of an object that is not loaded yet. */
  void set(BpfObject object) {
    variables.forEach(
        (name, value) -> object.variable(name).copyFrom(MemorySegment.ofArray(value)));
  }

  /**
   * Fills the maps of a loaded object, those of each CPU with one value everywhere; those that it
   * was loaded without are left out.
   *
   * @throws LoadRefusedException where the kernel does not take an entry
   */
  void fill(BpfObject object) throws LoadRefusedException {
    Map<String, List<Entry>> maps = entries.stream().collect(Collectors.groupingBy(Entry::map));
    for (Map.Entry<String, List<Entry>> map : maps.entrySet()) {
      if (object.isCreated(map.getKey())) {
        fill(object.map(map.getKey()), map.getValue());
      }
    }
  }

  private static void fill(BpfMap map, List<Entry> entries) throws LoadRefusedException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key =
          map.info().keySize() == 0
              ? MemorySegment.NULL
              : arena.allocate(map.info().keySize(), Long.BYTES);
      MemorySegment value = arena.allocate(map.valueStride(), Long.BYTES);
      int number = 0;
      for (Entry entry : entries) {
        number++;
        MemorySegment.copy(entry.key, 0, key, 0, entry.key.byteSize());
        long one = (entry.value.byteSize() + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        for (long at = 0; at + entry.value.byteSize() <= value.byteSize(); at += one) {
          MemorySegment.copy(entry.value, 0, value, at, entry.value.byteSize());
        }
        try {
          map.update(key, value, 0);
        } catch (BpfException e) {
          throw new LoadRefusedException(
              "map %s does not take entry %d (key 0x%s): %s"
                  .formatted(entry.map, number, hex(entry.key), e.errnoName()),
              false,
              "");
        }
      }
    }
  }
}
