package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.MapParams;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import dev.bpfgauge.suite.maps.MapKind;
import dev.bpfgauge.suite.maps.MapOperation;
import dev.bpfgauge.suite.maps.MapsSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The suite {@code kernel-maps}: what one operation costs a BPF program, without system call. The
 * cells' profile is left empty; the plan puts them on its arms.
 */
public final class KernelMapsSuite implements Suite {
  public static final String NAME = KernelMapCell.SUITE;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String mark() {
    return "inside the kernel";
  }

  @Override
  public MapsCalled mapsCalled() {
    return MapsCalled.IN_THE_KERNEL;
  }

  /** The loop is subtracted from all but itself. */
  @Override
  public boolean isNet(Cell cell) {
    return !cell.operation().equals(KernelOperation.LOOP.word());
  }

  /** The loop, which the others are held against, last. */
  @Override
  public List<String> operationOrder() {
    String loop = KernelOperation.LOOP.word();
    return Stream.concat(operations().stream().filter(word -> !word.equals(loop)), Stream.of(loop))
        .toList();
  }

  @Override
  public List<Param> params() {
    return List.of(
        MapParams.maps(maps()),
        MapParams.ENTRIES,
        MapParams.KEY,
        MapParams.VALUE,
        MapParams.FILL,
        MapParams.THREADS,
        MapParams.RUNTIME,
        Param.of("keys", which -> which + " keys"),
        Param.of("program", _ -> "in a program that may sleep").telling());
  }

  @Override
  public List<Extra> extras() {
    return Turns.EXTRAS;
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(
        new Options(
            wanted.maps(),
            wanted.operations(),
            wanted.entries(),
            wanted.keySizes(),
            wanted.valueSizes(),
            wanted.fills(),
            wanted.threadsOrOne()));
  }

  @Override
  public List<Cell> usualInGuests(Wanted wanted) {
    return cells(wanted);
  }

  @Override
  public List<Cell> besideMaps() {
    return cells(Options.USUAL_GRID);
  }

  @Override
  public List<Cell> inC(List<Cell> cells) {
    return references(cells);
  }

  @Override
  public Meter meter() {
    return new KernelMapsMeter();
  }

  @Override
  public Optional<Meter> meterInC() {
    return Optional.of(new KernelMapsInC());
  }

  @Override
  public List<Choice> choices() {
    String here = "  in suite " + NAME + ": ";
    return List.of(
        new Choice("kernelMaps", here + "--map", maps()),
        new Choice("kernelOperations", here + "--op", operations()));
  }

  @Override
  public List<String> options(Cell cell) {
    return MapParams.options(cell);
  }

  /**
   * What to measure: the product of all lists, as far as the map has the operation.
   *
   * @param maps words of {@link #maps()}; empty: all of them
   * @param operations words of {@link #operations()}; empty: what each map is used for most
   */
  public record Options(
      List<String> maps,
      List<String> operations,
      List<Long> entries,
      List<Integer> keyBytes,
      List<Integer> valueBytes,
      List<Integer> fillPercents,
      List<Integer> threads) {

    /** 1024 entries, u32 → u64, on one CPU. */
    public static final Options DEFAULT =
        new Options(
            List.of(),
            List.of(),
            List.of(1024L),
            List.of(Integer.BYTES),
            List.of(Long.BYTES),
            List.of(100),
            List.of(1));

    /** The maps and operations of the 2024 comparison, as part of the default plan. */
    public static final Options USUAL_GRID =
        new Options(
            MapKind.USUAL_KINDS.stream().map(MapKind::word).toList(),
            MapOperation.USUAL_OPERATIONS.stream().map(MapOperation::word).toList(),
            DEFAULT.entries,
            DEFAULT.keyBytes,
            DEFAULT.valueBytes,
            DEFAULT.fillPercents,
            DEFAULT.threads);
  }

  /** Every word for a map. */
  public static List<String> maps() {
    return Subject.words();
  }

  /** Every word for an operation. */
  public static List<String> operations() {
    return KernelOperation.words();
  }

  /**
   * The cells asked for, the loop first; each is compared with it.
   *
   * @throws Refusal where a word or number is wrong
   */
  public static List<Cell> cells(Options options) {
    List<Subject> subjects =
        (options.maps().isEmpty() ? maps() : options.maps()).stream().map(Subject::ofWord).toList();
    List<KernelOperation> operations =
        options.operations().stream().map(KernelOperation::ofWord).toList();
    List<Cell> cells = new ArrayList<>();
    cells.add(
        new KernelMapCell(KernelOperation.LOOP, Subject.NONE, 1, 4, 8, 100, 1, false, false)
            .cell());
    for (Subject subject : subjects) {
      for (KernelOperation operation : operations.isEmpty() ? usual(subject) : operations) {
        if (subject.operations().contains(operation)) {
          sizes(options, subject, operation, cells);
        }
      }
    }
    if (cells.size() == 1) {
      throw Refusal.usage(
          "none of the maps has any of the operations; operations inside the kernel are "
              + String.join(", ", operations()));
    }
    MapsSuite.refuseIfNoneCanBe(
        cells.subList(1, cells.size()), cell -> KernelMapCell.of(cell).refuseNonsense());
    if (options.maps().isEmpty() && options.operations().isEmpty()) {
      for (KernelOperation operation : List.of(KernelOperation.LOOKUP, KernelOperation.UPDATE)) {
        cells.add(
            new KernelMapCell(operation, Subject.HASH, 1024, 4, 8, 100, 1, false, true).cell());
      }
    }
    return cells.stream().distinct().toList();
  }

  /** The same in C of those among the cells that show most: lookup and update of hash and array. */
  public static List<Cell> references(List<Cell> cells) {
    return cells.stream()
        .filter(cell -> cell.suite().equals(NAME))
        .filter(cell -> {
          KernelMapCell wanted = KernelMapCell.of(cell);
          return KernelMapsInC.measures(wanted)
              && (wanted.subject() == Subject.HASH || wanted.subject() == Subject.ARRAY);
        })
        .map(cell -> cell.with("runtime", LoopRuntime.C.word()))
        .toList();
  }

  private static List<KernelOperation> usual(Subject subject) {
    return subject.operations().stream().filter(o -> o != KernelOperation.LOOKUP_MISS).toList();
  }

  private static void sizes(
      Options options, Subject subject, KernelOperation operation, List<Cell> cells) {
    for (long entries : options.entries()) {
      for (int key : options.keyBytes()) {
        for (int value : options.valueBytes()) {
          for (int fill : options.fillPercents()) {
            for (int threads : options.threads()) {
              for (boolean separate : threads > 1 ? new boolean[] {false, true} : new boolean[1]) {
                cells.add(
                    new KernelMapCell(
                            operation, subject, entries, key, value, fill, threads, separate, false)
                        .cell());
              }
            }
          }
        }
      }
    }
  }
}
