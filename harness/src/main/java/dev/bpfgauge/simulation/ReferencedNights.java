package dev.bpfgauge.simulation;

import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.ReferencedTimes;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/** Nights whose forks measured a reference beside their cells, where the truth is known. */
final class ReferencedNights {
  private static final int CELLS = 20;
  private static final int FORKS = 6;
  private static final int LEAD = 20;
  private static final int TRIALS = 200;
  private static final long SEED = 20_27;

  private ReferencedNights() {}

  /** How nights differ, as standard deviations of logarithms. */
  enum Nature {
    MOODS("the machine by 5 %, cells by 0.5 %", 0.05, 0, 0.005, 0.005, 1),
    LOUD("the machine by 10 %, cells by 1 %", 0.10, 0, 0.01, 0.005, 1),
    VISITS("the machine: 1 night in 10 +20 %", 0, 0.1, 0.005, 0.005, 1),
    QUIET("cells by 1 %, the reference by 0.5 %", 0, 0, 0.01, 0.005, 1),
    ALONE("cells by 1 %, the reference +10 %", 0, 0, 0.01, 0.005, 1.1);

    private final String words;
    private final double machine;
    private final double visits;
    private final double cells;
    private final double own;
    private final double moved;

    /**
     * @param machine from run to run, cells and reference alike
     * @param visits share of runs in which both take 20 % longer
     * @param cells from run to run, each cell by itself
     * @param own from run to run, the reference alone
     * @param moved what the reference takes in the newest night, of what it took before
     */
    Nature(String words, double machine, double visits, double cells, double own, double moved) {
      this.words = words;
      this.machine = machine;
      this.visits = visits;
      this.cells = cells;
      this.own = own;
      this.moved = moved;
    }

    /** The cells of a run; the first takes {@code slower} as long as the others. */
    private List<Night> run(double slower, double itsMoved, Random random) {
      double level =
          machine * random.nextGaussian() + (random.nextDouble() < visits ? Math.log(1.2) : 0);
      double reference = level + own * random.nextGaussian() + Math.log(itsMoved);
      List<Night> run = new ArrayList<>();
      for (int cell = 0; cell < CELLS; cell++) {
        double off = level + cells * random.nextGaussian() + (cell == 0 ? Math.log(slower) : 0);
        double[] times = new double[FORKS];
        double[] references = new double[FORKS];
        for (int fork = 0; fork < FORKS; fork++) {
          times[fork] = 1000 * Math.exp(off + 0.01 * random.nextGaussian());
          references[fork] = 200 * Math.exp(reference + 0.005 * random.nextGaussian());
        }
        run.add(Night.of(times, references));
      }
      return run;
    }
  }

  /**
   * Shares of newest nights.
   *
   * @param decides in which corrected figures are judged
   * @param rawAlarms with a cell called changed that did not, would figures as measured be judged
   * @param alarms the same by the rule
   * @param rawFound in which the first cell's slowdown would be found and twice confirmed
   * @param found the same by the rule
   */
  record Said(double decides, double rawAlarms, double alarms, double rawFound, double found) {}

  /** Each night once without a change and once with a cell that is slower. */
  static Said simulate(Nature nature, double slower, int trials, Random random) {
    int[] counts = new int[5];
    for (int trial = 0; trial < trials; trial++) {
      List<List<Night>> earlier =
          Stream.generate(() -> nature.run(1, 1, random)).limit(LEAD).toList();
      List<List<Night>> same =
          Stream.generate(() -> nature.run(1, nature.moved, random)).limit(3).toList();
      boolean corrects = corrects(earlier, same.getFirst());
      counts[0] += corrects ? 1 : 0;
      boolean rawAlarm = isAlarm(earlier, same, false);
      counts[1] += rawAlarm ? 1 : 0;
      counts[2] += (corrects ? isAlarm(earlier, same, true) : rawAlarm) ? 1 : 0;
      List<List<Night>> changed =
          Stream.generate(() -> nature.run(slower, nature.moved, random)).limit(3).toList();
      boolean rawFound = isFound(earlier, changed, false);
      counts[3] += rawFound ? 1 : 0;
      counts[4] +=
          (corrects(earlier, changed.getFirst()) ? isFound(earlier, changed, true) : rawFound)
              ? 1
              : 0;
    }
    double all = trials;
    return new Said(
        counts[0] / all, counts[1] / all, counts[2] / all, counts[3] / all, counts[4] / all);
  }

