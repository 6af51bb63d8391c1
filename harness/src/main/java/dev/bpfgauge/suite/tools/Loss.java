package dev.bpfgauge.suite.tools;

/** Why an event could not be counted; in the order of bpf/tools/tool.h. */
public enum Loss {
  THREADS("threads", "there was no room for another thread (use -p)"),
  HISTOGRAMS(
      "histograms",
      "the map of histograms was full (use a shorter interval, or limit what is traced)"),
  PAIRS(
      "pairs",
      "the map of pairs of stacks was full (use -p, -u or -m, a shorter interval, or a larger"
          + " --stack-storage-size)"),
  STACKS(
      "stacks",
      "the map of stacks was full (use -p, -u or -m, a shorter interval, or a larger"
          + " --stack-storage-size)"),
  FILES("files", "the map of files was full (use -p, or a shorter interval)"),
  ROWS("rows", "the buffer of rows was full (use -p or -d, or read the rows faster)"),
  REQUESTS("requests", "there was no room for another request in flight (use -d)"),
  ENDS("ends", "their completion reached no BPF program"),
  LOCKS("locks", "the kernel refused a change of a map that had room");

  private final String word;
  private final String reason;

  Loss(String word, String reason) {
    this.word = word;
    this.reason = reason;
  }

  /** Where bpf/tools/tool.h counts it. */
  int place() {
    return ordinal();
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
