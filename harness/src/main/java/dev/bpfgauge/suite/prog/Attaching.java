package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.AttachTarget;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.suite.prog.ObjectInfo.ProgramInfo;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which programs are attached, and by what their events are made.
 *
 * @param command a shell's line, or empty: by operations of our own
 * @param isAnywhere programs are attached that could harm the machine: in a guest, or by the user's
 *     leave
 */
public record Attaching(String command, boolean isAnywhere) {
  /** A guest has one already. */
  private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "busybox");

  private static final String USER_SPACE = "(uprobe|uretprobe|usdt)\\b.*/.*";

  /** Numbers of enum bpf_prog_type: kprobe, tracepoint, raw_tracepoint, tracing, LSM. */
  private static final Set<Integer> HARMFUL = Set.of(2, 5, 17, 24, 26, 29);

  /** Of the same: cgroup_sock, sock_ops, cgroup_device, _sock_addr, _sysctl, _sockopt. */
  private static final Set<Integer> CGROUPS = Set.of(9, 13, 15, 18, 23, 25);

  /** Programs that are run otherwise, or hang on what is not a hook of the kernel. */
  private static final String ELSEWHERE = "(iter|syscall)\\b.*";

  private static final int PERF_EVENT = 7;
  private static final int STRUCT_OPS = 27;

  /**
   * Checks the command.
   *
   * @throws dev.bpfgauge.model.Refusal where it is no line
   */
  public Attaching {
    if (!command.isEmpty()) {
      CommandLoad.requireLine(command);
    }
  }

  /** Programs of this machine that the command names, as far as they are plain words. */
  public List<String> programs() {
    return Stream.of(command.split("[;&|]+", -1))
        .map(part -> part.strip().split("\\s+", 2)[0])
        .filter(word -> word.matches("[\\w.+-]+") && !SHELLS.contains(word))
        .filter(word -> SearchPath.find(word).isPresent())
        .distinct()
        .toList();
  }

  /** Whether a program is attached to see what it costs. */
  boolean includes(ProgramInfo program) {
    return RunnableTypes.attachable(program)
        || isForPerf(program.typeNumber())
        || isIterator(program.section())
        || (isAnywhere && couldHarm(program))
        || (isAnywhere && !command.isEmpty() && isStructOps(program.typeNumber()))
        || (isInUserSpace(program)
            && (!command.isEmpty()
                // To be told why it cannot be attached.
                || AttachTarget.of(program.section()).missing().isPresent()));
  }

  /** Why a program that no packet is for is not measured; a clause. */
  String leftOut(ProgramInfo program) {
    if (isStructOps(program.typeNumber())) {
      return "it becomes a part of the kernel where a command of yours makes it work: --load, and"
          + " guests or --here";
    }
    return couldHarm(program)
        ? "it could harm this machine, so it is attached in guests, or with --here"
        : "programs of this kind are not attached yet";
  }

  private static boolean couldHarm(ProgramInfo program) {
    return isForCgroups(program.typeNumber(), program.section())
        || (HARMFUL.contains(program.typeNumber())
            && program.section().contains("/")
            && !program.section().matches(ELSEWHERE));
  }

  private static boolean isInUserSpace(ProgramInfo program) {
    return program.section().replace('+', '/').matches(USER_SPACE);
  }

  /** Whether a program is run by events of perf. */
  static boolean isForPerf(int type) {
    return type == PERF_EVENT;
  }

  /** Whether a program is run where somebody reads what it iterates over. */
  static boolean isIterator(String section) {
    return section.matches("iter(\\.s)?/.*");
  }

  /** Whether a program becomes a part of the kernel, such as a way to control congestion. */
  static boolean isStructOps(int type) {
    return type == STRUCT_OPS;
  }

  /** Whether a program is attached to a cgroup. */
  static boolean isForCgroups(int type, String section) {
    return CGROUPS.contains(type) || section.startsWith("lsm_cgroup/");
  }
}
