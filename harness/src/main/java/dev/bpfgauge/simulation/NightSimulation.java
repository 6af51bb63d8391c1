package dev.bpfgauge.simulation;

import dev.bpfgauge.stats.ChangePoints;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Shows how the gate and the change points behave where the truth is known. Its output stands in
 * docs/measured/simulations.md; the same seed gives the same output.
 *
 * <p>{@code java -cp harness.jar dev.bpfgauge.simulation.NightSimulation}
 */
public final class NightSimulation {
  static final int NIGHTS = 1000;
  static final int CELLS = 60;
  private static final int FORKS = 6;
  private static final int LEAD = 20;
  private static final long SEED = 20_26;

  /** Nights between two steps, where there are any. */
  private static final int STRETCH = 50;

  private NightSimulation() {}

  /** Prints the report. */
  public static void main(String[] args) {
    System.out.print(report());
  }

  /** All tables. */
  static String report() {
    return Stream.<Supplier<String>>of(
            NightSimulation::gateTable,
            NightSimulation::stepTable,
            ReferencedNights::table,
            NightSimulation::changePointTable,
            StepSimulation::tables)
        .parallel()
        .map(Supplier::get)
        .collect(Collectors.joining("\n"));
  }

  /**
   * How nights differ when nothing changed. All in logarithms; a fork scatters by itself besides.
   */
  enum Nature {
    QUIET("nights CV 0.5 %, forks 1 %", 0.03, 0.01) {
      @Override
      double run(Machine machine, Random random) {
        return 0.005 * random.nextGaussian();
      }
    },
    USUAL("nights CV 1 %, forks 1 %", 0.03, 0.01) {
      @Override
      double run(Machine machine, Random random) {
        return 0.01 * random.nextGaussian();
      }
    },
    HEAVY_TAILS("heavy tails (t, 3 degrees), CV 1 %", 0.03, 0.01) {
      @Override
      double run(Machine machine, Random random) {
        double squares = 0;
        for (int i = 0; i < 3; i++) {
          double z = random.nextGaussian();
          squares += z * z;
        }
        return 0.01 * random.nextGaussian() / Math.sqrt(squares);
      }
    },
    SPIKES("CV 0.5 %, 1 run in 50 +10 %", 0.03, 0.01) {
      @Override
      double run(Machine machine, Random random) {
        return 0.005 * random.nextGaussian() + (random.nextInt(50) == 0 ? Math.log(1.1) : 0);
      }
    },
    DRIFT("CV 0.5 %, wanders 0.2 % a night", 0.03, 0.01) {
      @Override
      double run(Machine machine, Random random) {
        return machine.wandered + 0.005 * random.nextGaussian();
      }
    },
    MOODS("all cells: 1 night in 20 +8 %, repetitions too", 0.03, 0.01) {
      @Override
      double run(Machine machine, Random random) {
        return machine.mood + 0.005 * random.nextGaussian();
      }
    },
    INSTRUCTIONS("instructions: boots CV 0.1 %", 0.005, 0.001),
    ALIKE("instructions: boots CV 0.01 %", 0.005, 0.0001);

    private final String words;
    private final double margin;
    private final double forks;

    Nature(String words, double margin, double forks) {
      this.words = words;
      this.margin = margin;
      this.forks = forks;
    }

    /** What a run of this night is off by, for one cell, beside its forks' scatter. */
    double run(Machine machine, Random random) {
      return 0;
    }

    /** Instructions are counted ten times as finely. */
    double step(double ofTimes) {
      return isCounted() ? ofTimes / 10 : ofTimes;
    }

    private boolean isCounted() {
      return this == INSTRUCTIONS || this == ALIKE;
    }

    Night night(Machine machine, double level, Random random) {
      double off = level + run(machine, random);
      double[] means = new double[isCounted() ? 2 : FORKS];
      for (int i = 0; i < means.length; i++) {
        means[i] = 1000 * Math.exp(off + forks * random.nextGaussian());
      }
      return Night.of(means);
    }
  }

  /** What all runs of a night share. */
  static final class Machine {
    private double wandered;
    private double mood;

    void next(Random random) {
      wandered += 0.002 * random.nextGaussian();
      mood = random.nextInt(20) == 0 ? Math.log(1.08) : 0;
    }
  }

  /**
   * What the gate said in nights without a change.
   *
   * @param nights judged
   * @param looked cells that looked changed
   * @param confirmed of those, cells that the repetitions confirmed
   * @param alarms of those, cells that the frozen program did not excuse
   * @param alarmNights nights with at least one such
   */
  record Alarms(int nights, int looked, int confirmed, int alarms, int alarmNights) {}

