package dev.bpfgauge.model;

import java.util.List;

/**
 * One run, read back from its folder.
 *
 * @param info run.json
 * @param forks journal.jsonl in file order; where a plan position was repeated by a resume, the
 *     later line counts
 * @param samples samples.csv
 * @param networks the cards of the networks that lie beside them; most runs have none
 * @param warnings sentences about what was damaged but could be left out, such as a torn last line
 */
public record RunData(
    RunInfo info,
    List<ForkRecord> forks,
    Samples samples,
    List<NetworkCard> networks,
    List<String> warnings) {

  public RunData {
    forks = List.copyOf(forks);
    networks = List.copyOf(networks);
    warnings = List.copyOf(warnings);
  }

  /** A run without networks. */
  public RunData(RunInfo info, List<ForkRecord> forks, Samples samples, List<String> warnings) {
    this(info, forks, samples, List.of(), warnings);
  }

  /** A run read without a flaw. */
  public RunData(RunInfo info, List<ForkRecord> forks, Samples samples) {
    this(info, forks, samples, List.of());
  }
}
