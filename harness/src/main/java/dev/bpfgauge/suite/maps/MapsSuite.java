package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.MapParams;
import dev.bpfgauge.suite.OptionNumbers;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * The suite {@code maps}: what one operation on one element costs from user space, and the floor it
 * stands on. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class MapsSuite implements Suite {

  public static final String NAME = MapCell.SUITE;

  /** Elements in one batch call where nothing else is asked for. */
  public static final int DEFAULT_BATCH = 256;

  private static final String BATCH = "--batch";
  private static final int MOST_IN_A_BATCH = 1 << 20;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public MapsCalled mapsCalled() {
    return MapsCalled.FROM_USER_SPACE;
  }

  @Override
  public List<String> operationOrder() {
    return MapOperation.words();
  }

  @Override
  public List<Param> params() {
    return List.of(
        MapParams.maps(MapKind.words()),
        MapParams.ENTRIES,
        MapParams.KEY,
        MapParams.VALUE,
        MapParams.FILL,
        MapParams.THREADS,
        Param.of("sharing", how -> how.equals("own") ? "a map each" : "one map").usually("shared"),
        MapParams.PATH,
        MapParams.RUNTIME,
        Param.of("order", order -> order + " keys"),
        Param.of("batch", n -> "batches of " + n));
  }

  /** What it takes beside the common options. */
  private static final class Own {
    @Option(
        names = "--path",
        split = ",",
        paramLabel = "PATH",
        description = "Suite maps: libbpf, syscall. Default: libbpf.")
    List<String> paths = List.of(CallPath.LIBBPF.word());

    @Option(
        names = "--sharing",
        split = ",",
        paramLabel = "HOW",
        description =
            "Suite maps with several threads: shared (one map) or own (one each). Default: shared.")
    List<String> sharing = List.of(Sharing.SHARED.word());

    @Option(
        names = "--order",
        split = ",",
        paramLabel = "ORDER",
        description = "Suite maps: order of the keys: sequential, random, zipf. Default: random.")
    List<String> orders = List.of(KeyOrder.RANDOM.word());

    @Option(
        names = BATCH,
        split = ",",
        paramLabel = "N",
        description =
            "Suite maps: elements in one call of the batch operations. Default: "
                + DEFAULT_BATCH
                + ".")
    List<Integer> batches = List.of(DEFAULT_BATCH);
  }

  @Override
  public Optional<Object> ownOptions() {
    return Optional.of(new Own());
  }

  @Override
  public List<Cell> usualInGuests(Wanted wanted) {
    return cells(wanted);
  }

  /** The floor first: every operation stands on it. */
  @Override
  public List<Cell> cells(Wanted wanted) {
    return Stream.concat(floor().stream(), cells(options(wanted)).stream()).toList();
  }

  private static Options options(Wanted wanted) {
    Own own = wanted.own(Own.class);
    OptionNumbers.require(BATCH, own.batches, 1, MOST_IN_A_BATCH);
    return new Options(
        kinds(wanted),
        operations(wanted),
        all(own.paths, CallPath::ofWord),
        wanted.entries(),
        wanted.keySizes(),
        wanted.valueSizes(),
        wanted.fills(),
        wanted.threadsOrOne(),
        all(own.sharing, Sharing::ofWord),
        all(own.orders, KeyOrder::ofWord),
        own.batches);
  }

  static List<MapKind> kinds(Wanted wanted) {
    return wanted.maps().isEmpty() ? MapKind.USUAL_KINDS : all(wanted.maps(), MapKind::ofWord);
  }

  private static List<MapOperation> operations(Wanted wanted) {
    return wanted.operations().isEmpty()
        ? MapOperation.USUAL_OPERATIONS
        : all(wanted.operations(), MapOperation::ofWord);
  }

  private static <T> List<T> all(List<String> words, Function<String, T> parse) {
    return words.stream().map(parse).distinct().toList();
  }

  @Override
  public List<Cell> references(Wanted wanted) {
    return references(kinds(wanted));
  }

  /** In a guest, and where no JIT compiler has a part. */
  @Override
  public Meter meter() {
    return new MapsMeter();
  }

  @Override
  public Optional<OwnProcess> ownProcess() {
    return Optional.of(CellRunner::run);
  }

  @Override
  public List<Extra> extras() {
    return Turns.extrasAnd(Reference.EXTRAS);
  }

  @Override
  public Optional<InTurns> inTurns() {
    return Optional.of(new TurnsFork());
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice("maps", "--map", MapKind.words()),
        new Choice("operations", "--op", MapOperation.words()),
        new Choice("paths", "--path", EnumWords.all(CallPath.class)),
        new Choice("orders", "--order", EnumWords.all(KeyOrder.class)));
  }

  @Override
  public List<String> options(Cell cell) {
    return MapParams.options(cell);
  }

  /** Whether threads work on one map or have one each. */
  public enum Sharing {
    SHARED,
    OWN;

    public String word() {
      return EnumWords.of(this);
    }

    public static Sharing ofWord(String word) {
      return EnumWords.parse(Sharing.class, "sharing", word);
    }
  }

  /**
   * What to measure: the product of all lists. What makes no sense in it becomes a cell that says
   * so when it is measured.
   *
   * @param batches elements in one call of a batch operation
   * @param sharing counts only where threads are more than one
   */
  public record Options(
      List<MapKind> kinds,
      List<MapOperation> operations,
      List<CallPath> paths,
      List<Long> entries,
      List<Integer> keyBytes,
      List<Integer> valueBytes,
      List<Integer> fillPercents,
      List<Integer> threads,
      List<Sharing> sharing,
      List<KeyOrder> orders,
      List<Integer> batches) {

    /** The grid of the 2024 comparison. */
    public static final Options DEFAULT =
        new Options(
            MapKind.USUAL_KINDS,
            MapOperation.USUAL_OPERATIONS,
            List.of(CallPath.LIBBPF),
            List.of(1024L),
            List.of(Integer.BYTES),
            List.of(Long.BYTES),
            List.of(100),
            List.of(1),
            List.of(Sharing.SHARED),
            List.of(KeyOrder.RANDOM),
            List.of(DEFAULT_BATCH));

    /** The same for other operations. */
    public Options of(List<MapOperation> others) {
      return new Options(
          kinds,
          others,
          paths,
          entries,
          keyBytes,
          valueBytes,
          fillPercents,
          threads,
          sharing,
          orders,
          batches);
    }
  }

  /** Whether a known delay can be put into a cell's operations. */
  public static boolean takesDelay(Cell cell) {
    if (!cell.suite().equals(NAME)) {
      return false;
    }
    MapCell map = MapCell.of(cell);
    return map.runtime() == LoopRuntime.JAVA && map.operation().ofOneElement();
  }

  /**
   * The cells asked for, in the order of the lists, each once.
   *
   * @throws Refusal where a number is out of range, or nothing that is asked for can be
   */
  public static List<Cell> cells(Options options) {
    List<Cell> cells = new ArrayList<>();
    for (MapOperation operation : options.operations()) {
      for (MapKind kind : options.kinds()) {
        for (long entries : options.entries()) {
          sizes(options, operation, kind, entries, cells);
        }
      }
    }
    refuseIfNoneCanBe(cells, cell -> MapCell.of(cell).refuseNonsense());
    return cells.stream().distinct().toList();
  }

  /**
   * Refuses cells that all make no sense, before anything starts. Where some of a product do, each
   * becomes a row that says why.
   *
   * @param refuse throws where a cell makes none
   * @throws Refusal the first cell's
   */
  public static void refuseIfNoneCanBe(List<Cell> cells, Consumer<Cell> refuse) {
    Refusal first = null;
    for (Cell cell : cells) {
      try {
        refuse.accept(cell);
        return;
      } catch (Refusal e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static void sizes(
      Options options, MapOperation operation, MapKind kind, long entries, List<Cell> cells) {
    for (int key : options.keyBytes()) {
      for (int value : options.valueBytes()) {
        for (int fill : options.fillPercents()) {
          for (int batch : options.batches()) {
            MapCell shape =
                new MapCell(
                    operation,
                    kind,
                    entries,
                    key,
                    value,
                    fill,
                    1,
                    false,
                    KeyOrder.RANDOM,
                    CallPath.LIBBPF,
                    LoopRuntime.JAVA,
                    batch);
            uses(options, shape, cells);
          }
        }
      }
    }
  }

  private static void uses(Options options, MapCell shape, List<Cell> cells) {
    for (int threads : options.threads()) {
      for (Sharing sharing : options.sharing()) {
        for (KeyOrder order : options.orders()) {
          for (CallPath path : options.paths()) {
            cells.add(shape.used(threads, sharing == Sharing.OWN, order, path).cell());
          }
        }
      }
    }
  }

  /**
   * What tells where a lookup's time goes: the same lookups by syscall(2), and both ways in C, with
   * one thread and with a second that sleeps. For each kind, in the default shape.
   */
  public static List<Cell> references(List<MapKind> kinds) {
    List<Cell> cells = new ArrayList<>();
    for (MapKind kind : kinds) {
      MapCell lookup = MapCell.of(MapOperation.LOOKUP, Map.of("map", kind.word()));
      cells.add(lookup.used(1, false, KeyOrder.RANDOM, CallPath.SYSCALL).cell());
      for (CallPath path : CallPath.values()) {
        for (LoopRuntime runtime : List.of(LoopRuntime.C, LoopRuntime.C_THREAD)) {
          Cell java = lookup.used(1, false, KeyOrder.RANDOM, path).cell();
          cells.add(java.with("runtime", runtime.word()));
        }
      }
    }
    return cells;
  }

  /**
   * The floor ladder, cheapest first: an empty benchmark method, a call by FFM that does nothing,
   * the cheapest system call, and a bpf(2) that is refused at once.
   */
  public static List<Cell> floor() {
    return FloorStep.names().stream()
        .map(name -> new Cell(Cell.FLOOR, Cell.FLOOR + "." + name, Map.of(), ""))
        .toList();
  }
}
