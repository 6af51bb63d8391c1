package dev.bpfgauge.suite.ab;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.PerfEvent;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.measure.Cpu;
import dev.bpfgauge.os.ProcessTree;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One run of a command: what the kernel says that it took (wait4(2)), and counters of
 * perf_event_open(2) on it and all that it starts.
 *
 * <p>A shell waits at a pipe until the counters are there and then becomes the command, so that no
 * run is without them; its exec is part of the time, and its few faults of the command's account.
 */
final class CommandRun {
  /**
   * Says its number, waits at the pipe and becomes the command; where the pipe only closes it ends.
   */
  private static final String GATE =
      "echo $$ >&3; read -r _ <&4 && cd \"$0\" && exec \"$@\" </dev/null 3>&- 4<&-";

  /**
   * Starts that as a child of its own. The kernel counts this process's memory as that of its child
   * until the child's exec; a child's child has an account of its own. In the foreground, as a
   * shell lets what it starts behind ignore SIGINT.
   */
  private static final List<String> STARTER =
      List.of("/bin/sh", "-c", "/bin/sh -c \"$0\" \"$@\"; :", GATE);

  /** POSIX_SPAWN_SETPGROUP, _SETSIGDEF and _SETSIGMASK. */
  private static final short SPAWN_FLAGS = 2 | 4 | 8;

  private static final int SIGNAL_SET_BYTES = 128;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int O_WRONLY_CREAT_TRUNC = 1 | 0x40 | 0x200;
  private static final int OBJECT_BYTES = 512;

  /** Descriptors by which {@link #GATE} says its number, and waits. */
  private static final int NUMBER = 3;

  private static final int GATE_IN = 4;

  private static final int SIGKILL = 9;
  private static final int WNOHANG = 1;
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  /** Its number is the same on every architecture. */
  private static final long CLOSE_RANGE = 436;

  private static final long CLOSE_RANGE_CLOEXEC = 4;
  private static final long FIRST_OF_OURS = 3;
  private static final long ALL = 0xffff_ffffL;
  private static final long NANOS_A_SECOND = 1_000_000_000;
  private static final long NANOS_A_MICRO = 1_000;
  private static final long KIBI = 1024;

  /** Of {@code struct rusage}, in bytes; it has 144 in all. */
  private static final int RUSAGE_BYTES = 144;

  private static final int USER = 0;
  private static final int SYSTEM = 16;
  private static final int RESIDENT = 32;
  private static final int MINOR_FAULTS = 64;
  private static final int MAJOR_FAULTS = 72;
  private static final int VOLUNTARY = 128;
  private static final int INVOLUNTARY = 136;

  private CommandRun() {}

  /**
   * Where and how a command runs.
   *
   * @param folder where it runs
   * @param words program and arguments
   * @param environment all of its variables
   * @param cpus that it may use; empty for those of this process
   * @param groups folders of control groups that it runs in
   * @param out where its standard output goes
   * @param err where its standard error goes
   */
  record Start(
      Path folder,
      List<String> words,
      Map<String, String> environment,
      List<Integer> cpus,
      List<Path> groups,
      Path out,
      Path err) {}

  /**
   * What came of it.
   *
   * @param wallNanos from the start to the end
   * @param exit its exit code; 128 and the signal where one ended it
   * @param figures what it took, by name
   * @param missing what could not be counted, each with the reason
   * @param left processes that it left running, which were ended
   */
  record Ended(
      long wallNanos,
      int exit,
      SortedMap<String, Double> figures,
      SortedMap<String, String> missing,
      int left) {}

  /** Counters by name: type and number in {@code include/uapi/linux/perf_event.h}. */
  private enum Counter {
    TASK_CLOCK(1, 1, "task_clock_ns"),
    MIGRATIONS(1, 4, "migrations"),
    CYCLES(0, 0, "cycles"),
    INSTRUCTIONS(0, 1, "instructions"),
    CACHE_MISSES(0, 3, "cache_misses"),
    BRANCH_MISSES(0, 5, "branch_misses");

    private final int type;
    private final long config;
    private final String figure;

