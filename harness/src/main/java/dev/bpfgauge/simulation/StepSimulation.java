package dev.bpfgauge.simulation;

import java.util.Formatter;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Shows how change points stand nights that are not normal and alike: how many series without a
 * change get one, and how many steps are found. Its tables are part of {@link NightSimulation}'s.
 */
final class StepSimulation {
  static final int SHORT = 60;
  static final int LONG = 200;
  private static final int SERIES = 200;
  private static final long SEED = 20_27;

  private StepSimulation() {}

  /** How the nights of a series differ when nothing changed, in logarithms. */
  enum Unquiet {
    NORMAL("normal, CV 1 %") {
      @Override
      void fill(double[] logs, Random random) {
        fill(logs, 0.01, 0.01, random);
      }
    },
    HEAVY_TAILS("heavy tails (t, 3 degrees), CV 1 %") {
      @Override
      void fill(double[] logs, Random random) {
        for (int i = 0; i < logs.length; i++) {
          double squares = 0;
          for (int j = 0; j < 3; j++) {
            double z = random.nextGaussian();
            squares += z * z;
          }
          logs[i] = 0.01 * random.nextGaussian() / Math.sqrt(squares);
        }
      }
    },
    ALIKE("half like the night before (AR(1) 0.5), CV 1 %") {
      @Override
      void fill(double[] logs, Random random) {
        double before = random.nextGaussian();
        for (int i = 0; i < logs.length; i++) {
          before = 0.5 * before + Math.sqrt(0.75) * random.nextGaussian();
          logs[i] = 0.01 * before;
        }
      }
    },
    MODES("CV 1 %, 3 nights in 10 +30 %") {
      @Override
      void fill(double[] logs, Random random) {
        for (int i = 0; i < logs.length; i++) {
          logs[i] = 0.01 * random.nextGaussian() + (random.nextInt(10) < 3 ? Math.log(1.3) : 0);
        }
      }
    },
    LOUDER("CV 0.2 %, in the second half 5 %") {
      @Override
      void fill(double[] logs, Random random) {
        fill(logs, 0.002, 0.05, random);
      }
    },
    QUIETER("CV 5 %, in the second half 0.2 %") {
      @Override
      void fill(double[] logs, Random random) {
        fill(logs, 0.05, 0.002, random);
      }
    },
    VISITS("CV 1 %, a neighbour: 2 to 10 nights in 7 to 30 +10 %") {
      @Override
      void fill(double[] logs, Random random) {
        fill(logs, 0.01, 0.01, random);
        boolean here = random.nextBoolean();
        int left = random.nextInt(1, 10);
        for (int i = 0; i < logs.length; i++) {
          logs[i] += here ? Math.log(1.1) : 0;
          if (--left == 0) {
            here = !here;
            left = here ? random.nextInt(2, 11) : random.nextInt(5, 21);
          }
        }
      }
    },
    LONG_VISITS("the same, some visits of any length, 5 on average") {
      @Override
      void fill(double[] logs, Random random) {
        fill(logs, 0.01, 0.01, random);
        boolean here = random.nextInt(3) == 0;
        for (int i = 0; i < logs.length; i++) {
          logs[i] += here ? Math.log(1.1) : 0;
          here = random.nextInt(here ? 5 : 10) == 0 ? !here : here;
        }
      }
    };

    private final String words;

    Unquiet(String words) {
      this.words = words;
    }

    abstract void fill(double[] logs, Random random);

    static void fill(double[] logs, double first, double second, Random random) {
      for (int i = 0; i < logs.length; i++) {
        logs[i] = (2 * i < logs.length ? first : second) * random.nextGaussian();
      }
    }

    /** Times of a series whose nights from {@code from} to {@code to} are slower by a share. */
    double[] series(int nights, int from, int to, double step, Random random) {
      double[] logs = new double[nights];
      fill(logs, random);
      return IntStream.range(0, nights)
          .mapToDouble(i -> 1000 * Math.exp(logs[i]) * (i >= from && i < to ? 1 + step : 1))
          .toArray();
    }
  }

  /** Series, of so many, that a finder finds a change in where there is none. */
  static int wrong(NightSimulation.Finder finder, Unquiet unquiet, int nights, int series) {
    return (int)
        IntStream.range(0, series)
            .filter(
                i -> !finder.in(unquiet.series(nights, 0, 0, 0, new Random(SEED + i))).isEmpty())
            .count();
  }

  /**
   * A step in a series of {@link #SHORT} nights.
   *
   * @param from its first night, counted from 0
   * @param to the first night that is as before
   */
  record Step(Unquiet unquiet, int from, int to) {
    Step(Unquiet unquiet, int from) {
      this(unquiet, from, SHORT);
    }

    /** Series, of so many, with a change point within three nights of the step. */
    int found(NightSimulation.Finder finder, double size, int series) {
      return (int)
          IntStream.range(0, series)
              .mapToObj(i -> unquiet.series(SHORT, from, to, size, new Random(SEED + i)))
              .filter(times -> finder.in(times).stream().anyMatch(cut -> Math.abs(cut - from) <= 3))
              .count();
    }

    private String words() {
      return unquiet.words + ", night " + (from + 1) + " to " + to;
    }
  }

  static String tables() {
    return wrongTable() + "\n" + foundTable();
  }

  private static String wrongTable() {
    Formatter out = new Formatter(Locale.ROOT);
    out.format("Change points: of %d series without a change, with one; ours | Otava's\n", SERIES);
    out.format("%-60s %15s %15s\n", "how nights differ", SHORT + " nights", LONG + " nights");
    return out
        + Stream.of(Unquiet.values())
            .parallel()
            .map(u ->
                "%-60s %15s %15s\n".formatted(u.words, bothWrong(u, SHORT), bothWrong(u, LONG)))
            .collect(Collectors.joining());
  }

  private static String bothWrong(Unquiet unquiet, int nights) {
    return wrong(NightSimulation::ours, unquiet, nights, SERIES)
        + " | "
        + wrong(WindowedDivisive::of, unquiet, nights, SERIES);
  }

  private static String foundTable() {
    Formatter out = new Formatter(Locale.ROOT);
    out.format("Change points: steps found in series of %d nights; ours | Otava's\n", SHORT);
    out.format(
        "%-68s %13s %13s %13s\n", "how nights differ, and those slower", "2 %", "5 %", "10 %");
    return out
        + Stream.of(
                new Step(Unquiet.NORMAL, 30),
                new Step(Unquiet.NORMAL, 50),
                new Step(Unquiet.NORMAL, 53),
                new Step(Unquiet.NORMAL, 55),
                new Step(Unquiet.NORMAL, 25, 35),
                new Step(Unquiet.NORMAL, 25, 45),
                new Step(Unquiet.HEAVY_TAILS, 30),
                new Step(Unquiet.ALIKE, 30),
                new Step(Unquiet.MODES, 30),
                new Step(Unquiet.QUIETER, 45),
                new Step(Unquiet.VISITS, 30))
            .parallel()
            .map(StepSimulation::foundRow)
            .collect(Collectors.joining());
  }

  private static String foundRow(Step step) {
    return "%-68s %13s %13s %13s\n"
        .formatted(
            step.words(), bothFound(step, 0.02), bothFound(step, 0.05), bothFound(step, 0.10));
  }

  private static String bothFound(Step step, double size) {
    return share(step.found(NightSimulation::ours, size, SERIES))
        + " | "
        + share(step.found(WindowedDivisive::of, size, SERIES));
  }

  private static String share(int found) {
    return String.format(Locale.ROOT, "%.0f %%", 100.0 * found / SERIES);
  }
}
