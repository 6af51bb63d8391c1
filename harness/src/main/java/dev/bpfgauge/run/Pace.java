package dev.bpfgauge.run;

/** How much time a run takes for how much certainty. */
public enum Pace {
  /** Five rounds, the fewest that give an interval, of short forks: at most two minutes. */
  QUICK("quick", 5, 200, 150, 2),
  /** Eight rounds, at most twelve minutes on two CPUs. */
  DEFAULT("default", 8, 300, 200, 3),
  /** Ten rounds of longer forks: for differences near the margin. */
  THOROUGH("thorough", 10, 1000, 500, 5);

  private final String word;
  private final int rounds;
  private final int warmupMillis;
  private final int measureMillis;
  private final int iterations;

  Pace(String word, int rounds, int warmupMillis, int measureMillis, int iterations) {
    this.word = word;
    this.rounds = rounds;
    this.warmupMillis = warmupMillis;
    this.measureMillis = measureMillis;
    this.iterations = iterations;
  }

  /** The word in files and on the command line. */
  public String word() {
    return word;
  }

  public int rounds() {
    return rounds;
  }

  public Plan.Times times() {
    return new Plan.Times(warmupMillis, measureMillis, iterations);
  }
}
