package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.OptionNumbers;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

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
      description =
          "Threads at once, from 1 to the number of CPUs. Default: 1; in counters 1, 2, 4 … and"
              + " all.")
  List<Integer> threads = List.of();

  @Option(
      names = "--hook",
      split = ",",
      paramLabel = "HOOK",
      description = "Suite hooks: where the program hangs, see `list`. Default: all of them.")
  List<String> hooks = List.of();

  /** Where cells are measured, once {@link #check} was told. */
  private Cpus cpus = Cpus.ofThisProcess();

  /** What {@link Suite#ownOptions} gave, by the suite's name. */
  private final Map<String, Object> own = new LinkedHashMap<>();

  /**
   * Where the threads run.
   *
   * @param number of CPUs
   * @param surely those of them that are there whatever runs the guest
   * @param whose subject and verb in front of the number
   */
  record Cpus(int number, int surely, String whose) {
    static final Cpus OF_COUNTING_GUEST = new Cpus(1, 1, "a guest that counts instructions has");
    static final Cpus OF_GUEST = new Cpus(2, 1, "a guest has");

    static Cpus ofThisProcess() {
      int cpus = Runtime.getRuntime().availableProcessors();
      return new Cpus(cpus, cpus, "this process may use");
    }
  }

  /**
   * Refuses numbers that make no measurement, and what would do nothing.
   *
   * @param asked names of the suites
   * @throws Refusal with what the option takes
   */
  void check(CommandSpec spec, Cpus where, List<String> asked) {
    cpus = where;
    refuseOthersOptions(spec, asked);
    RunOptions.check(
        spec,
        threads.stream().allMatch(n -> n >= 1 && n <= cpus.number),
        "--threads",
        "from 1 to %d: %s %s; more threads would wait for a CPU"
            .formatted(
                cpus.number, cpus.whose, cpus.number == 1 ? "1 CPU" : cpus.number + " CPUs"));
    OptionNumbers.require("--entries", entries, 1, 0xFFFF_FFFFL);
    OptionNumbers.require("--key-size", keySizes, 4, 1 << 20);
    OptionNumbers.require("--value-size", valueSizes, 8, 1 << 25);
    OptionNumbers.require("--fill", fills, 1, 100);
  }

  /** Refuses an option of a suite that is not asked for: it would do nothing. */
  private void refuseOthersOptions(CommandSpec spec, List<String> asked) {
    asked.forEach(Suite::of); // A name that is not known comes first.
    own.keySet().stream()
        .filter(suite -> !asked.contains(suite))
        .forEach(suite ->
            Objects.requireNonNull(spec.mixins().get(suite)).options().stream()
                .map(OptionSpec::longestName)
                .filter(spec.commandLine().getParseResult()::hasMatchedOption)
                .forEach(option -> {
                  throw Refusal.option(
                      "%s is for suite %s, which is not asked for: --suite %s asks for it."
                          .formatted(option, suite, suite));
                }));
  }

  /** What was asked for, in words. */
  Wanted wanted() {
    return new Wanted(
        maps,
        operations,
        entries,
        keySizes,
        valueSizes,
        fills,
        threads,
        cpus.surely,
        hooks,
        List.copyOf(own.values()));
  }

  /** Adds what each suite takes beside these, to a command that has them. */
  static final class OfSuites implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec command) {
      CellOptions cells =
          switch (command.userObject()) {
            case RunOptions run -> run.cells;
            case KernelsRun run -> run.cells;
            default -> throw new IllegalArgumentException(command.name() + " measures no cells");
          };
      for (Suite suite : Suite.all()) {
        suite
            .ownOptions()
            .ifPresent(options -> {
              command.addMixin(suite.name(), CommandSpec.forAnnotatedObject(options));
              cells.own.put(suite.name(), options);
            });
      }
      return command;
    }
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
