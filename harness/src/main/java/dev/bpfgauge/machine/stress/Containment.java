package dev.bpfgauge.machine.stress;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.machine.host.ChildCgroup;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What holds stressors together, so that all of them can be counted, accounted and ended, whatever
 * they fork.
 *
 * <p>A cgroup of its own where the v2 hierarchy is there and writable; it is made below the
 * harness's own cgroup and given no controllers, so that limits of a container still hold and the
 * scheduler shares the CPUs as if it were not there. Else one of v1's freezer hierarchy, else a
 * mark in the stressors' environment.
 */
sealed interface Containment {
  /** The setting in the stressors' environment, followed by {@code =} and {@link #name()}. */
  String MARK = "BPFGAUGE_LOAD";

  AtomicInteger COUNT = new AtomicInteger();

  /** OWNER-N: which harness, and its how many-eth load. */
  String name();

  /** The folder whose cgroup.procs a stressor enters before its first instruction, or empty. */
  String cgroupFolder();

  /** The live processes. */
  List<Long> pids();

  /** CPU time used so far by all processes, also those that ended where it is a cgroup of v2. */
  default long cpuNanos() {
    return pids().stream()
        .flatMap(pid -> Proc.stat(pid).stream())
        .mapToLong(Proc.Stat::cpuNanos)
        .sum();
  }

