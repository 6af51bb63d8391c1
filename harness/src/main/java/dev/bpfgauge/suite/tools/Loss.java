package dev.bpfgauge.suite.tools;

/** Why an event could not be counted; in the order of bpf/tools/tool.h. */
public enum Loss {
  THREADS(0, "threads", "there was no room for another thread (use -p)"),
  HISTOGRAMS(
      1,
      "histograms",
      "the map of histograms was full (use a shorter interval, or limit what is traced)"),
  PAIRS(
      2,
      "pairs",
      "the map of pairs of stacks was full (limit what is traced, use a shorter interval, or a"
          + " larger --stack-storage-size)"),
  STACKS(
      3,
      "stacks",
      "the map of stacks was full (limit what is traced, use a shorter interval, or a larger"
          + " --stack-storage-size)"),
  FILES(4, "files", "the map of files was full (use -p, or a shorter interval)"),
  ROWS(5, "rows", "the buffer of rows was full (limit what is traced, or read the rows faster)"),
  REQUESTS(6, "requests", "there was no room for another request in flight (use -d)"),
  ENDS(7, "ends", "their completion reached no BPF program"),
  LOCKS(8, "locks", "the kernel refused a change of a map that had room"),
  COUNTS(9, "counts", "the map of counts was full (use -p, or a shorter interval)");

  private final int place;
  private final String word;
  private final String reason;

  Loss(int place, String word, String reason) {
    this.place = place;
    this.word = word;
    this.reason = reason;
  }

  /** Where bpf/tools/tool.h counts it. */
  int place() {
    return place;
  }

  /** As JSON has it. */
  public String word() {
    return word;
  }

  /** Half a sentence, with what would help. */
  public String reason() {
    return reason;
  }
}
