package dev.bpfgauge.suite.mllb;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code struct decision} of bpf/mllb/decision.h, as it comes out of the kernel. */
final class CollectedDecision {
  private static final List<String> LONGS =
      List.of(
          "ts",
          "delta",
          "imbalance",
          "src_load",
          "dst_load",
          "src_faults",
          "dst_faults",
          "total_faults",
          "waited");

  private static final List<String> INTS =
      List.of(
          "curr_pid",
          "pid",
          "src_cpu",
          "dst_cpu",
          "src_len",
          "src_numa_len",
          "src_preferred_len",
          "dst_len",
          "nr_fails",
          "cache_nice_tries",
          "src_node",
          "dst_node",
          "preferred_node",
          "sd_level",
          "sd_flags");

  private static final List<String> BYTES =
      List.of(
          "idle",
          "newly_idle",
          "buddy_hot",
          "throttled",
          "running",
          "tested",
          "can_migrate",
          "absent");

  /** Kernel options, by their bit. */
  private static final List<String> ABSENT = List.of("NUMA_BALANCING", "CFS_BANDWIDTH");

  private static final int COMM_BYTES = 16;

  /** {@code struct decision}. */
  static final StructLayout LAYOUT =
      MemoryLayout.structLayout(
              Stream.of(
                      LONGS.stream().map(name -> ValueLayout.JAVA_LONG.withName(name)),
                      INTS.stream().map(name -> ValueLayout.JAVA_INT.withName(name)),
                      BYTES.stream().map(name -> ValueLayout.JAVA_BYTE.withName(name)),
                      Stream.of(
                          MemoryLayout.sequenceLayout(COMM_BYTES, ValueLayout.JAVA_BYTE)
                              .withName("comm"),
                          MemoryLayout.paddingLayout(4)))
                  .flatMap(part -> part)
                  .toArray(MemoryLayout[]::new))
          .withName("decision");

  private static final Map<String, VarHandle> FIELDS = fields();

  /** Bytes of one. */
  static final long SIZE = LAYOUT.byteSize();

  private final MemorySegment record;

  CollectedDecision(MemorySegment record) {
    this.record = record;
  }

  private static Map<String, VarHandle> fields() {
    Map<String, VarHandle> fields = new HashMap<>();
    for (List<String> names : List.of(LONGS, INTS, BYTES)) {
      names.forEach(name -> fields.put(name, LAYOUT.varHandle(PathElement.groupElement(name))));
    }
    return fields;
  }

  private long get(String name) {
    VarHandle field = FIELDS.get(name);
    if (field == null) {
      throw new IllegalArgumentException("struct decision has no " + name);
    }
    return ((Number) field.get(record, 0L)).longValue();
  }

  private static long flag(boolean set) {
    return set ? 1 : 0;
  }

  /**
   * As a row of a file of decisions.
   *
   * @param outcomes say whether it proved good
   */
  Decision decision(Outcomes outcomes, String kernel, String scenario) {
    long[] row = new long[Column.values().length];
    Arrays.fill(row, -1);
    for (Column column :
        List.of(
            Column.TS,
            Column.CURR_PID,
            Column.PID,
            Column.SRC_CPU,
            Column.DST_CPU,
            Column.IMBALANCE,
            Column.SRC_LEN,
            Column.SRC_NUMA_LEN,
            Column.SRC_PREFERRED_LEN,
            Column.DELTA,
            Column.TOTAL_FAULTS,
            Column.DST_LEN,
            Column.SRC_LOAD,
            Column.DST_LOAD,
            Column.CACHE_NICE_TRIES,
            Column.NR_FAILS,
            Column.BUDDY_HOT,
            Column.THROTTLED,
            Column.CAN_MIGRATE,
            Column.SD_LEVEL,
            Column.SD_FLAGS,
            Column.WAITED)) {
      row[column.index()] = get(column.word());
    }
    boolean newlyIdle = get("newly_idle") != 0;
    boolean idle = get("idle") != 0;
    row[Column.CPU_IDLE.index()] = flag(idle);
    row[Column.CPU_NEWLY_IDLE.index()] = flag(newlyIdle);
    row[Column.CPU_NOT_IDLE.index()] = flag(!idle && !newlyIdle);
    row[Column.SAME_NODE.index()] = flag(get("src_node") == get("dst_node"));
    row[Column.PREFER_SRC.index()] = flag(get("preferred_node") == get("src_node"));
    row[Column.PREFER_DST.index()] = flag(get("preferred_node") == get("dst_node"));
    row[Column.DELTA_FAULTS.index()] = get("dst_faults") - get("src_faults");
    row[Column.P_RUNNING.index()] = get("running");
    row[Column.TEST_AGGRESSIVE.index()] = get("tested");
    row[Column.PC_0.index()] = 0;
    row[Column.PC_1.index()] = 0;
    row[Column.OUTCOME.index()] = outcomes.of(row);
    return new Decision(row, comm(), kernel + without((int) get("absent")), scenario);
  }

  /** What the kernel was built without: such columns are 0 because nobody counts. */
  static String without(int absent) {
    String options =
        IntStream.range(0, ABSENT.size())
            .filter(bit -> (absent & (1 << bit)) != 0)
            .mapToObj(ABSENT::get)
            .collect(Collectors.joining(" and "));
    return options.isEmpty() ? "" : " without " + options;
  }

  private String comm() {
    byte[] bytes =
        record
            .asSlice(LAYOUT.byteOffset(PathElement.groupElement("comm")), COMM_BYTES)
            .toArray(ValueLayout.JAVA_BYTE);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
