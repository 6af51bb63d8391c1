package dev.bpfgauge.measure;

import java.nio.file.Path;
import java.util.List;

/**
 * How a cell is measured.
 *
 * @param warmupMillis warm-up of the fork
 * @param measureMillis length of one measured iteration
 * @param measureIterations iterations measured, at least 1
 * @param seed seed of every key order
 * @param injectNanos busy delay put into every operation on one element of a map, to see whether a
 *     known slowdown is found; in a guest that counts, its instructions; 0 in plain runs
 * @param log where the fork's output goes; appended to
 * @param jvmArgs further arguments of the fork's JVM
 * @param javaHome the JDK that runs the fork
 * @param counted the clock counts executed instructions, in a guest of the lab: what only chance
 *     makes different from map to map is held fixed, and a batch is short, for caches and branch
 *     predictors have no say
 */
public record Settings(
    int warmupMillis,
    int measureMillis,
    int measureIterations,
    long seed,
    long injectNanos,
    Path log,
    List<String> jvmArgs,
    Path javaHome,
    boolean counted) {

  public Settings {
    jvmArgs = List.copyOf(jvmArgs);
  }

  /** With this JVM's own JDK and no further arguments. */
  public static Settings of(
      int warmupMillis, int measureMillis, int measureIterations, long seed, Path log) {
    return new Settings(
        warmupMillis,
        measureMillis,
        measureIterations,
        seed,
        0,
        log,
        List.of(),
        Path.of(System.getProperty("java.home")),
        false);
  }

  /**
   * The same with a busy delay in every operation on one element of a map.
   *
   * @param nanos 0 for none
   */
  public Settings delayed(long nanos) {
    return new Settings(
        warmupMillis,
        measureMillis,
        measureIterations,
        seed,
        nanos,
        log,
        jvmArgs,
        javaHome,
        counted);
  }

  /** The same where the clock counts instructions. */
  public Settings countingInstructions() {
    return new Settings(
        warmupMillis,
        measureMillis,
        measureIterations,
        seed,
        injectNanos,
        log,
        jvmArgs,
        javaHome,
        true);
  }
}
