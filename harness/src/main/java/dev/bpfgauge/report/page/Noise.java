package dev.bpfgauge.report.page;

import dev.bpfgauge.model.CpuWaits;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.view.Apart;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.words.Words;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What else the machine did while the run measured, by name where that is known. */
public final class Noise {
  /** Programs named. */
  private static final int MOST_NAMED = 3;

  /** From here on, in percent of all CPUs, it has a part in the figures. */
  private static final double LOUD = 5;

  /** A program that took less is not worth its name. */
  private static final double WORTH_NAMING = 0.5;

  private final Evidence evidence;
  private final Samples samples;

  public Noise(Evidence evidence) {
    this.evidence = evidence;
    this.samples = evidence.analysis().run().samples();
  }

  /** Some sentences; empty where the run has no samples and nothing waited. */
  public String sentence() {
    return Stream.concat(Stream.of(sampled()).filter(said -> !said.isEmpty()), waits().stream())
        .collect(Collectors.joining(" "));
  }

  /** The figures themselves hold that noise: no reader must overlook it. */
  private Optional<String> waits() {
    return CpuWaits.of(evidence.analysis().run().forks())
        .sentence()
        .map(said -> Words.sentence(capital(said)));
  }

  private static String capital(String sentence) {
    return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }

  private String sampled() {
    double[] others = during(Samples.OTHERS_CPU, "");
    String steal = steal();
    if (others.length > 0) {
      return (isLoud() ? "The machine was not quiet: " : "")
          + capital(
              isLoud(),
              "other programs used %s of its CPU time while this run measured, at most %s%s."
                  .formatted(percent(mean(others)), percent(most(others)), names()))
          + steal;
    }
    double[] use = during("cpu_usage", evidence.reference());
    return use.length == 0
        ? ""
        : "While forks ran on %s the CPU was %s in use, by the forks and other load; this run did not record which.%s"
            .formatted(evidence.reference(), percent(mean(use)), steal);
  }

  /** Whether the reader must know before anything else. */
  boolean isLoud() {
    return !waits().isEmpty()
        || mean(during(Samples.OTHERS_CPU, "")) >= LOUD
        || mean(during("steal", "")) >= LOUD;
  }

  private static String capital(boolean within, String sentence) {
    return within ? sentence : capital(sentence).replace("its CPU", "the machine’s CPU");
  }

  private String names() {
    List<Samples.Other> named =
        samples.others().stream()
            .filter(other -> other.cpuPercent() >= WORTH_NAMING)
            .limit(MOST_NAMED)
            .toList();
    return named.isEmpty()
        ? ""
        : named.stream()
            .map(other -> other.name() + " " + percent(other.cpuPercent()))
            .collect(Collectors.joining(", ", "; the busiest over the whole run: ", ""));
  }

  private String steal() {
    double steal = mean(during("steal", ""));
    return steal >= 1
        ? " The hypervisor gave %s of the CPU time to other machines.".formatted(percent(steal))
        : "";
  }

  private static String percent(double percent) {
    return Words.percent(percent / 100);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  private static double most(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  /** A column's values while forks of an arm ran, of all arms where it is empty. */
  private double[] during(String column, String arm) {
    double[] values = samples.column(column);
    double[] elapsed = samples.column("elapsed_ms");
    List<ForkRecord> all = evidence.analysis().run().forks();
    List<ForkRecord> forks =
        arm.isEmpty()
            ? all.stream().filter(fork -> fork.endMillis() > fork.startMillis()).toList()
            : Apart.of(all).stream().filter(fork -> fork.cell().profile().equals(arm)).toList();
    return IntStream.range(0, Math.min(values.length, elapsed.length))
        .filter(i -> Double.isFinite(values[i]))
        .filter(i ->
            forks.stream()
                .anyMatch(
                    fork -> fork.startMillis() <= elapsed[i] && elapsed[i] <= fork.endMillis()))
        .mapToDouble(i -> values[i])
        .toArray();
  }
}
