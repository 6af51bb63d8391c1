package dev.bpfgauge.suite.mllb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Made-up decisions after the kernel's rule: a task may move where its cache is cold or balancing
 * has failed often enough; some share of the answers is turned round.
 */
final class MadeDecisions {
  private static final long HOT_NANOS = 500_000;

  private final SplittableRandom random;
  private final double noise;
  private long now = 1_000_000_000L;

  MadeDecisions(long seed, double noise) {
    this.random = new SplittableRandom(seed);
    this.noise = noise;
  }

  static List<Decision> of(int count, long seed, double noise, String scenario) {
    MadeDecisions made = new MadeDecisions(seed, noise);
    List<Decision> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(made.next(scenario));
    }
    return all;
  }

  static Path write(Path file, List<Decision> decisions) {
    try (DecisionCsv.Writer out = DecisionCsv.Writer.open(file, false, DecisionCsv.Format.WHOLE)) {
      decisions.forEach(out::write);
    }
    return file;
  }

  Decision next(String scenario) {
    long[] v = new long[Column.values().length];
    Arrays.fill(v, -1);
    now += random.nextLong(1, 200_000);
    set(v, Column.TS, now);
    set(v, Column.CURR_PID, random.nextInt(1, 4000));
    set(v, Column.PID, random.nextInt(1, 4000));
    set(v, Column.SRC_CPU, random.nextInt(4));
    set(v, Column.DST_CPU, random.nextInt(4));
    set(v, Column.IMBALANCE, random.nextInt(1, 4));
    int length = random.nextInt(2, 20);
    set(v, Column.SRC_LEN, length);
    set(v, Column.SRC_NUMA_LEN, random.nextInt(length + 1));
    set(v, Column.SRC_PREFERRED_LEN, random.nextInt(length + 1));
    long delta = (long) Math.exp(random.nextDouble(Math.log(1e4), Math.log(1e8)));
    set(v, Column.DELTA, delta);
    int idle = random.nextInt(3);
    set(v, Column.CPU_IDLE, idle == 0 ? 1 : 0);
    set(v, Column.CPU_NOT_IDLE, idle == 1 ? 1 : 0);
    set(v, Column.CPU_NEWLY_IDLE, idle == 2 ? 1 : 0);
    set(v, Column.SAME_NODE, random.nextInt(2));
    set(v, Column.PREFER_SRC, random.nextInt(2));
    set(v, Column.PREFER_DST, random.nextInt(2));
    set(v, Column.DELTA_FAULTS, random.nextInt(-500, 500));
    set(v, Column.TOTAL_FAULTS, random.nextInt(0, 1000));
    set(v, Column.DST_LEN, random.nextInt(8));
    set(v, Column.SRC_LOAD, random.nextInt(20_000));
    set(v, Column.DST_LOAD, random.nextInt(10_000));
    int fails = random.nextInt(10) < 7 ? 0 : random.nextInt(1, 8);
    int tries = random.nextInt(1, 3);
    set(v, Column.NR_FAILS, fails);
    set(v, Column.CACHE_NICE_TRIES, tries);
    set(v, Column.BUDDY_HOT, random.nextInt(10) == 0 ? 1 : 0);
    set(v, Column.THROTTLED, 0);
    set(v, Column.P_RUNNING, random.nextInt(50) == 0 ? 1 : 0);
    set(v, Column.TEST_AGGRESSIVE, random.nextInt(50) == 0 ? 0 : 1);
    boolean may = delta >= HOT_NANOS || fails > tries;
    set(v, Column.CAN_MIGRATE, may ^ (random.nextDouble() < noise) ? 1 : 0);
    set(v, Column.PC_0, 0);
    set(v, Column.PC_1, 0);
    set(v, Column.SD_LEVEL, 0);
    set(v, Column.SD_FLAGS, 0x102f);
    set(v, Column.WAITED, random.nextLong(1_000_000));
    set(v, Column.OUTCOME, random.nextInt(10) == 0 ? -1 : may ? 1 : 0);
    return new Decision(v, "task,\"" + random.nextInt(5) + "\"", "6.12.0-made", scenario);
  }

  private static void set(long[] values, Column column, long value) {
    values[column.index()] = value;
  }
}
