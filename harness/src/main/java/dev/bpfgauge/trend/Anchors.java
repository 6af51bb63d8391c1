package dev.bpfgauge.trend;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.FingerprintName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The file anchors.jsonl beside the runs: the nights that later ones are held against however
 * slowly the baseline creeps, each with the reason why it was chosen. The last line counts; none is
 * ever taken out.
 */
public final class Anchors {
  public static final String FILE = "anchors.jsonl";

  private Anchors() {}

  /**
   * An anchor.
   *
   * @param run the run's id
   * @param runStartedAt when that run began: nights up to it make the anchored baseline
   * @param fingerprint of that run: another machine's history has an anchor of its own
   * @param reason in the words of who moved it
   * @param at when it was moved
   */
  public record Anchor(
      String run, Instant runStartedAt, String fingerprint, String reason, Instant at) {}

  /**
   * All anchors, in the order in which they were set.
   *
   * @throws Refusal where a line is damaged
   */
  public static List<Anchor> read(Path resultsFolder) {
    Path file = resultsFolder.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Anchor> anchors = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          anchors.add(Json.parse(lines.get(i), Anchor.class, file + ", line " + (i + 1)));
        }
      }
    } catch (IOException e) {
      throw DurableFile.refusal("read", file, e);
    }
    return List.copyOf(anchors);
  }

  /** The anchor in force for a fingerprint, by its name or by the one it had in older files. */
  static Optional<Anchor> inForce(List<Anchor> anchors, Map<String, String> fingerprint) {
    Set<String> names =
        Set.of(FingerprintName.of(fingerprint), FingerprintName.former(fingerprint));
    return anchors.stream().filter(a -> names.contains(a.fingerprint())).reduce((_, b) -> b);
  }

  /** Sets an anchor; earlier ones are kept. */
  public static void add(Path resultsFolder, RunInfo run, String reason, Instant at) {
    Anchor anchor = new Anchor(run.id(), run.startedAt(), run.fingerprintName(), reason, at);
    StringBuilder lines = new StringBuilder();
    read(resultsFolder).forEach(earlier -> lines.append(Json.line(earlier)).append('\n'));
    lines.append(Json.line(anchor)).append('\n');
    DurableFile.write(resultsFolder.resolve(FILE), lines.toString());
  }
}
