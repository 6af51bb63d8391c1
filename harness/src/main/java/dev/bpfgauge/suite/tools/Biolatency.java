package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code biolatency}: how long block devices take (bpf/tools/biolatency.bpf.c). */
final class Biolatency implements Tool {
  static final String NAME = "biolatency";

  private static final String NEEDS = "Linux 5.12 and its BTF";

  private final Options options;
  private final Attachment attachment;
  private final Histograms histograms;
  private final Disks disks = Disks.read();

  /** What is kept apart. */
  public enum Each {
    ALL,
    DISK,
    FLAGS
  }

  /**
   * What the user wishes.
   *
   * @param queued the time in a queue before the device counts too
   * @param milliseconds slots in milliseconds, not microseconds
   * @param disk only this one, {@code sda} or {@code /dev/sda}; empty for all
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  public record Options(
      boolean queued, boolean milliseconds, Each each, String disk, int injectNanos) {

    private void set(BpfObject object) {
      object.variable("queued").set(ValueLayout.JAVA_BOOLEAN, 0, queued);
      object.variable("each_disk").set(ValueLayout.JAVA_BOOLEAN, 0, each == Each.DISK);
      object.variable("each_flags").set(ValueLayout.JAVA_BOOLEAN, 0, each == Each.FLAGS);
      BlockRequests.limit(object, disk);
      object.variable("unit_ns").set(ValueLayout.JAVA_LONG, 0, milliseconds ? 1_000_000 : 1_000);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      if (each == Each.ALL) {
        object.leaveOut(Histograms.KEYED);
      }
    }

    private List<HookSet> ways() {
      return queued
          ? List.of(
              new HookSet(
                  "raw_tp/block_rq_insert, block_rq_issue, block_rq_complete",
                  Set.of("on_insert", "on_issue", "on_requeue", "on_merge", "on_complete"),
                  NEEDS))
          : List.of(
              new HookSet(
                  "raw_tp/block_rq_issue, block_rq_complete",
                  Set.of("on_issue", "on_requeue", "on_complete"),
                  NEEDS));
    }
  }

  private Biolatency(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.histograms = new Histograms(attachment, options.each != Each.ALL);
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it, or there is no such disk
   */
  public static Biolatency attach(Options options) {
    return new Biolatency(options, Attachment.of(NAME, options.ways(), options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing block device I/O";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public Findings take() {
    return new Distributions(
        options.milliseconds ? "msecs" : "usecs", histograms.take(this::labels));
  }

  private SortedMap<String, String> labels(long key, String comm) {
    return new TreeMap<>(
        options.each == Each.DISK
            ? Map.of("disk", disks.name((int) key))
            : Map.of("flags", BlockRequests.flags((int) key)));
  }

  @Override
  public Tally tally() {
    return attachment.tally(histograms.seen());
  }

  @Override
  public void close() {
    histograms.close();
    attachment.close();
  }
}
