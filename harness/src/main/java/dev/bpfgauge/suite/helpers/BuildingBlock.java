package dev.bpfgauge.suite.helpers;

import static dev.bpfgauge.measure.LoopObject.Type.PACKET;
import static dev.bpfgauge.measure.LoopObject.Type.TRACING;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.LoopObject;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What programs are made of; each is a program of bpf/helpers/helpers.bpf.c with its name. */
enum BuildingBlock {
  KTIME_GET_NS(Group.CLOCK, PACKET, "the monotonic clock"),
  KTIME_GET_BOOT_NS(Group.CLOCK, PACKET, "the same with time asleep"),
  KTIME_GET_COARSE_NS(Group.CLOCK, PACKET, "the clock at the last tick"),
  JIFFIES64(Group.CLOCK, PACKET, "ticks since boot"),
  GET_PRANDOM_U32(Group.CLOCK, PACKET, "a random number"),
  GET_SMP_PROCESSOR_ID(Group.CLOCK, PACKET, "the number of this CPU"),

  GET_CURRENT_PID_TGID(Group.TASK, TRACING, "thread and process"),
  GET_CURRENT_UID_GID(Group.TASK, TRACING, "user and group"),
  GET_CURRENT_COMM(Group.TASK, TRACING, "the thread’s name"),
  GET_CURRENT_CGROUP_ID(Group.TASK, TRACING, "its control group"),
  GET_CURRENT_TASK(Group.TASK, TRACING, "a pointer to the task"),
  GET_CURRENT_TASK_BTF(Group.TASK, TRACING, "the same, which may be followed"),
  TASK_FIELD(Group.TASK, TRACING, "the same, and a field loaded"),

  PROBE_READ_KERNEL(Group.MEMORY, TRACING, "8 bytes of the kernel"),
  PROBE_READ_KERNEL_STR(Group.MEMORY, TRACING, "16 characters of the kernel"),
  PROBE_READ_USER(Group.MEMORY, TRACING, "8 bytes of the process"),
  PROBE_READ_USER_STR(Group.MEMORY, TRACING, "16 characters of the process"),
  GET_STACK(Group.MEMORY, TRACING, "the kernel’s stack, of a system call", "frames"),
  GET_STACKID(Group.MEMORY, TRACING, "the same into a map of stacks", "stacks"),
  STRNCMP_16(Group.MEMORY, PACKET, "16 characters compared"),
  DYNPTR_READ(Group.MEMORY, PACKET, "made, and 8 bytes read by it", "bytes"),

  STATIC_CALL(Group.CALL, PACKET, "a static function of the program"),
  GLOBAL_CALL(Group.CALL, PACKET, "a global function, verified by itself"),
  TAIL_CALL(Group.CALL, PACKET, "into a program of a program array", "hops"),

  FOR_16(Group.LOOP, PACKET, "16 turns that the verifier follows"),
  LOOP_16(Group.LOOP, PACKET, "16 turns of bpf_loop"),
  ITERATOR_16(Group.LOOP, PACKET, "16 turns of bpf_iter_num, in a global function"),

  SPIN_LOCK(Group.MAP, PACKET, "taken, one added, given back", "guarded"),
  KPTR_XCHG(Group.MAP, PACKET, "a kernel pointer exchanged", "kept"),
  TIMER_START(Group.MAP, PACKET, "a timer put off", "alarms"),
  TIMER_CANCEL(Group.MAP, PACKET, "a timer’s callback set, it armed and cancelled", "alarms"),
  MAP_IN_MAP(Group.MAP, PACKET, "an array of an array of maps looked up", "inner", "outer"),
  RINGBUF_OUTPUT(Group.MAP, PACKET, "8 bytes copied, nobody woken", "ring"),
  RINGBUF_RESERVE_SUBMIT(Group.MAP, PACKET, "8 bytes in place, nobody woken", "ring"),
  USER_RINGBUF_DRAIN(Group.MAP, PACKET, "an empty user ring buffer asked", "user_ring"),

  /** What all are held against: a turn of the loop without operation. */
  LOOP(Group.NONE, PACKET, "the loop alone");

  /** What belongs together, in reading order. */
  enum Group {
    CLOCK("Clock, number, CPU"),
    TASK("Who is running"),
    MEMORY("Memory"),
    CALL("Calls"),
    LOOP("Loops"),
    MAP("In maps"),
    NONE("None");

    private final String words;

    Group(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final Group group;
  private final LoopObject.Type type;
  private final String what;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of's are
  private final Set<String> maps;

  BuildingBlock(Group group, LoopObject.Type type, String what, String... maps) {
    this.group = group;
    this.type = type;
    this.what = what;
    this.maps = Set.of(maps);
  }

  Group group() {
    return group;
  }

  LoopObject.Type type() {
    return type;
  }

  /** What one operation does. */
  String what() {
    return what;
  }

  /** Maps that its program uses. */
  Set<String> maps() {
    return maps;
  }

  /** The name that the kernel has for it, as programs write it but for {@code bpf_}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String program() {
    return this == LOOP ? "bare" : word();
  }

  /** The same without the operation. */
  String empty() {
    return switch (this) {
      case TAIL_CALL -> "tail_empty";
      case FOR_16, LOOP -> "bare";
      default -> type == TRACING ? "tracing_empty" : "empty";
    };
  }

  static List<String> words() {
    return Arrays.stream(values()).map(BuildingBlock::word).toList();
  }

  /** Whether a cell is of it, whatever wrote the cell. */
  boolean is(Cell cell) {
    return cell.operation().equals(word());
  }

  /**
   * The block of a cell.
   *
   * @throws Refusal where there is none of that name
   */
  static BuildingBlock of(Cell cell) {
    return ofWord(cell.operation());
  }

  /** The block of that {@link #word()}, alike; people may leave {@code bpf_} there. */
  static BuildingBlock ofWord(String word) {
    return EnumWords.parse(
        List.of(values()),
        BuildingBlock::word,
        "operation",
        word.strip().startsWith("bpf_") ? word.strip().substring("bpf_".length()) : word);
  }
}
