package dev.bpfgauge.results;

import java.util.List;

/**
 * One run, read back from its folder.
 *
 * @param info run.json
 * @param forks journal.jsonl in file order; where a plan position was repeated by a resume, the
 *     later line counts
 * @param samples samples.csv
 */
public record RunData(RunInfo info, List<ForkRecord> forks, Samples samples) {

  public RunData {
    forks = List.copyOf(forks);
  }
}
