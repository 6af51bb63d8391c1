package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code cpudist}: how long tasks stay on a CPU, or off it (bpf/tools/cpudist.bpf.c). The time is
 * summed as well, so that it can be held against what the kernel accounts to processes.
 */
final class Cpudist implements Tool {
  static final String NAME = "cpudist";

  private static final List<HookSet> WAYS =
      List.of(new HookSet("tp_btf/sched_switch", Set.of("on_switch"), "Linux 5.14 and its BTF"));

  private final Options options;
  private final Attachment attachment;
  private final Histograms histograms;

  /** Whose time is kept apart. */
  public enum Each {
    ALL,
    PROCESS,
    THREAD
  }

  /**
   * What the user wishes.
   *
   * @param offCpu time off the CPU, not on it
   * @param idleToo also the idle tasks' time on a CPU
   * @param milliseconds slots in milliseconds, not microseconds
   * @param pid only this process; 0 for all
   * @param cgroup only tasks of this control group; null for all
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  public record Options(
      boolean offCpu,
      boolean idleToo,
      boolean milliseconds,
      Each each,
      int pid,
      @Nullable Path cgroup,
      int injectNanos) {

    public Options {
      Processes.require(pid);
      if (cgroup != null) {
        CgroupFilter.require(cgroup);
      }
    }

    private void set(BpfObject object, boolean byThread) {
      object.variable("off_cpu").set(ValueLayout.JAVA_BOOLEAN, 0, offCpu);
      object.variable("idle_too").set(ValueLayout.JAVA_BOOLEAN, 0, idleToo);
      object.variable("only_cgroup").set(ValueLayout.JAVA_BOOLEAN, 0, cgroup != null);
      object.variable("each_process").set(ValueLayout.JAVA_BOOLEAN, 0, each == Each.PROCESS);
      object.variable("each_thread").set(ValueLayout.JAVA_BOOLEAN, 0, each == Each.THREAD);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("unit_ns").set(ValueLayout.JAVA_LONG, 0, milliseconds ? 1_000_000 : 1_000);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      if (cgroup == null) {
        object.leaveOut("cgroup");
      }
      if (each == Each.ALL) {
        object.leaveOut(Histograms.KEYED);
      }
      if (offCpu) {
        Attachment.chooseStorage(object, "left_at", "threads", byThread);
      } else {
        object.leaveOut("left_at");
        object.leaveOut("threads");
      }
    }

    private void fill(BpfObject object) {
      if (cgroup != null) {
        CgroupFilter.fill(object.map("cgroup"), cgroup);
      }
    }
  }

  private Cpudist(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.histograms = new Histograms(attachment, options.each != Each.ALL);
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it
   */
  public static Cpudist attach(Options options) {
    return attach(options, Attachment.storageIsUnsafe());
  }

  /**
   * Attaches it in a certain way.
   *
   * @param byThread with a hash map in place of tasks' own storage
   */
  static Cpudist attach(Options options, boolean byThread) {
    return new Cpudist(
        options, Attachment.of(NAME, WAYS, object -> options.set(object, byThread), options::fill));
  }

  @Override
  public String greeting() {
    return "Tracing " + (options.offCpu ? "off" : "on") + "-CPU time";
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
    String kind = options.each == Each.PROCESS ? "pid" : "tid";
    return new TreeMap<>(Map.of(kind, Long.toString(key), "comm", comm));
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
