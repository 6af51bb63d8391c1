package dev.bpfgauge.suite.tools;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A tool at work: its programs are attached, and count, until it is closed. */
public interface Tool extends AutoCloseable {

  /** Its name, as users type it. */
  String name();

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
   * @param lost events it could not count, because a map or a buffer was full
   * @param missed runs of its programs that the kernel left out, because the same program was
   *     running on that CPU already (recursion_misses); empty where the kernel does not count them
   */
  record Tally(long seen, long lost, OptionalLong missed) {}
}
