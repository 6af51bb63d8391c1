package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.PreparedRun;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Processes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The kernel's run queues, summed up by a program that a system call of ours runs. */
final class RunQueues implements AutoCloseable {
  /** Of load-monitor.h. */
  static final CStruct QUESTION =
      CStruct.of("load_question", CStruct.u32("first_cpu"), CStruct.u32("cpus"));

  /** Of load-monitor.h. */
  static final CStruct ANSWER =
      CStruct.of("load_answer", CStruct.u64("running"), CStruct.u64("uninterruptible"));

  private static final int CPUS_AT_ONCE = 64;
  private static final String BY_NAME = "on_question";
  private static final String BY_ADDRESS = "on_queues_question";

  private final List<PreparedRun> questions = new ArrayList<>();
  private final MemorySegment answer;

  /**
   * Threads at one moment.
   *
   * @param running on a CPU or waiting for one, without the one that asks
   * @param blocked those that wait in a way that counts to the load: state D
   */
  record Counted(long running, long blocked) {}

  RunQueues(Attachment attachment) {
    answer = attachment.variable("answer");
    int cpus = BpfMap.possibleCpus();
    boolean byAddress = attachment.program(BY_ADDRESS).isLoaded();
    if (byAddress) {
      requireAllTasks();
      attachment.iterate("on_queues");
    }
    BpfProgram program = attachment.program(byAddress ? BY_ADDRESS : BY_NAME);
    try (Arena arena = Arena.ofConfined()) {
      for (int first = 0; first < cpus; first += CPUS_AT_ONCE) {
        MemorySegment question = QUESTION.allocate(arena);
        QUESTION.setInt(question, "first_cpu", first);
        QUESTION.setInt(question, "cpus", Math.min(CPUS_AT_ONCE, cpus - first));
        questions.add(program.prepared(question));
      }
    }
  }

  /** The iterator sees no further than the PID namespace it is read in. */
  private static void requireAllTasks() {
    if (!Processes.areInMachinesNamespace()) {
      throw Refusal.environment(
          "this kernel says where its run queues are (CONFIG_KALLSYMS_ALL) to nobody, and from"
              + " within a PID namespace they are not found: run the module outside of the"
              + " container.");
    }
  }

  /**
   * Asks. The queues are read one after the other: a thread that moves meanwhile may count twice or
   * not at all.
   */
  Counted count() {
    long running = -1; // the thread that asks runs as well
    long uninterruptible = 0;
    for (PreparedRun question : questions) {
      question.run();
      running += ANSWER.getLong(answer, "running");
      uninterruptible += ANSWER.getLong(answer, "uninterruptible");
    }
    return new Counted(Math.max(0, running), Math.max(0, uninterruptible));
  }

  @Override
  public void close() {
    questions.forEach(PreparedRun::close);
  }
}
