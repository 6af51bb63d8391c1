package dev.bpfgauge.run;

import java.time.Duration;

/** How much time a run takes for how much certainty. */
public enum Pace {
  /** Five rounds, the fewest that give an interval, of short forks. */
  QUICK("quick", 5, 200, 150, 2, 2),
  /** Five rounds as well. */
  DEFAULT("default", 5, 300, 200, 3, 8),
  /** Ten rounds of longer forks: for differences near the margin. */
  THOROUGH("thorough", 10, 1000, 500, 5, 25);

  private final String word;
  private final int rounds;
  private final int warmupMillis;
  private final int measureMillis;
  private final int iterations;
  private final int minutes;

  Pace(String word, int rounds, int warmupMillis, int measureMillis, int iterations, int minutes) {
    this.word = word;
    this.rounds = rounds;
    this.warmupMillis = warmupMillis;
    this.measureMillis = measureMillis;
    this.iterations = iterations;
    this.minutes = minutes;
  }

  /** The word in files and on the command line. */
  public String word() {
    return word;
  }

  /** Rounds that are measured in any case. */
  public int rounds() {
    return rounds;
  }

  /** So long a run goes on for what they do not decide. */
  public Duration time() {
    return Duration.ofMinutes(minutes);
  }

  public Plan.Times times() {
    return new Plan.Times(warmupMillis, measureMillis, iterations);
  }
}
