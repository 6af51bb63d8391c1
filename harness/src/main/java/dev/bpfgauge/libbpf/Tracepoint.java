package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A tracepoint as a perf event, to which a program can be attached. Its number stands in tracefs,
 * which many machines do not mount; then one is made for this process alone by fsmount(2), in no
 * folder, so that nothing of the machine is changed and nothing is left behind.
 */
public final class Tracepoint {

  private static final List<Path> MOUNTED =
      List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));

  /** What {@link BpfException} says failed where there is no such tracepoint. */
  static final String CALL = "tracepoint";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

  private static final int PERF_TYPE_TRACEPOINT = 2;

  // Equal on all architectures since Linux 5.2.
  private static final int SYS_FSOPEN = 430;
  private static final int SYS_FSCONFIG = 431;
  private static final int SYS_FSMOUNT = 432;
  private static final int CLOEXEC = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;

  private Tracepoint() {}

  /**
   * The number by which perf_event_open(2) knows it.
   *
   * @throws BpfException where this kernel has none of this name
   */
  public static int number(String category, String event) {
    return id(MOUNTED, category, event);
  }

  /** A perf event on every CPU, all processes; the caller closes it. */
  static int perfEvent(String category, String event) {
    if (!NAME.matcher(category).matches() || !NAME.matcher(event).matches()) {
      throw new IllegalArgumentException(
          "%s/%s is not a tracepoint: a name is of letters, digits, _ . and -"
              .formatted(category, event));
    }
    // All processes, CPU 0: a tracepoint's programs run on every CPU whatever CPU is named here.
    return PerfEvent.open(
        category + "/" + event,
        PERF_TYPE_TRACEPOINT,
        number(category, event),
        new PerfEvent.Scope(0, -1, 0));
  }

  /**
   * The number by the first of the folders where tracefs is mounted, else by a mount of our own.
   */
  static int id(List<Path> mounted, String category, String event) {
    Path file = Path.of("events", category, event, "id");
    for (Path tracefs : mounted) {
      if (Files.isDirectory(tracefs.resolve("events"))) {
        return read(tracefs.resolve(file), category, event);
      }
    }
    int mount = mountForUsAlone();
    try {
      return read(Path.of("/proc/self/fd/" + mount).resolve(file), category, event);
    } finally {
      BpfMap.closeFd(mount);
    }
  }

  /** Does something with the folder where tracefs is mounted, else with a mount of our own. */
  static <T> T inTracefs(Function<Path, T> body) {
    for (Path tracefs : MOUNTED) {
      if (Files.isDirectory(tracefs.resolve("events"))) {
        return body.apply(tracefs);
      }
    }
    int mount = mountForUsAlone();
    try {
      return body.apply(Path.of("/proc/self/fd/" + mount));
    } finally {
      BpfMap.closeFd(mount);
    }
  }

  private static int read(Path id, String category, String event) {
    if (!Files.exists(id)) {
      throw new BpfException(CALL, category + "/" + event, Errno.ENOENT);
    }
    try {
      return Integer.parseInt(ForeignText.read(id).strip());
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException("cannot read the number of a tracepoint from " + id, e);
    }
  }

  private static int mountForUsAlone() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      long name = arena.allocateFrom("tracefs").address();
      int context =
          require("fsopen", LibC.syscall(errno, SYS_FSOPEN, name, CLOEXEC, 0, 0, 0, 0), errno);
      try {
        require(
            "fsconfig",
            LibC.syscall(errno, SYS_FSCONFIG, context, FSCONFIG_CMD_CREATE, 0, 0, 0, 0),
            errno);
        return require(
            "fsmount", LibC.syscall(errno, SYS_FSMOUNT, context, CLOEXEC, 0, 0, 0, 0), errno);
      } finally {
        BpfMap.closeFd(context);
      }
    }
  }

  private static int require(String call, long result, MemorySegment errno) {
    if (result < 0) {
      throw new BpfException(
          call,
          "tracefs, which is not mounted: mount -t tracefs tracefs /sys/kernel/tracing",
          Errno.of(errno));
    }
    return Math.toIntExact(result);
  }
}
