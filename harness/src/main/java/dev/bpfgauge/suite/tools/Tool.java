package dev.bpfgauge.suite.tools;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A tool at work: its programs are attached, and count, until it is closed. */
public interface Tool extends AutoCloseable {

  /** What it says when it begins, e.g. {@code Tracing block device I/O}. */
  String greeting();

  /** What users should know before they believe its output, a sentence each; mostly nothing. */
  default List<String> warnings() {
    return List.of();
  }

  /** Whether its text is for another program: then nothing else stands between. */
  default boolean isForPrograms() {
    return false;
  }

  /** The hooks that were found to work here, e.g. {@code tp_btf/sched_switch}. */
  String hooks();

  /**
   * Lets the time pass. A tool whose rows are shown as they happen hands them over meanwhile.
   *
   * @throws InterruptedException where the user ended it; what was counted is still there
   */
  default void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    Thread.sleep(time);
  }

  /** What was counted since the tool was asked before. */
  Findings take();

  /** What it saw and lost since it was attached. */
  Tally tally();

  /** Detaches everything; nothing stays in the kernel. */
  @Override
  void close();

  /**
   * Events since a tool was attached.
   *
   * @param seen events that are in its findings, or will be
   * @param lost events it could not count
   * @param losses the same by the reason; empty where a tool in another process does not say
   * @param missed runs of its programs that the kernel left out, because the same program was
   *     running on that CPU already (recursion_misses); empty where the kernel does not count them
   */
  record Tally(long seen, long lost, Map<Loss, Long> losses, OptionalLong missed) {
    public Tally {
      losses = Map.copyOf(losses);
    }

    /** Of a tool that does not say why it lost some. */
    public Tally(long seen, long lost, OptionalLong missed) {
      this(seen, lost, Map.of(), missed);
    }

    /** E.g. {@code 3 of 1003 events were lost: …}, with what would help; empty for none. */
    public String lostEvents() {
      if (lost == 0) {
        return "";
      }
      String why =
          losses.entrySet().stream()
              .sorted(Map.Entry.<Loss, Long>comparingByValue().reversed())
              .map(each -> "%d because %s".formatted(each.getValue(), each.getKey().reason()))
              .collect(Collectors.joining("; "));
      return "%d of %d events were lost%s."
          .formatted(lost, lost + seen, why.isEmpty() ? "" : ": " + why);
    }
  }
}