    Counter(int type, long config, String figure) {
      this.type = type;
      this.config = config;
      this.figure = figure;
    }
  }

  /**
   * Runs it to its end. What it leaves behind is ended.
   *
   * @throws IOException where it cannot be started
   * @throws InterruptedException where this thread is interrupted; then the command is ended
   */
  static Ended run(Start start) throws IOException, InterruptedException {
    Set<Long> before = ProcessTree.children();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment errno = Errno.allocate(arena);
      LibC.prctl(errno, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
      try {
        return run(start, before, arena, errno);
      } finally {
        LibC.prctl(errno, PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
      }
    }
  }

  private static Ended run(Start start, Set<Long> before, Arena arena, MemorySegment errno)
      throws IOException, InterruptedException {
    List<Integer> open = new ArrayList<>();
    SortedMap<String, String> missing = new TreeMap<>();
    try {
      // What a virtual machine has open is none of the command's; before Linux 5.11 it may see it.
      LibC.syscall(errno, CLOSE_RANGE, FIRST_OF_OURS, ALL, CLOSE_RANGE_CLOEXEC, 0, 0, 0);
      Pipe gate = Pipe.open(open, arena, errno);
      Pipe number = Pipe.open(open, arena, errno);
      int group = spawn(start, gate.out, number.in, arena);
      LibC.close(errno, number.in);
      open.removeIf(fd -> fd == number.in);
      int pid = number(number.out, arena, errno);
      LibC.kill(group, SIGKILL);
      LibC.wait4(errno, group, MemorySegment.NULL, 0, MemorySegment.NULL);
      if (!start.cpus().isEmpty()) {
        confine(pid, start.cpus(), arena, errno);
      }
      for (Path folder : start.groups()) {
        join(pid, folder);
      }
      Map<Counter, Integer> counters = new HashMap<>();
      for (Counter counter : Counter.values()) {
        count(counter, pid, counters, missing);
      }
      open.addAll(counters.values());
      MemorySegment newline = arena.allocateFrom("\n");
      long begin = System.nanoTime();
      LibC.write(errno, gate.in, newline, 1);
      MemorySegment usage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
      MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
      long end = ended(pid, group, status, usage);
      SortedMap<String, Double> figures = figures(usage);
      counters.forEach((counter, fd) -> read(counter, fd, arena, figures, missing));
      return new Ended(
          end - begin,
          exit(status.get(ValueLayout.JAVA_INT, 0)),
          figures,
          missing,
          endLeft(before, arena));
    } finally {
      open.forEach(fd -> LibC.close(errno, fd));
      endLeft(before, arena);
    }
  }

  /**
   * A pipe, closed by exec.
   *
   * @param out the end to read
   * @param in the end to write
   */
  private record Pipe(int out, int in) {
    static Pipe open(List<Integer> all, Arena arena, MemorySegment errno) throws IOException {
      MemorySegment pipe = arena.allocate(ValueLayout.JAVA_INT, 2);
      if (LibC.pipe2(errno, pipe, O_CLOEXEC) != 0) {
        throw new IOException("pipe2: " + LibC.strerror(Errno.of(errno)));
      }
      Pipe both =
          new Pipe(
              pipe.getAtIndex(ValueLayout.JAVA_INT, 0), pipe.getAtIndex(ValueLayout.JAVA_INT, 1));
      all.addAll(List.of(both.out, both.in));
      return both;
    }
  }

  /** The number in a line of a pipe. */
  private static int number(int fd, Arena arena, MemorySegment errno) throws IOException {
    MemorySegment one = arena.allocate(1);
    StringBuilder text = new StringBuilder();
    while (LibC.read(errno, fd, one, 1) == 1 && one.get(ValueLayout.JAVA_BYTE, 0) != '\n') {
      text.append((char) one.get(ValueLayout.JAVA_BYTE, 0));
    }
    try {
      return Integer.parseInt(text.toString());
    } catch (NumberFormatException e) {
      throw new IOException("the shell did not start the command", e);
    }
  }

  private static int spawn(Start start, int in, int number, Arena arena) throws IOException {
    List<String> words = new ArrayList<>(STARTER);
    words.add(start.folder().toString());
    words.addAll(start.words());
    MemorySegment actions = arena.allocate(OBJECT_BYTES, Long.BYTES);
    MemorySegment attributes = arena.allocate(OBJECT_BYTES, Long.BYTES);
    require("posix_spawn_file_actions_init", LibC.posix_spawn_file_actions_init(actions));
    require("posix_spawnattr_init", LibC.posix_spawnattr_init(attributes));
    try {
      require("adddup2", LibC.posix_spawn_file_actions_adddup2(actions, in, GATE_IN));
      require("adddup2", LibC.posix_spawn_file_actions_adddup2(actions, number, NUMBER));
      open(actions, 1, start.out(), arena);
      open(actions, 2, start.err(), arena);
      require("setflags", LibC.posix_spawnattr_setflags(attributes, SPAWN_FLAGS));
      // A virtual machine blocks and ignores some signals, which would be inherited.
      MemorySegment none = arena.allocate(SIGNAL_SET_BYTES, Long.BYTES);
      require("setsigmask", LibC.posix_spawnattr_setsigmask(attributes, none));
      MemorySegment all = arena.allocate(SIGNAL_SET_BYTES, Long.BYTES).fill((byte) 0xff);
      require("setsigdefault", LibC.posix_spawnattr_setsigdefault(attributes, all));
      MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
      require(
          "the command cannot be started",
          LibC.posix_spawn(
              pid,
              arena.allocateFrom(STARTER.getFirst()),
              actions,
              attributes,
              strings(words, arena),
              strings(
                  start.environment().entrySet().stream()
                      .map(variable -> variable.getKey() + "=" + variable.getValue())
                      .toList(),
                  arena)));
      return pid.get(ValueLayout.JAVA_INT, 0);
    } finally {
      LibC.posix_spawn_file_actions_destroy(actions);
      LibC.posix_spawnattr_destroy(attributes);
    }
  }

  private static void open(MemorySegment actions, int fd, Path file, Arena arena)
      throws IOException {
    require(
        file.toString(),
        LibC.posix_spawn_file_actions_addopen(
            actions, fd, arena.allocateFrom(file.toString()), O_WRONLY_CREAT_TRUNC, 0600));
  }

  /** An array of strings with a null pointer behind. */
  private static MemorySegment strings(List<String> words, Arena arena) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, words.size() + 1L);
    for (int i = 0; i < words.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(words.get(i)));
    }
    return array;
  }

  private static void require(String what, int error) throws IOException {
    if (error != 0) {
      throw new IOException(what + ": " + LibC.strerror(error));
    }
  }

  private static void confine(int pid, List<Integer> cpus, Arena arena, MemorySegment errno)
      throws IOException {
    if (Cpu.set(pid, cpus, arena, errno) != 0) {
      throw new IOException(
          "no CPU of %s can be used: %s".formatted(cpus, LibC.strerror(Errno.of(errno))));
    }
  }

  private static void join(int pid, Path group) throws IOException {
    try {
      Files.writeString(group.resolve(Setting.PROCESSES), Integer.toString(pid));
    } catch (IOException e) {
      throw new IOException("the command cannot join %s: %s".formatted(group, e.getMessage()), e);
    }
  }

  private static void count(
      Counter counter, int pid, Map<Counter, Integer> counters, SortedMap<String, String> missing) {
    try {
      counters.put(counter, PerfEvent.ofCommand(counter.name(), counter.type, counter.config, pid));
    } catch (BpfException e) {
      missing.put(counter.figure, why(counter, e.errno()));
    } catch (UnsupportedOperationException e) {
      missing.put(counter.figure, String.valueOf(e.getMessage()));
    }
  }

  private static String why(Counter counter, int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENODEV, Errno.EOPNOTSUPP ->
          "this machine has no performance monitoring unit, or hides it";
      case Errno.EACCES, Errno.EPERM ->
          "refused: it needs CAP_PERFMON or kernel.perf_event_paranoid of 1 or less";
      default -> counter.name() + ": " + LibC.strerror(errno);
    };
  }

  private static void read(
      Counter counter,
      int fd,
      Arena arena,
      SortedMap<String, Double> figures,
      SortedMap<String, String> missing) {
    MemorySegment three = arena.allocate(ValueLayout.JAVA_LONG, 3);
    if (LibC.read(Errno.allocate(arena), fd, three, three.byteSize()) != three.byteSize()) {
      missing.put(counter.figure, "the kernel did not answer");
      return;
    }
    long wanted = three.getAtIndex(ValueLayout.JAVA_LONG, 1);
    long counted = three.getAtIndex(ValueLayout.JAVA_LONG, 2);
    if (counted < wanted) {
      missing.put(
          counter.figure, "the unit had not enough counters, and what it counted is a part");
      return;
    }
    figures.put(counter.figure, (double) three.getAtIndex(ValueLayout.JAVA_LONG, 0));
  }

  /** Waits for it and gives the moment of its end; a thread of its own, as the call cannot stop. */
  private static long ended(int pid, int group, MemorySegment status, MemorySegment usage)
      throws IOException, InterruptedException {
    CompletableFuture<Long> ended = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .name("wait4")
            .daemon()
            .start(() -> {
              try (Arena arena = Arena.ofConfined()) {
                MemorySegment errno = Errno.allocate(arena);
                int result;
                do {
                  result = LibC.wait4(errno, pid, status, 0, usage);
                } while (result < 0 && Errno.of(errno) == Errno.EINTR);
                long now = System.nanoTime();
                if (result == pid) {
                  ended.complete(now);
                } else {
                  ended.completeExceptionally(
                      new IOException("wait4 of the command: " + LibC.strerror(Errno.of(errno))));
                }
              }
            });
    try {
      return ended.get();
    } catch (InterruptedException e) {
      LibC.kill(-group, SIGKILL);
      LibC.kill(pid, SIGKILL); // it may have left the group
      waiting.join();
      throw e;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? "" : e.getCause().getMessage(), e);
    }
  }

  private static SortedMap<String, Double> figures(MemorySegment usage) {
    SortedMap<String, Double> figures = new TreeMap<>();
    figures.put("user_ns", (double) time(usage, USER));
    figures.put("system_ns", (double) time(usage, SYSTEM));
    figures.put("resident_bytes", (double) usage.get(ValueLayout.JAVA_LONG, RESIDENT) * KIBI);
    figures.put("minor_faults", (double) usage.get(ValueLayout.JAVA_LONG, MINOR_FAULTS));
    figures.put("major_faults", (double) usage.get(ValueLayout.JAVA_LONG, MAJOR_FAULTS));
    figures.put(
        "switches",
        (double)
            (usage.get(ValueLayout.JAVA_LONG, VOLUNTARY)
                + usage.get(ValueLayout.JAVA_LONG, INVOLUNTARY)));
    return figures;
  }

  /** Of a {@code struct timeval}, in nanoseconds. */
  private static long time(MemorySegment usage, long at) {
    return usage.get(ValueLayout.JAVA_LONG, at) * NANOS_A_SECOND
        + usage.get(ValueLayout.JAVA_LONG, at + Long.BYTES) * NANOS_A_MICRO;
  }

  /** As a shell has it, see wait(2) for the bits. */
  private static int exit(int status) {
    int signal = status & 0x7f;
    return signal != 0 ? 128 + signal : status >> 8 & 0xff;
  }

  /** Ends what is this process's child now and was not before. */
  private static int endLeft(Set<Long> before, Arena arena) {
    int ended = 0;
    MemorySegment errno = Errno.allocate(arena);
    List<ProcessHandle> left = ProcessTree.childrenSince(before).toList();
    while (!left.isEmpty()) {
      for (ProcessHandle process : left) {
        int pid = (int) process.pid();
        boolean isOver =
            LibC.wait4(errno, pid, MemorySegment.NULL, WNOHANG, MemorySegment.NULL) == pid;
        if (!isOver) {
          process.destroyForcibly();
          LibC.wait4(errno, pid, MemorySegment.NULL, 0, MemorySegment.NULL);
          ended++;
        }
      }
      left = ProcessTree.childrenSince(before).toList(); // theirs are ours now
    }
    return ended;
  }
}