  /** Judges night after night, each against the nights before it. */
  static Alarms alarms(Nature nature, int nights, int cells, Random random) {
    Machine machine = new Machine();
    List<List<Night>> histories = histories(cells);
    List<List<Night>> frozen = histories(cells);
    int looked = 0;
    int confirmed = 0;
    int alarms = 0;
    int alarmNights = 0;
    for (int night = 0; night < nights + LEAD; night++) {
      machine.next(random);
      List<Night> newest = all(nature, machine, cells, random);
      List<Night> canaries = all(nature, machine, cells, random);
      if (night >= LEAD) {
        int before = alarms;
        List<NightComparison> family = compared(histories, newest, nature.margin);
        List<Verdict> verdicts = NightComparison.judge(family);
        for (int cell = 0; cell < cells; cell++) {
          Verdict verdict = verdicts.get(cell);
          if (verdict == Verdict.SLOWER || verdict == Verdict.FASTER) {
            looked++;
            if (isConfirmed(nature, machine, 0, histories.get(cell), verdict, random)) {
              confirmed++;
              NightComparison canary =
                  NightComparison.of(
                      NightComparison.baseline(frozen.get(cell)),
                      canaries.get(cell),
                      nature.margin);
              alarms += family.get(cell).relativeTo(canary).confirms(verdict) ? 1 : 0;
            }
          }
        }
        alarmNights += alarms > before ? 1 : 0;
      }
      for (int cell = 0; cell < cells; cell++) {
        histories.get(cell).add(newest.get(cell));
        frozen.get(cell).add(canaries.get(cell));
      }
    }
    return new Alarms(nights, looked, confirmed, alarms, alarmNights);
  }

  private static boolean isConfirmed(
      Nature nature,
      Machine machine,
      double level,
      List<Night> history,
      Verdict verdict,
      Random random) {
    List<Night> baseline = NightComparison.baseline(history);
    for (int i = 0; i < NightComparison.REPETITIONS; i++) {
      Night repeat = nature.night(machine, level, random);
      if (!NightComparison.of(baseline, repeat, nature.margin).confirms(verdict)) {
        return false;
      }
    }
    return true;
  }

  private static List<List<Night>> histories(int cells) {
    List<List<Night>> histories = new ArrayList<>();
    for (int cell = 0; cell < cells; cell++) {
      histories.add(new ArrayList<>());
    }
    return histories;
  }

  private static List<Night> all(Nature nature, Machine machine, int cells, Random random) {
    return IntStream.range(0, cells).mapToObj(_ -> nature.night(machine, 0, random)).toList();
  }

  private static List<NightComparison> compared(
      List<List<Night>> histories, List<Night> newest, double margin) {
    return IntStream.range(0, newest.size())
        .mapToObj(cell ->
            NightComparison.of(
                NightComparison.baseline(histories.get(cell)), newest.get(cell), margin))
        .toList();
  }

  /**
   * How often one slowed cell among equal ones is called regressed in its first night.
   *
   * @param step slowdown as a share
   */
  static double found(Nature nature, double step, int trials, Random random) {
    int found = 0;
    for (int trial = 0; trial < trials; trial++) {
      Machine machine = new Machine();
      List<List<Night>> histories = histories(CELLS);
      for (int night = 0; night < LEAD; night++) {
        machine.next(random);
        for (List<Night> history : histories) {
          history.add(nature.night(machine, 0, random));
        }
      }
      machine.next(random);
      List<Night> newest = new ArrayList<>(all(nature, machine, CELLS, random));
      newest.set(0, nature.night(machine, Math.log1p(step), random));
      Verdict verdict =
          NightComparison.judge(compared(histories, newest, nature.margin)).getFirst();
      boolean confirmed =
          verdict == Verdict.SLOWER
              && isConfirmed(
                  nature, machine, Math.log1p(step), histories.getFirst(), verdict, random);
      found += confirmed ? 1 : 0;
    }
    return (double) found / trials;
  }

  /** Finds change points. */
  interface Finder {
    List<Integer> in(double[] series);
  }

  /**
   * What a finder found in series whose steps are known.
   *
   * @param found share of the steps with a change point within three nights
   * @param wrong change points per 1000 nights that are near no step
   */
  record Found(double found, double wrong) {}

