package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Shown;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * What a network is trained and tested on: of each decision that the MLLB repository trains on, the
 * inputs and the right answer.
 */
public final class Examples {

  /** What the network is to say. */
  public enum Label {
    /** What the kernel decided. */
    IMITATE,
    /** What would have been right: the kernel's decision, or the opposite where it proved bad. */
    OUTCOME
  }

  /**
   * A file that was read.
   *
   * @param file its name, without folder
   * @param sha256 of its bytes
   * @param decisions in it
   * @param used of them: not running, caches asked about, and with a label
   */
  public record Source(String file, String sha256, long decisions, long used) {}

  private final List<Source> sources = new ArrayList<>();
  private final TreeSet<String> kernels = new TreeSet<>();
  private final List<String> scenarios = new ArrayList<>();
  private int size;
  private int[] inputs = new int[1024 * Feature.COUNT];
  private byte[] labels = new byte[1024];
  private short[] scenarioOf = new short[1024];
  private long[] times = new long[1024];

  private Examples() {}

  /**
   * Reads files of decisions.
   *
   * @throws Refusal where a file is not as {@link DecisionCsv} says, where no decision is left, or
   *     all have the same label
   */
  public static Examples read(List<Path> files, Label label) {
    Examples all = new Examples();
    files.forEach(file -> all.add(file, label));
    long yes = all.positives();
    if (all.size == 0) {
      throw Refusal.usage(
          all.names()
              + ": no decision is left to learn from; "
              + (label == Label.OUTCOME
                  ? "none has an outcome of 0 or 1: collect again, or use --label imitate."
                  : "none has p_running 0 and test_aggressive 1: collect under more load."));
    }
    if (yes == 0 || yes == all.size) {
      throw Refusal.usage(
          "%s: all %d labels are %d, there is nothing to tell apart; add files of other scenarios."
              .formatted(all.names(), all.size, yes == 0 ? 0 : 1));
    }
    return all;
  }

  private void add(Path file, Label label) {
    long[] read = new long[1];
    int before = size;
    String sha256 =
        DecisionCsv.read(
            file,
            decision -> {
              read[0]++;
              long answer = answer(decision, label);
              if (decision.isTrainable() && answer >= 0) {
                add(decision, (byte) answer);
              }
            });
    Source source = new Source(String.valueOf(file.getFileName()), sha256, read[0], size - before);
    sources.stream()
        .filter(other -> other.sha256.equals(sha256))
        .findFirst()
        .ifPresent(other -> {
          throw Refusal.usage(
              "%s and %s are the same file: its decisions would be learnt twice, and tested with"
                      .formatted(Shown.name(other.file), Shown.name(source.file))
                  + " what was learnt; name one of them.");
        });
    sources.add(source);
  }

  private static long answer(Decision decision, Label label) {
    long decided = decision.get(Column.CAN_MIGRATE);
    long outcome = decision.get(Column.OUTCOME);
    return switch (label) {
      case IMITATE -> decided;
      case OUTCOME -> outcome < 0 ? -1 : outcome == 1 ? decided : 1 - decided;
    };
  }

  private void add(Decision decision, byte label) {
    if (size == labels.length) {
      inputs = Arrays.copyOf(inputs, 2 * inputs.length);
      labels = Arrays.copyOf(labels, 2 * size);
      scenarioOf = Arrays.copyOf(scenarioOf, 2 * size);
      times = Arrays.copyOf(times, 2 * size);
    }
    System.arraycopy(Feature.inputs(decision), 0, inputs, size * Feature.COUNT, Feature.COUNT);
    labels[size] = label;
    int scenario = scenarios.indexOf(decision.scenario());
    if (scenario < 0) {
      scenario = scenarios.size();
      scenarios.add(decision.scenario());
    }
    scenarioOf[size] = (short) scenario;
    times[size] = decision.get(Column.TS);
    if (!decision.kernel().isEmpty()) {
      kernels.add(decision.kernel());
    }
    size++;
  }

  private String names() {
    return String.join(", ", sources.stream().map(Source::file).toList());
  }

  public int size() {
    return size;
  }

  /** How many have the label 1. */
  public long positives() {
    long yes = 0;
    for (int i = 0; i < size; i++) {
      yes += labels[i];
    }
    return yes;
  }

  public List<Source> sources() {
    return List.copyOf(sources);
  }

  /** Releases of the kernels that decided, as far as they are known. */
  public List<String> kernels() {
    return List.copyOf(kernels);
  }

  /** In the order in which they came. */
  public List<String> scenarios() {
    return List.copyOf(scenarios);
  }

  /** An example's input, with 16 fraction bits. */
  public int input(int example, int feature) {
    return inputs[example * Feature.COUNT + feature];
  }

  /** An example's inputs, with 16 fraction bits. */
  public int[] inputs(int example) {
    int from = example * Feature.COUNT;
    return Arrays.copyOfRange(inputs, from, from + Feature.COUNT);
  }

  /** The right answer, 0 or 1. */
  public int label(int example) {
    return labels[example];
  }

  String scenario(int example) {
    return scenarios.get(scenarioOf[example]);
  }

  long time(int example) {
    return times[example];
  }
}
