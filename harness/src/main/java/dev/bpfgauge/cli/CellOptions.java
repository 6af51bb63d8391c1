package dev.bpfgauge.cli;

import dev.bpfgauge.suite.Wanted;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which cells of the suites: words as in the cells' parameters, checked by the suites. */
final class CellOptions {
  @Option(
      names = "--map",
      split = ",",
      paramLabel = "KIND",
      description =
          "Map kinds, see `list`. Default: hash,array,percpu-hash,percpu-array; in kernel-maps"
              + " all.")
  private List<String> maps = List.of();

  @Option(
      names = "--op",
      split = ",",
      paramLabel = "OP",
      description = "Operations, see `list`. Default: lookup,update,delete; in kernel-maps all.")
  private List<String> operations = List.of();

  @Option(
      names = "--path",
      split = ",",
      paramLabel = "PATH",
      description = "libbpf, syscall. Default: ${DEFAULT-VALUE}.",
      defaultValue = "libbpf")
  List<String> paths = List.of();

  @Option(
      names = "--entries",
      split = ",",
      paramLabel = "N",
      description = "max_entries of the map, from 1. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1024")
  List<Long> entries = List.of();

  @Option(
      names = "--key-size",
      split = ",",
      paramLabel = "BYTES",
      description = "Default: ${DEFAULT-VALUE}; arrays take 4 only.",
      defaultValue = "4")
  List<Integer> keySizes = List.of();

  @Option(
      names = "--value-size",
      split = ",",
      paramLabel = "BYTES",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "8")
  List<Integer> valueSizes = List.of();

  @Option(
      names = "--fill",
      split = ",",
      paramLabel = "PERCENT",
      description = "Share of the entries that are filled. Default: ${DEFAULT-VALUE}.",
      defaultValue = "100")
  List<Integer> fills = List.of();

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "Threads at once, from 1 to the number of CPUs. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  List<Integer> threads = List.of();

  @Option(
      names = "--sharing",
      split = ",",
      paramLabel = "HOW",
      description =
          "With several threads: shared (one map) or own (one each). Default: ${DEFAULT-VALUE}.",
      defaultValue = "shared")
  List<String> sharing = List.of();

  @Option(
      names = "--order",
      split = ",",
      paramLabel = "ORDER",
      description = "Order of the keys: sequential, random, zipf. Default: ${DEFAULT-VALUE}.",
      defaultValue = "random")
  List<String> orders = List.of();

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      description = "Elements in one call of the batch operations. Default: ${DEFAULT-VALUE}.",
      defaultValue = "256")
  List<Integer> batches = List.of();

  @Option(
      names = "--hook",
      split = ",",
      paramLabel = "HOOK",
      description = "Suite hooks: where the program hangs, see `list`. Default: all of them.")
  List<String> hooks = List.of();

  @Option(
      names = "--body",
      split = ",",
      paramLabel = "BODY",
      description =
          "Suite hooks: what the program does, see `list`. Default: empty, counter, hash, ringbuf,"
              + " printk.")
  List<String> bodies = List.of();

  @Option(
      names = "--program-size",
      split = ",",
      paramLabel = "N",
      description =
          "Suite verifier: instructions, branches, turns … of the programs; --op names their"
              + " shapes. Default: each shape's own.")
  List<Integer> programSizes = List.of();

  @Option(
      names = "--via",
      split = ",",
      paramLabel = "WAY",
      description = "Suite events: ways to user space, see `list`. Default: all of them.")
  List<String> ways = List.of();

  /**
   * Where the threads run.
   *
   * @param number of CPUs
   * @param whose subject and verb in front of the number
   */
  record Cpus(int number, String whose) {
    static final Cpus OF_COUNTING_GUEST = new Cpus(1, "a guest that counts instructions has");
    static final Cpus OF_GUEST = new Cpus(2, "a guest has");

    static Cpus ofThisProcess() {
      return new Cpus(Runtime.getRuntime().availableProcessors(), "this process may use");
    }
  }

  /**
   * Refuses numbers that make no measurement.
   *
   * @throws ParameterException with what the option takes
   */
  void check(CommandSpec spec, Cpus cpus) {
    RunOptions.check(
        spec,
        threads.stream().allMatch(n -> n >= 1 && n <= cpus.number),
        "--threads",
        "from 1 to %d: %s %s; more threads would wait for a CPU"
            .formatted(
                cpus.number, cpus.whose, cpus.number == 1 ? "1 CPU" : cpus.number + " CPUs"));
    RunOptions.check(
        spec,
        programSizes.stream().allMatch(n -> n >= 1),
        "--program-size",
        "whole numbers from 1");
    checkRange(spec, "--entries", entries, 1, 0xFFFF_FFFFL);
    checkRange(spec, "--key-size", keySizes, 4, 1 << 20);
    checkRange(spec, "--value-size", valueSizes, 8, 1 << 25);
    checkRange(spec, "--fill", fills, 1, 100);
    checkRange(spec, "--batch", batches, 1, 1 << 20);
  }

  /** What any suite takes; one may take less, and says so when it makes its cells. */
  private static void checkRange(
      CommandSpec spec, String option, List<? extends Number> given, long low, long high) {
    boolean good = given.stream().mapToLong(Number::longValue).allMatch(n -> low <= n && n <= high);
    RunOptions.check(spec, good, option, "whole numbers from %d to %d".formatted(low, high));
  }

  /** What was asked for, in words. */
  Wanted wanted() {
    return wanted(List.of(), List.of());
  }

  /** The same with other hooks and bodies where none are named. */
  Wanted wanted(List<String> usualHooks, List<String> usualBodies) {
    return new Wanted(
        maps,
        operations,
        paths,
        entries,
        keySizes,
        valueSizes,
        fills,
        threads,
        sharing,
        orders,
        batches,
        hooks.isEmpty() ? usualHooks : hooks,
        bodies.isEmpty() ? usualBodies : bodies,
        programSizes,
        ways);
  }

  /** The usual grid is wanted, in the default shape. */
  boolean areDefault() {
    return maps.isEmpty()
        && operations.isEmpty()
        && entries.equals(List.of(1024L))
        && keySizes.equals(List.of(4))
        && valueSizes.equals(List.of(8))
        && fills.equals(List.of(100));
  }
}
