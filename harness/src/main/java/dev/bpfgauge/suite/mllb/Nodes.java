package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which NUMA node each CPU belongs to.
 *
 * @param ofCpu CPU → node; those that are not named are of node 0
 */
record Nodes(Map<Integer, Integer> ofCpu) {
  private static final String MAP = "node_of_cpu";

  Nodes {
    ofCpu = Map.copyOf(ofCpu);
  }

  /**
   * Reads them.
   *
   * @param folder {@code /sys/devices/system/node}; without it there is one node
   */
  static Nodes of(Path folder) {
    Map<Integer, Integer> found = new TreeMap<>();
    try (Stream<Path> nodes = Files.list(folder)) {
      for (Path node : nodes.filter(f -> name(f).matches("node\\d+")).toList()) {
        int number = Integer.parseInt(name(node).substring("node".length()));
        for (int cpu : cpus(ForeignText.read(node.resolve("cpulist")).strip())) {
          found.put(cpu, number);
        }
      }
    } catch (IOException e) {
      return new Nodes(Map.of());
    }
    return new Nodes(found);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** The CPUs of a list like {@code 0-3,8}. */
  static List<Integer> cpus(String list) {
    if (list.isEmpty()) {
      return List.of();
    }
    return Stream.of(list.split(",", -1))
        .map(range -> range.split("-", 2))
        .flatMap(ends ->
            Stream.iterate(
                Integer.valueOf(ends[0]),
                cpu -> cpu <= Integer.parseInt(ends[ends.length - 1]),
                cpu -> cpu + 1))
        .toList();
  }

  /** How many nodes have CPUs. */
  int count() {
    return (int) Math.max(1, ofCpu.values().stream().distinct().count());
  }

  /** The array of decision.h that {@link #fill} fills, as large as this machine needs. */
  static void makeRoom(BpfObject object) {
    object.resize(MAP, BpfMap.possibleCpus());
  }

  /** Puts them into the object's array by CPU. */
  void fill(BpfObject object) {
    BpfMap map = object.map(MAP);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      ofCpu.forEach((cpu, node) -> {
        key.set(ValueLayout.JAVA_INT, 0, cpu);
        value.set(ValueLayout.JAVA_INT, 0, node);
        map.update(key, value, 0);
      });
    }
  }
}
