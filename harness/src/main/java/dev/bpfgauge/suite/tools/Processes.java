package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Processes that a tool is limited to. */
public final class Processes {
  private static final int NONE = -1;
  private static final String TGID = "Tgid:";

  /** PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h. */
  private static final String MACHINES = "pid:[4026531836]";

  private Processes() {}

  /**
   * What the user gave; 0 for all where that is nothing.
   *
   * @param list the command that lists those there are
   * @throws Refusal where it is no number of one
   */
  public static int orAll(String what, String list, @Nullable Integer number) {
    if (number != null && number < 1) {
      throw Refusal.usage("there is no %s %d; `%s` lists them.".formatted(what, number, list));
    }
    return number == null ? 0 : number;
  }

  /**
   * Checks what the user gave.
   *
   * @param pid 0 for all processes
   * @throws Refusal where there is no such process
   */
  public static void require(int pid) {
    requireTheMachinesNumbers(pid, "--pid");
    int process = pid == 0 ? 0 : processOf(pid);
    if (process == NONE) {
      throw Refusal.usage("there is no process " + pid + "; `ps -e` lists them.");
    }
    if (process != pid) {
      throw Refusal.usage(
          "%d is a thread of process %d: give that process.".formatted(pid, process));
    }
  }

  /**
   * Checks what the user gave.
   *
   * @param tid 0 for all threads
   * @throws Refusal where there is no such thread
   */
  public static void requireThread(int tid) {
    requireTheMachinesNumbers(tid, "--tid");
    if (tid != 0 && processOf(tid) == NONE) {
      throw Refusal.usage("there is no thread " + tid + "; `ps -eL` lists them.");
    }
  }

  /**
   * Checks that both can be true of one.
   *
   * @param pid 0 for all processes
   * @param tid 0 for all threads
   * @throws Refusal where the thread is another process's
   */
  public static void requireThreadOf(int pid, int tid) {
    int process = tid == 0 ? NONE : processOf(tid);
    if (pid != 0 && tid != 0 && process != pid) {
      throw Refusal.usage(
          "thread %d is not of process %d but of %d: `ls /proc/%d/task` lists its threads."
              .formatted(tid, pid, process, pid));
    }
  }

  /**
   * BPF programs know processes by the machine's own numbers, which a container's are not.
   *
   * @throws Refusal where a number is given that is none of the machine's
   */
  private static void requireTheMachinesNumbers(int number, String option) {
    if (number > 0 && !areOfTheMachine()) {
      throw Refusal.usage(
          ("%s %d is a number of this PID namespace, and the kernel's programs know only the"
                  + " machine's own: run the tool outside of the container, with the number there,"
                  + " or leave %s away.")
              .formatted(option, number, option));
    }
  }

  /**
   * Whether /proc shows the machine's own numbers, not those of a PID namespace within it: this
   * process is in the machine's, or /proc is that of an outer one, and so shows both its numbers.
   */
  static boolean areOfTheMachine() {
    return areInMachinesNamespace() || numbersOfThisProcess() > 1;
  }

  /** Whether this process is in the machine's own PID namespace. */
  public static boolean areInMachinesNamespace() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().equals(MACHINES);
    } catch (IOException e) {
      return false;
    }
  }

  private static long numbersOfThisProcess() {
    try (Stream<String> status = ForeignText.lines(Path.of("/proc/self/status"))) {
      return status
          .filter(line -> line.startsWith("NSpid:"))
          .mapToLong(line -> line.strip().split("\\s+", -1).length - 1L)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** Threads that there are now, of all processes; 0 where /proc does not say. */
  static long threads() {
    try {
      // E.g. 0.20 0.18 0.12 1/80 11206: running, and all.
      String[] load = ForeignText.read(Path.of("/proc/loadavg")).strip().split("[ /]", -1);
      return load.length > 4 ? Long.parseLong(load[4]) : 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /**
   * The process that a thread is of.
   *
   * @throws Refusal where it has ended
   */
  public static int ofThread(int tid) {
    requireThread(tid);
    return processOf(tid);
  }

  /** The process that a thread is of; {@link #NONE} where there is no such thread. */
  private static int processOf(int tid) {
    try (Stream<String> status = ForeignText.lines(Path.of("/proc/" + tid + "/status"))) {
      return status
          .filter(line -> line.startsWith(TGID))
          .findFirst()
          .map(line -> Integer.parseInt(line.substring(TGID.length()).strip()))
          .orElse(NONE);
    } catch (IOException | UncheckedIOException e) {
      return NONE;
    }
  }
}
