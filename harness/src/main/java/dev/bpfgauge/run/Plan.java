package dev.bpfgauge.run;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What will run, in which order, how long: data only, kept as plan.json so that a run can resume.
 *
 * @param mode {@code quick}, {@code default}, {@code thorough} or {@code custom}
 * @param arms the arms; the first is the reference
 * @param forks every fork in the order of execution
 * @param rounds rounds over all arms; those of later ones are measured as far as {@code until} says
 * @param seed seed of the order and of the benchmarks' keys
 * @param times how long one fork warms up and measures
 * @param margin margin of equivalence as a share
 * @param until how it goes on after them; absent where it does not
 * @param injectNanos arm label → busy delay put into that arm's operations, to see whether a known
 *     slowdown is found; empty in a plain run
 */
public record Plan(
    String mode,
    List<ArmInfo> arms,
    List<PlannedFork> forks,
    int rounds,
    long seed,
    Times times,
    double margin,
    @Nullable Until until,
    SortedMap<String, Long> injectNanos) {

  /** The plan's file in the run's folder, kept so that a run can resume. */
  public static final String FILE = "plan.json";

  /** The group of what is measured on the first arm and compared with nothing on the others. */
  private static final String ALONE = "alone";

  /** So long a process of many cells warms up at least, in milliseconds. */
  private static final int FIRST_WARMUP = 500;

  /** So long each of them is measured at least: some dozens of turns. */
  private static final int FEWEST_MILLIS = 80;

  /** About so long a process takes beside what it measures. */
  private static final int STARTS_MILLIS = 500;

  private static final String IN_TURNS = "in turns: ";

  public Plan {
    arms = List.copyOf(arms);
    forks = List.copyOf(forks);
    injectNanos = Collections.unmodifiableSortedMap(new TreeMap<>(injectNanos));
  }

  /**
   * One fork to run.
   *
   * @param seq position in the plan, from 0
   * @param round the round it belongs to, from 0
   * @param cell what it measures
   * @param process forks of the same number take turns in one process, and follow each other in the
   *     plan; absent for a fork that has a process to itself
   */
  public record PlannedFork(int seq, int round, Cell cell, @Nullable Integer process) {}

  /**
   * The times of one fork.
   *
   * @param warmupMillis warm-up, once
   * @param measureMillis one iteration
   * @param iterations iterations measured
   */
  public record Times(int warmupMillis, int measureMillis, int iterations) {

    public int totalMillis() {
      return warmupMillis + measureMillis * iterations;
    }
  }

  /**
   * What is measured on the first arm alone, beside what is compared across the arms.
   *
   * @param cells the cells; their profile is replaced
   * @param rounds in how many rounds, spread over the run; in all where there are no more
   */
  public record Beside(List<Cell> cells, int rounds) {
    public Beside {
      cells = List.copyOf(cells);
    }

    /** Whether it is the turn of these cells: in the first round, then at even distances. */
    private boolean isDue(int round, int of) {
      return turns(round + 1, of) > turns(round, of);
    }

    private int turns(int round, int of) {
      return Math.ceilDiv(round * Math.min(rounds, of), of);
    }
  }

  /**
   * What is measured close together.
   *
   * @param visits how often a round goes from one arm to the next
   * @param processes cells with equal words take turns in one process, which sees all arms where a
   *     round visits them for each group; empty for a cell that has a process to itself
   */
  public record Together(Visits visits, Function<Cell, Optional<String>> processes) {
    /** A process for each cell. */
    public static Together alone(Visits visits) {
      return new Together(visits, _ -> Optional.empty());
    }

    private String groupOf(Cell cell) {
      return switch (visits) {
        case ONCE_A_ROUND -> "";
        case FOR_EACH_GROUP ->
            processes
                .apply(cell)
                .map(IN_TURNS::concat)
                .orElseGet(() ->
                    cell.params().isEmpty()
                        ? cell.suite()
                        : cell.with("path", "").with("runtime", "").key());
      };
    }

    /**
     * Whether a process sees all arms. Where it sees one, what is on the first arm alone has a
     * process to itself: what is compared must have the same company on all arms.
     */
    private boolean sharesAcrossArms() {
      return visits == Visits.FOR_EACH_GROUP;
    }

    /** What a fork of a round shares its process with; empty for nothing. */
    private Optional<List<Object>> process(int round, Cell cell, ArmInfo arm) {
      return processes
          .apply(cell)
          .map(word ->
              visits == Visits.ONCE_A_ROUND
                  ? List.of(round, word, arm.label())
                  : List.of(round, word));
    }
  }

  /** How often a round goes from one arm to the next. */
  public enum Visits {
    /**
     * For each group of cells: the forks that are compared lie seconds apart, so that a disturbance
     * of ten seconds hits both sides or none.
     */
    FOR_EACH_GROUP,
    /** Once a round: for loads that take long to bring up, such as a full memory. */
    ONCE_A_ROUND
  }

  /**
   * Interleaves. Cells that differ in path and runtime only are one group, and so is the floor:
   * they are compared, so they stay together. A group visits the arms forwards in one round and
   * backwards in the next (ABBA), so that drift hits every arm alike. From the second round on
   * groups and their cells are shuffled, in the same order for each arm; the first round shows the
   * plan's own order.
   *
   * <p>Cells that take turns in one process are one group as well. Where arms are visited for each
   * group, so are all their arms: one process sees them all.
   *
   * <p>What is measured on the first arm alone lies beside the cells it differs from in path and
   * runtime only, such as the C reference; where there are none, all in one group of its own.
   *
   * <p>Where the run goes on until something is so, the rounds behind have what is compared across
   * the arms, what shares its processes, and nothing else.
   *
   * @param everywhere cells measured on every arm; their profile is replaced
   * @param besides what is measured on the first arm alone, less what is measured everywhere
   * @param until how it goes on after the rounds; absent where it does not
   */
  public static Plan interleave(
      String mode,
      List<ArmInfo> arms,
      Together together,
      List<Cell> everywhere,
      List<Beside> besides,
      int rounds,
      long seed,
      Times times,
      double margin,
      @Nullable Until until,
      SortedMap<String, Long> injectNanos) {
    Random random = new Random(seed);
    List<Group> groups = groups(together, everywhere, besides);
    List<PlannedFork> forks = new ArrayList<>();
    Map<List<Object>, Integer> processes = new LinkedHashMap<>();
    int most = until == null ? rounds : until.rounds();
    for (int round = 0; round < most; round++) {
      List<Group> order = new ArrayList<>(groups);
      if (round > 0) {
        Collections.shuffle(order, random);
      }
      for (Group group : order) {
        boolean forwards = (round + group.position) % 2 == 0;
        List<Cell> shared = shuffled(group.everywhere, round, random);
        List<Cell> due =
            round < rounds ? group.alone(round, rounds) : group.company(together, round, arms);
        List<Cell> alone = shuffled(due, round, random);
        for (ArmInfo arm : forwards ? arms : arms.reversed()) {
          // What is compared across arms lies next to the other arm, the rest behind it.
          List<Cell> cells = new ArrayList<>(shared);
          if (arm.label().equals(arms.getFirst().label())) {
            cells.addAll(forwards ? 0 : cells.size(), alone);
          }
          for (Cell cell : cells) {
            Integer process =
                together
                    .process(round, cell, arm)
                    .map(key ->
                        together.sharesAcrossArms() || shared.contains(cell)
                            ? key
                            : List.<Object>of(key, "beside"))
                    .map(key -> processes.computeIfAbsent(key, _ -> processes.size()))
                    .orElse(null);
            forks.add(new PlannedFork(forks.size(), round, cell.on(arm.label()), process));
          }
        }
      }
    }
    return new Plan(mode, arms, forks, rounds, seed, times, margin, until, injectNanos);
  }

  /**
   * Visits each arm once a round, in an order that chance makes.
   *
   * @param cells an arm's cells, in the order they are measured
   * @param inTurns a round's forks take turns instead
   */
  public static Plan inRandomOrder(
      String mode,
      List<ArmInfo> arms,
      Function<ArmInfo, List<Cell>> cells,
      boolean inTurns,
      int rounds,
      long seed,
      Times times,
      double margin) {
    Random random = new Random(seed);
    List<PlannedFork> forks = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<ArmInfo> order = new ArrayList<>(arms);
      Collections.shuffle(order, random);
      for (ArmInfo arm : order) {
        for (Cell cell : cells.apply(arm)) {
          Integer process = inTurns ? round : null;
          forks.add(new PlannedFork(forks.size(), round, cell.on(arm.label()), process));
        }
      }
    }
    return new Plan(mode, arms, forks, rounds, seed, times, margin, null, new TreeMap<>());
  }

  /**
   * Visits each arm once a round, forwards in one and backwards in the next (ABBA), where each arm
   * has cells of its own.
   *
   * @param cells an arm's cells, in the order they are measured
   */
  public static Plan alternate(
      String mode,
      List<ArmInfo> arms,
      Function<ArmInfo, List<Cell>> cells,
      int rounds,
      long seed,
      Times times,
      double margin,
      SortedMap<String, Long> injectNanos) {
    List<PlannedFork> forks = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (ArmInfo arm : round % 2 == 0 ? arms : arms.reversed()) {
        for (Cell cell : cells.apply(arm)) {
          forks.add(new PlannedFork(forks.size(), round, cell.on(arm.label()), null));
        }
      }
    }
    return new Plan(mode, arms, forks, rounds, seed, times, margin, null, injectNanos);
  }

  private record Group(int position, List<Cell> everywhere, List<Beside> besides) {
    Group(int position) {
      this(position, new ArrayList<>(), new ArrayList<>());
    }

    /** What shares the processes of what is measured everywhere: it is a part of their figures. */
    List<Cell> company(Together together, int round, List<ArmInfo> arms) {
      if (!together.sharesAcrossArms()) {
        return List.of();
      }
      Set<Optional<List<Object>>> shared =
          everywhere.stream()
              .map(cell -> together.process(round, cell, arms.getFirst()))
              .collect(Collectors.toSet());
      return besides.stream()
          .flatMap(beside -> beside.cells.stream())
          .filter(cell -> {
            Optional<List<Object>> its = together.process(round, cell, arms.getFirst());
            return its.isPresent() && shared.contains(its);
          })
          .toList();
    }

    List<Cell> alone(int round, int rounds) {
      return besides.stream()
          .filter(beside -> beside.isDue(round, rounds))
          .flatMap(beside -> beside.cells.stream())
          .toList();
    }
  }

  private static List<Group> groups(
      Together together, List<Cell> everywhere, List<Beside> besides) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Cell cell : everywhere) {
      groups
          .computeIfAbsent(together.groupOf(cell), _ -> new Group(groups.size()))
          .everywhere
          .add(cell);
    }
    for (Beside beside : besides) {
      for (Cell cell : without(beside.cells, everywhere)) {
        String shared = together.groupOf(cell);
        groups
            .computeIfAbsent(
                groups.containsKey(shared) ? shared : ALONE, _ -> new Group(groups.size()))
            .besides
            .add(new Beside(List.of(cell), beside.rounds));
      }
    }
    return List.copyOf(groups.values());
  }

  private static List<Cell> without(List<Cell> cells, List<Cell> others) {
    return cells.stream().filter(cell -> !others.contains(cell)).toList();
  }

  private static List<Cell> shuffled(List<Cell> cells, int round, Random random) {
    List<Cell> shuffled = new ArrayList<>(cells);
    if (round > 0) {
      Collections.shuffle(shuffled, random);
    }
    return shuffled;
  }

  /** Labels for profile names: a repeated name gets {@code #2}, {@code #3} … */
  public static List<String> labels(List<String> profiles) {
    List<String> labels = new ArrayList<>();
    for (String profile : profiles) {
      int earlier = Collections.frequency(profiles.subList(0, labels.size()), profile);
      labels.add(earlier == 0 ? profile : profile + "#" + (earlier + 1));
    }
    return labels;
  }

  /**
   * The plan of an earlier run.
   *
   * @throws Refusal where its folder has none
   */
  public static Plan of(RunFolder folder) {
    Path file = folder.path().resolve(FILE);
    try {
      return Json.parse(Files.readString(file), Plan.class, file.toString());
    } catch (IOException e) {
      throw Refusal.usage(
          "cannot read the plan of the run, %s, so it cannot go on or be repeated: start a new run."
              .formatted(file));
    }
  }

  /**
   * The same plan with less in it, in the same order.
   *
   * @param kept arms that stay
   * @param wanted forks that stay
   */
  public Plan only(Predicate<ArmInfo> kept, Predicate<Cell> wanted) {
    List<ArmInfo> left = arms.stream().filter(kept).toList();
    Set<String> labels = left.stream().map(ArmInfo::label).collect(Collectors.toSet());
    List<PlannedFork> fewer = new ArrayList<>();
    for (PlannedFork fork : forks) {
      if (labels.contains(fork.cell().profile()) && wanted.test(fork.cell())) {
        fewer.add(new PlannedFork(fewer.size(), fork.round(), fork.cell(), fork.process()));
      }
    }
    return with(left, fewer);
  }

  /**
   * The forks of some cells, and those in their processes: what shares its caches is a part of a
   * figure.
   */
  public Plan withCompany(Set<Cell> cells) {
    List<PlannedFork> fewer = new ArrayList<>();
    for (PlannedFork fork : withCompany(forks, cells)) {
      fewer.add(new PlannedFork(fewer.size(), fork.round(), fork.cell(), fork.process()));
    }
    Set<String> labels =
        fewer.stream().map(fork -> fork.cell().profile()).collect(Collectors.toSet());
    return with(arms.stream().filter(arm -> labels.contains(arm.label())).toList(), fewer);
  }

  /** The same of some forks, with their numbers. */
  static List<PlannedFork> withCompany(List<PlannedFork> forks, Set<Cell> cells) {
    Set<Integer> processes = new HashSet<>();
    for (PlannedFork fork : forks) {
      Integer process = fork.process();
      if (process != null && cells.contains(fork.cell())) {
        processes.add(process);
      }
    }
    return forks.stream()
        .filter(fork -> {
          Integer process = fork.process();
          return process == null ? cells.contains(fork.cell()) : processes.contains(process);
        })
        .toList();
  }

  /** The same with other forks; delays are left of arms that it has. */
  public Plan with(List<ArmInfo> otherArms, List<PlannedFork> otherForks) {
    SortedMap<String, Long> delays = new TreeMap<>(injectNanos);
    delays.keySet().retainAll(otherArms.stream().map(ArmInfo::label).toList());
    return new Plan(mode, otherArms, otherForks, rounds, seed, times, margin, until, delays);
  }

  /**
   * The times of a process in which forks take turns: each has half of what it would have alone,
   * which is more than it needs, and no less than some dozens of turns take.
   */
  public Times inTurns(int forks) {
    return new Times(
        Math.max(FIRST_WARMUP, forks * times.warmupMillis() / 3),
        Math.max(
                (forks + 1) * FEWEST_MILLIS, // The references take less than one.
                forks * times.measureMillis() * times.iterations() / 2)
            / times.iterations(),
        times.iterations());
  }

  /**
   * The times of a fork with a process to itself: where a run goes on, half of its time is for what
   * it does not go on with, which leaves more rounds for the rest.
   */
  Times timesOf(PlannedFork fork) {
    return until == null || goesOn().contains(fork.cell())
        ? times
        : new Times(
            Math.ceilDiv(times.warmupMillis, 2),
            Math.ceilDiv(times.measureMillis, 2),
            times.iterations);
  }

  /** The cells that rounds have which come after those that are measured in any case. */
  Set<Cell> goesOn() {
    return forks.reversed().stream()
        .takeWhile(fork -> fork.round() >= rounds)
        .map(PlannedFork::cell)
        .collect(Collectors.toSet());
  }

  /** What is measured in any case. */
  List<PlannedFork> inAnyCase() {
    return forks.stream().filter(fork -> fork.round() < rounds).toList();
  }

  /** About how long its own rounds take, in milliseconds. */
  public long ownMillis() {
    return about(inAnyCase());
  }

  /** About how long a round takes that comes after those, in milliseconds. */
  public long furtherRoundMillis() {
    return about(forks.stream().filter(fork -> fork.round() == forks.getLast().round()).toList());
  }

  private long about(List<PlannedFork> some) {
    Map<Integer, Long> together =
        some.stream()
            .filter(fork -> fork.process() != null)
            .collect(Collectors.groupingBy(PlannedFork::process, Collectors.counting()));
    return some.stream()
            .filter(fork -> fork.process() == null)
            .mapToLong(fork -> STARTS_MILLIS + timesOf(fork).totalMillis())
            .sum()
        + together.values().stream()
            .mapToLong(count -> inTurns(count.intValue()).totalMillis() + STARTS_MILLIS)
            .sum();
  }

  /** The plan in numbers, for run.json. */
  public PlanInfo info() {
    Set<String> suites = new LinkedHashSet<>();
    forks.forEach(fork -> suites.add(fork.cell().suite()));
    return new PlanInfo(
        mode,
        List.copyOf(suites),
        arms,
        rounds,
        inAnyCase().size(),
        seed,
        times.warmupMillis(),
        times.measureMillis() * times.iterations(),
        margin,
        until == null ? null : until.looks());
  }
}