  private static boolean corrects(List<List<Night>> earlier, List<Night> newest) {
    List<ReferencedTimes> subject = new ArrayList<>();
    List<ReferencedTimes> before = new ArrayList<>();
    for (int cell = 0; cell < CELLS; cell++) {
      subject.add(Night.referenced(List.of(newest.get(cell))));
      before.add(Night.referenced(Night.withUsualReference(history(earlier, cell))));
    }
    return Correction.of(subject, before, Simulation.MARGIN).decides();
  }

  private static List<Night> history(List<List<Night>> earlier, int cell) {
    return earlier.stream().map(night -> night.get(cell)).toList();
  }

  /** One cell among all is called changed by the night and its repetitions. */
  private static boolean isAlarm(
      List<List<Night>> earlier, List<List<Night>> runs, boolean corrected) {
    List<Verdict> confirmed = confirmed(earlier, runs, corrected);
    return confirmed.contains(Verdict.SLOWER) || confirmed.contains(Verdict.FASTER);
  }

  private static boolean isFound(
      List<List<Night>> earlier, List<List<Night>> runs, boolean corrected) {
    return confirmed(earlier, runs, corrected).getFirst() == Verdict.SLOWER;
  }

  /** The night is the first run, its repetitions the others. */
  private static List<Verdict> confirmed(
      List<List<Night>> earlier, List<List<Night>> runs, boolean corrected) {
    List<List<NightComparison>> compared = new ArrayList<>();
    for (List<Night> run : runs) {
      List<NightComparison> family = new ArrayList<>();
      for (int cell = 0; cell < CELLS; cell++) {
        List<Night> history = history(earlier, cell);
        double typical = corrected ? Night.typicalReference(history) : Double.NaN;
        family.add(
            NightComparison.of(
                history.stream().map(night -> judged(night, typical)).toList(),
                judged(run.get(cell), typical),
                Simulation.MARGIN));
      }
      compared.add(family);
    }
    List<Verdict> verdicts = new ArrayList<>(NightComparison.judge(compared.getFirst()));
    for (int cell = 0; cell < CELLS; cell++) {
      for (List<NightComparison> repetition : compared.subList(1, compared.size())) {
        if (!repetition.get(cell).confirms(verdicts.get(cell))) {
          verdicts.set(cell, Verdict.INCONCLUSIVE);
        }
      }
    }
    return verdicts;
  }

  /** As measured where {@code typical} is NaN. */
  private static Night judged(Night night, double typical) {
    return Double.isNaN(typical) ? night : Objects.requireNonNull(night.corrected(typical));
  }

  static String table() {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(
        "Nights with a reference beside %d cells: %d trials, as measured | by the rule\n",
        CELLS, TRIALS);
    table.format(
        "%-38s %9s  %16s  %13s  %13s\n",
        "how nights differ", "corrected", "with an alarm", "+5 % found", "+10 % found");
    for (Nature nature : Nature.values()) {
      Said five = simulate(nature, 1.05, TRIALS, new Random(SEED));
      Said ten = simulate(nature, 1.10, TRIALS, new Random(SEED));
      table.format(
          "%-38s %7.0f %%  %5.1f %% | %4.1f %%  %3.0f %% | %3.0f %%  %3.0f %% | %3.0f %%\n",
          nature.words,
          100 * five.decides,
          100 * five.rawAlarms,
          100 * five.alarms,
          100 * five.rawFound,
          100 * five.found,
          100 * ten.rawFound,
          100 * ten.found);
    }
    return table.toString();
  }
}