  /**
   * Stops all processes where they are and waits for that, at most a tenth of a second: a worker
   * has to get a CPU to stop. They can be killed all the same.
   *
   * @return whether all have stopped; where not, they are about to
   */
  default boolean pause() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
    stop();
    while (!isStopped()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(50));
      stop(); // What was forked meanwhile, too.
    }
    return true;
  }

  /** Asks all processes to stop, also those that stand already. */
  void stop();

  /** Whether no process works. */
  boolean isStopped();

  /** Lets them go on. */
  void go();

  /** SIGKILL to all processes, once. */
  void kill();

  /**
   * Removes what is left when no process is.
   *
   * @return whether that worked; not where a process came in at the last moment
   */
  boolean remove();

  /** For the report: {@code cgroup v2}, or what else and why. */
  String describe();

  /** The best containment this machine allows. */
  static Containment create(Owner owner) {
    String name = owner + "-" + COUNT.incrementAndGet();
    return switch (ChildCgroup.make(name)) {
      case ChildCgroup.Made(Path folder) -> new Grouped(folder);
      case ChildCgroup.Refused(String reason, String _) -> withoutV2(name, reason);
      case ChildCgroup.Absent(String reason, String _) -> withoutV2(name, reason);
    };
  }

  private static Containment withoutV2(String name, String reason) {
    return ChildCgroup.makeFreezer(name) instanceof ChildCgroup.Made(Path folder)
        ? new Frozen(folder, reason)
        : new Marked(name, reason);
  }

  /** A cgroup that a harness made. */
  static Containment of(Path folder) {
    return Files.exists(folder.resolve(Frozen.STATE))
        ? new Frozen(folder, "")
        : new Grouped(folder);
  }

  /** Kills everything and waits until nothing is left, also what was forked meanwhile. */
  default void end(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean interrupted = false; // must not leave stressors behind: kept for the caller
    while (!isEmpty() || !remove()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "stressors %s (%s) did not end within %d s of SIGKILL: run `clean` later"
                .formatted(name(), pids(), atMost.toSeconds()));
      }
      kill();
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether no process is left; one that has ended but waits for its parent is none. */
  default boolean isEmpty() {
    return pids().isEmpty();
  }

  /** A cgroup; its files are empty, and take nothing, once it is removed. */
  sealed interface Group extends Containment {
    Path folder();

    @Override
    default String name() {
      return String.valueOf(folder().getFileName()).substring(ChildCgroup.PREFIX.length());
    }

    @Override
    default String cgroupFolder() {
      return folder().toString();
    }

    @Override
    default List<Long> pids() {
      return text("cgroup.procs").lines().map(Long::valueOf).toList();
    }

    @Override
    default boolean remove() {
      try {
        Files.deleteIfExists(folder());
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    default void write(String file, String word) {
      try {
        Files.writeString(folder().resolve(file), word, StandardOpenOption.WRITE);
      } catch (IOException e) {
        if (Files.exists(folder())) {
          throw new UncheckedIOException("cannot write " + folder().resolve(file), e);
        } // Else it has ended, and whoever looks at the load's proof says so.
      }
    }

    default String text(String file) {
      try {
        return ForeignText.read(folder().resolve(file));
      } catch (NoSuchFileException e) {
        return "";
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + folder().resolve(file), e);
      }
    }
  }

  /** A cgroup of the v2 hierarchy. */
  record Grouped(Path folder) implements Group {

    @Override
    public long cpuNanos() {
      String cpuStat = text("cpu.stat");
      return cpuStat.isEmpty() ? 0 : Cgroups.cpuNanos(cpuStat);
    }

    @Override
    public boolean isEmpty() {
      return !Cgroups.isPopulated(text("cgroup.events"));
    }

    @Override
    public void stop() {
      write("cgroup.freeze", "1");
    }

    @Override
    public boolean isStopped() {
      String events = text("cgroup.events");
      return events.isEmpty() || events.lines().anyMatch("frozen 1"::equals);
    }

    @Override
    public void go() {
      write("cgroup.freeze", "0");
    }

    @Override
    public void kill() {
      try {
        Files.writeString(folder.resolve("cgroup.kill"), "1");
      } catch (IOException e) {
        Containment.killEach(pids()); // before Linux 5.14
      }
    }

    @Override
    public String describe() {
      return "cgroup v2";
    }
  }

  /**
   * A cgroup of v1's freezer hierarchy. What is frozen there takes no signal, SIGKILL neither.
   *
   * @param reason why there is no cgroup v2
   */
  record Frozen(Path folder, String reason) implements Group {
    static final String STATE = "freezer.state";

    @Override
    public void stop() {
      write(STATE, "FROZEN");
    }

    @Override
    public boolean isStopped() {
      String state = text(STATE).strip();
      return state.isEmpty() || state.equals("FROZEN");
    }

    @Override
    public void go() {
      write(STATE, "THAWED");
    }

    @Override
    public void kill() {
      Containment.killEach(pids());
      go();
    }

    @Override
    public String describe() {
      return "cgroup v1 freezer, because " + reason;
    }
  }

  /**
   * Processes known by a setting in their environment, which every child inherits.
   *
   * @param reason why there is no cgroup
   */
  record Marked(String name, String reason) implements Containment {

    @Override
    public String cgroupFolder() {
      return "";
    }

    @Override
    public List<Long> pids() {
      return Proc.withEnvironment(MARK + "=" + name);
    }

    @Override
    public void stop() {
      signal(LibC.SIGSTOP);
    }

    @Override
    public boolean isStopped() {
      return pids().stream()
          .flatMap(pid -> Proc.stat(pid).stream())
          .allMatch(stat -> stat.state() == 'T');
    }

    @Override
    public void go() {
      signal(LibC.SIGCONT);
    }

    private void signal(int signal) {
      pids().forEach(pid -> LibC.kill(Math.toIntExact(pid), signal));
    }

    @Override
    public void kill() {
      Containment.killEach(pids());
    }

    @Override
    public boolean remove() {
      return true;
    }

    @Override
    public String describe() {
      return "process environment, because " + reason;
    }
  }

  private static void killEach(List<Long> pids) {
    for (long pid : pids) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** Ready-to-run time of all live processes, empty where the kernel does not account it. */
  default OptionalLong demandNanos() {
    long sum = 0;
    for (long pid : new ArrayList<>(pids())) {
      OptionalLong demand = Proc.demandNanos(pid);
      if (demand.isEmpty() && Proc.stat(pid).isPresent()) {
        return OptionalLong.empty();
      }
      sum += demand.orElse(0);
    }
    return OptionalLong.of(sum);
  }

  /** Anonymous memory of all live processes. */
  default long memoryBytes() {
    return pids().stream().mapToLong(Proc::anonymousBytes).sum();
  }
}