  /** A step every {@link #STRETCH} nights, up and down by turns; none where {@code step} is 0. */
  static Found changePoints(Finder finder, Nature nature, double step, int series, long seed) {
    int steps = 0;
    int found = 0;
    int wrong = 0;
    for (int i = 0; i < series; i++) {
      Random random = new Random(seed + i);
      Machine machine = new Machine();
      double[] times = new double[NIGHTS];
      for (int night = 0; night < NIGHTS; night++) {
        machine.next(random);
        double level = night / STRETCH % 2 * Math.log1p(step);
        times[night] = nature.night(machine, level, random).time();
      }
      List<Integer> cuts = finder.in(times);
      boolean any = step > 0;
      for (int at = STRETCH; any && at < NIGHTS; at += STRETCH) {
        int place = at;
        steps++;
        found += cuts.stream().anyMatch(cut -> Math.abs(cut - place) <= 3) ? 1 : 0;
      }
      wrong += (int) cuts.stream().filter(cut -> !any || distance(cut) > 3).count();
    }
    return new Found(
        steps == 0 ? Double.NaN : (double) found / steps, 1000.0 * wrong / (series * NIGHTS));
  }

  private static int distance(int cut) {
    int over = cut % STRETCH;
    return cut < STRETCH / 2 ? STRETCH - cut : Math.min(over, STRETCH - over);
  }

  private static String gateTable() {
    Formatter out = new Formatter(Locale.ROOT);
    out.format("The gate: %d nights x %d cells without a change\n", NIGHTS, CELLS);
    out.format(
        "%-50s %7s %9s %8s %12s\n",
        "how nights differ", "looked", "repeated", "alarms", "nights with");
    return out + ofEach(NightSimulation::gateRow);
  }

  private static String gateRow(Nature nature) {
    Alarms alarms = alarms(nature, NIGHTS, CELLS, new Random(SEED));
    return String.format(
        Locale.ROOT,
        "%-50s %7d %9d %8d %12d\n",
        nature.words,
        alarms.looked(),
        alarms.confirmed(),
        alarms.alarms(),
        alarms.alarmNights());
  }

  /** Each has a seed of its own, so they are the same in any order. */
  private static String ofEach(Function<Nature, String> row) {
    return Stream.of(Nature.values()).parallel().map(row).collect(Collectors.joining());
  }

  private static String stepTable() {
    double[] steps = {0.02, 0.05, 0.06, 0.07, 0.08, 0.09, 0.10};
    return "The gate: slowdowns of one cell in 60 found and confirmed in their first night\n"
        + stepRow(Nature.QUIET, 1, steps)
        + stepRow(Nature.USUAL, 1, steps)
        + stepRow(Nature.INSTRUCTIONS, 1, 0.003, 0.005, 0.006, 0.007, 0.008, 0.009, 0.010)
        + stepRow(Nature.ALIKE, 2, 0.0050, 0.0051, 0.0052, 0.0053, 0.0054, 0.0055, 0.0060);
  }

  private static String stepRow(Nature nature, int decimals, double... steps) {
    Formatter row = new Formatter(Locale.ROOT).format("%-34s", nature.words);
    for (double step : steps) {
      row.format(
          " %5." + decimals + "f%%:%4.0f%%",
          100 * step,
          100 * found(nature, step, 100, new Random(SEED)));
    }
    return row + "\n";
  }

  private static String changePointTable() {
    Formatter out = new Formatter(Locale.ROOT);
    out.format("Change points: 20 series of %d nights; ours | Otava's\n", NIGHTS);
    out.format(
        "%-50s %17s %18s %18s\n",
        "how nights differ", "wrong per 1000", "steps of 2 % *", "steps of 5 % *");
    return out + ofEach(NightSimulation::changePointRow) + "* of instructions: 0.2 % and 0.5 %\n";
  }

  private static String changePointRow(Nature nature) {
    return String.format(
        Locale.ROOT,
        "%-50s %17s %18s %18s\n",
        nature.words,
        both(nature, 0, Found::wrong, "%.2f", 1),
        both(nature, nature.step(0.02), Found::found, "%.0f %%", 100),
        both(nature, nature.step(0.05), Found::found, "%.0f %%", 100));
  }

  private static String both(
      Nature nature, double step, ToDoubleFunction<Found> what, String format, double factor) {
    Found ours = changePoints(NightSimulation::ours, nature, step, 20, SEED);
    Found others = changePoints(WindowedDivisive::of, nature, step, 20, SEED);
    return String.format(Locale.ROOT, format, factor * what.applyAsDouble(ours))
        + " | "
        + String.format(Locale.ROOT, format, factor * what.applyAsDouble(others));
  }

  static List<Integer> ours(double[] series) {
    return ChangePoints.of(series).stream().map(ChangePoints.ChangePoint::index).toList();
  }
}
