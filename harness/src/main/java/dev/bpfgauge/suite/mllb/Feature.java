package dev.bpfgauge.suite.mllb;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An input of the network. The fifteen are Keitokuch/MLLB's, in its order and derived as there;
 * each is a whole number of 16 fraction bits, cut to a range, so that a BPF program comes to the
 * same number ({@code net_inputs()} of bpf/mllb/net.h). The network is trained on these numbers as
 * well.
 *
 * <p>Flags are 0 or 1. Divisions round towards 0.
 */
public enum Feature {
  /** More tasks run there than prefer to: src_len &gt; src_preferred_len. */
  SRC_NON_PREF_NR,
  /** It ran less than 500 000 ns ago: delta &lt; 500 000. */
  DELTA_HOT,
  CPU_IDLE,
  CPU_NOT_IDLE,
  CPU_NEWLY_IDLE,
  SAME_NODE,
  PREFER_SRC,
  PREFER_DST,
  /** src_len − 2, −2 to 254. */
  SRC_LEN(-2, Feature.MAX_LEN - 2),
  /** src_load / 1000, 0 to 262.144. */
  SRC_LOAD(0, Feature.MAX_LOAD / 1000.0),
  /** dst_load / 1000, 0 to 262.144. */
  DST_LOAD(0, Feature.MAX_LOAD / 1000.0),
  /** 0 to 256. */
  DST_LEN(0, Feature.MAX_LEN),
  /** delta_faults / max(1, total_faults), −1 to 1. */
  DELTA_FAULTS(-1, 1),
  /** Balancing failed more often than caches are spared: nr_fails &gt; cache_nice_tries. */
  EXTRA_FAILS,
  BUDDY_HOT;

  /** 1.0 in 16 fraction bits. */
  public static final int ONE = 1 << 16;

  /** Fraction bits of every input. */
  static final int FRACTION_BITS = 16;

  /** How many there are. */
  public static final int COUNT = 15;

  private static final int MAX_LEN = 256;
  private static final int MAX_LOAD = 262_144;
  private static final long HOT_NANOS = 500_000;
  private static final List<Feature> ALL = List.of(values());

  private final boolean flag;
  private final int least;
  private final int most;

  Feature() {
    this.flag = true;
    this.least = 0;
    this.most = ONE;
  }

  Feature(double least, double most) {
    this.flag = false;
    this.least = (int) (least * ONE);
    this.most = (int) (most * ONE);
  }

  /** All of them, in the network's order. */
  public static List<Feature> all() {
    return ALL;
  }

  /** Their names in the network's order, as a model file has them. */
  static List<String> words() {
    return Arrays.stream(values()).map(Feature::word).toList();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isFlag() {
    return flag;
  }

  /** The smallest value, with 16 fraction bits. */
  int least() {
    return least;
  }

  /** The largest value, with 16 fraction bits. */
  int most() {
    return most;
  }

  /**
   * The network's inputs at a decision.
   *
   * @return {@link #COUNT} numbers of 16 fraction bits
   */
  public static int[] inputs(Decision decision) {
    int[] inputs = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      inputs[i] = ALL.get(i).of(decision);
    }
    return inputs;
  }

  private int of(Decision d) {
    return switch (this) {
      case SRC_NON_PREF_NR -> flag(d.get(Column.SRC_LEN) > d.get(Column.SRC_PREFERRED_LEN));
      case DELTA_HOT -> flag(d.get(Column.DELTA) < HOT_NANOS);
      case CPU_IDLE -> flag(d.get(Column.CPU_IDLE) == 1);
      case CPU_NOT_IDLE -> flag(d.get(Column.CPU_NOT_IDLE) == 1);
      case CPU_NEWLY_IDLE -> flag(d.get(Column.CPU_NEWLY_IDLE) == 1);
      case SAME_NODE -> flag(d.get(Column.SAME_NODE) == 1);
      case PREFER_SRC -> flag(d.get(Column.PREFER_SRC) == 1);
      case PREFER_DST -> flag(d.get(Column.PREFER_DST) == 1);
      case SRC_LEN -> (length(d.get(Column.SRC_LEN)) - 2) * ONE;
      case SRC_LOAD -> load(d.get(Column.SRC_LOAD));
      case DST_LOAD -> load(d.get(Column.DST_LOAD));
      case DST_LEN -> length(d.get(Column.DST_LEN)) * ONE;
      case DELTA_FAULTS -> share(d.get(Column.DELTA_FAULTS), d.get(Column.TOTAL_FAULTS));
      case EXTRA_FAILS -> flag(d.get(Column.NR_FAILS) > d.get(Column.CACHE_NICE_TRIES));
      case BUDDY_HOT -> flag(d.get(Column.BUDDY_HOT) == 1);
    };
  }

  private static int flag(boolean set) {
    return set ? ONE : 0;
  }

  private static int length(long tasks) {
    return Math.clamp(tasks, 0, MAX_LEN);
  }

  private static int load(long loadAverage) {
    return (int) (((long) Math.clamp(loadAverage, 0, MAX_LOAD) << FRACTION_BITS) / 1000);
  }

  private static int share(long part, long whole) {
    long size = Math.abs(part);
    long all = Math.max(1, whole);
    int share = size >= all ? ONE : (int) ((size << FRACTION_BITS) / all);
    return part < 0 ? -share : share;
  }
}
