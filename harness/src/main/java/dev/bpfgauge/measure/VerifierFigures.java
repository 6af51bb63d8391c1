package dev.bpfgauge.measure;

import dev.bpfgauge.libbpf.BpfProgram.Info;
import dev.bpfgauge.libbpf.VerifierStatistics;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the verifier did with a program and what came of it, as figures beside a cost. */
public final class VerifierFigures {
  private VerifierFigures() {}

  /**
   * The figures by name.
   *
   * @param instructions of the program as it was given to the kernel
   */
  public static SortedMap<String, Double> of(
      long instructions, VerifierStatistics statistics, Info info) {
    SortedMap<String, Double> figures = new TreeMap<>();
    figures.put("insns", (double) instructions);
    figures.put("processed_insns", (double) statistics.processed());
    figures.put("peak_states", (double) statistics.peakStates());
    figures.put("total_states", (double) statistics.totalStates());
    figures.put("jited_bytes", (double) info.jitedBytes());
    figures.put("xlated_bytes", (double) info.translatedBytes());
    return figures;
  }
}
