package dev.bpfgauge.suite.mllb;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of bpf/mllb/scx_mllb.bpf.c, in force on all of this machine's tasks until it is
 * closed, this process ends, or the kernel ends it because of an error.
 */
public final class Scheduler implements AutoCloseable {
  private static final String OPS = "mllb";
  private static final Path SCHED_EXT = Path.of("/sys/kernel/sched_ext");
  private static final int COUNTS = 7;

  /** As the program has it: a queue for each, all of which are looked through. */
  private static final int MOST_CPUS = 4096;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /** {@code struct cpu_state}. */
  static final StructLayout CPU_STATE =
      MemoryLayout.structLayout(
              LONG.withName("load"),
              LONG.withName("updated"),
              LONG.withName("runnable"),
              LONG.withName("balanced"),
              ValueLayout.JAVA_INT.withName("node"),
              ValueLayout.JAVA_INT.withName("fails"),
              ValueLayout.JAVA_BOOLEAN.withName("idle"),
              ValueLayout.JAVA_BOOLEAN.withName("has_task"),
              MemoryLayout.paddingLayout(6))
          .withName("cpu_state");

  private final BpfObject object;
  private final BpfLink link;

  /** What decides whether a task may move. */
  public enum Rule {
    NATIVE,
    LEARNED,
    NEVER,
    ALWAYS;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** As the program has it. */
    private int number() {
      return switch (this) {
        case NATIVE -> 0;
        case LEARNED -> 1;
        case NEVER -> 2;
        case ALWAYS -> 3;
      };
    }
  }

  /**
   * What it did since it is in force, over all CPUs.
   *
   * @param balancings queues looked through
   * @param decisions tasks considered
   * @param migrations tasks moved
   * @param agreements decisions that were the native rule's too
   * @param nativeYes decisions in which the native rule would have moved the task
   * @param timed decisions whose time was taken
   * @param timedNanos that time, two readings of the clock included
   */
  public record Counts(
      long balancings,
      long decisions,
      long migrations,
      long agreements,
      long nativeYes,
      long timed,
      long timedNanos) {

    public Counts minus(Counts before) {
      return new Counts(
          balancings - before.balancings,
          decisions - before.decisions,
          migrations - before.migrations,
          agreements - before.agreements,
          nativeYes - before.nativeYes,
          timed - before.timed,
          timedNanos - before.timedNanos);
    }
  }

  private Scheduler(BpfObject object, BpfLink link) {
    this.object = object;
    this.link = link;
  }

  /**
   * Puts it in force.
   *
   * @param model for {@link Rule#LEARNED}; not used by the others
   * @throws Refusal where this machine has nothing to balance, or its kernel takes no such
   *     scheduler
   */
  public static Scheduler start(Rule rule, @Nullable Model model) {
    return start(rule, model, false);
  }

  /**
   * The same, to see what the kernel does about a bad one.
   *
   * @param stalling nothing is ever dispatched, so that the kernel's watchdog ends it
   */
  public static Scheduler start(Rule rule, @Nullable Model model, boolean stalling) {
    int cpus = BpfMap.possibleCpus();
    if (Runtime.getRuntime().availableProcessors() < 2) {
      throw Refusal.environment(
          "unavailable: this machine has one CPU, so there is nothing to balance; a guest of the"
              + " lab has four: --kernel 7.2");
    }
    if (!Files.isDirectory(SCHED_EXT)) {
      throw Refusal.environment(
          "unavailable: this kernel has no sched_ext (CONFIG_SCHED_CLASS_EXT, since Linux 6.12); a"
              + " guest of the lab has: --kernel 7.2");
    }
    if (cpus > MOST_CPUS) {
      throw Refusal.environment(
          "unavailable: this machine may have %d CPUs, the scheduler takes %d at most; start the kernel with possible_cpus=%d or fewer."
              .formatted(cpus, MOST_CPUS, MOST_CPUS));
    }
    BpfObject object = null;
    try {
      object = BpfObject.builtIn("mllb/scx_mllb");
      object.variable("mode").set(ValueLayout.JAVA_INT, 0, rule.number());
      object.variable("cpus").set(ValueLayout.JAVA_INT, 0, cpus);
      object.resize("states", cpus);
      object.variable("stall").set(ValueLayout.JAVA_BOOLEAN, 0, stalling);
      if (model != null) {
        NetObject.set(object, model.fixed(FixedNet.Format.Q16));
      }
      object.load();
      place(object);
      return new Scheduler(object, object.attachStructOps(OPS));
    } catch (BpfException e) {
      if (object != null) {
        object.close();
      }
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "unavailable: the scheduler is not taken: %s%s"
              .formatted(e.getMessage(), Collector.lastWords(e)),
          e);
    } catch (RuntimeException e) {
      if (object != null) {
        object.close();
      }
      throw e;
    }
  }

  /** Tells the programs each CPU's node. */
  private static void place(BpfObject object) {
    BpfMap states = object.map("states");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cpu = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment state = arena.allocate(states.valueStride(), Long.BYTES);
      Nodes.of(Path.of("/sys/devices/system/node"))
          .ofCpu()
          .forEach((number, node) -> {
            cpu.set(ValueLayout.JAVA_INT, 0, number);
            state.set(ValueLayout.JAVA_INT, CPU_STATE.byteOffset(groupElement("node")), node);
            states.update(cpu, state, 0);
          });
    }
  }

  /** What it did so far. */
  public Counts counts() {
    long[] sum = PerCpuSums.of(object.map("counts"), COUNTS);
    return new Counts(sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6]);
  }

  /** Why the kernel ended it; empty while it is in force. */
  public String ended() {
    if (object.variable("exit_kind").get(LONG, 0) == 0) {
      return "";
    }
    String reason = text("exit_reason");
    String message = text("exit_message");
    return message.isEmpty() ? reason : reason + ": " + message;
  }

  private String text(String variable) {
    byte[] bytes = object.variable(variable).toArray(ValueLayout.JAVA_BYTE);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    link.close();
    object.close();
  }
}
