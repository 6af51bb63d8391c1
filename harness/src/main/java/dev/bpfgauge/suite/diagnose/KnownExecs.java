package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Shell;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Programs that a shell starts side by side, each with its number as an argument, and others that
 * cannot be started: what a module must show of them is known.
 */
final class KnownExecs {
  /** There, and no program: EACCES. */
  private static final String NO_PROGRAM = "/proc/version";

  private static final String SCRIPT =
      """
      i=0
      while [ $i -lt $2 ]; do $4 -c : $1 $i & i=$((i+1)); done
      i=0
      while [ $i -lt $3 ]; do /nowhere/$1 $i & $5 $1 $i & i=$((i+1)); done
      wait
      """;

  /** The shell's own arguments have it. */
  private static final String SCRIPT_MARK = "while";

  private final int started;
  private final int refused;
  private final String mark = "bpfgauge-%x".formatted(System.nanoTime());

  /**
   * So many of them.
   *
   * @param started programs that are started
   * @param refused programs that are not there, and as many files that are no programs
   */
  KnownExecs(int started, int refused) {
    this.started = started;
    this.refused = refused;
  }

  /**
   * Starts them and holds the rows against them.
   *
   * @param rows of all execs by then, in the order they are shown in
   * @throws IllegalStateException where they differ
   */
  void proveSeenBy(Supplier<List<Exec>> rows) {
    ShellScript.run(
        SCRIPT,
        mark,
        Integer.toString(started),
        Integer.toString(refused),
        Shell.command(),
        NO_PROGRAM);
    List<Exec> execs = rows.get();
    List<Exec> known = execs.stream().filter(exec -> has(exec, mark)).toList();
    require(
        numbers(known, exec -> exec.result() == 0 && !has(exec, SCRIPT_MARK)), started, "started");
    require(numbers(known, exec -> exec.answer().equals("ENOENT")), refused, "not there");
    require(numbers(known, exec -> exec.answer().equals("EACCES")), refused, "no programs");
    if (!execs.equals(execs.stream().sorted(Comparator.comparingLong(Exec::when)).toList())) {
      throw new IllegalStateException("rows are not in the order of their times");
    }
    int self = Math.toIntExact(ProcessHandle.current().pid());
    for (Exec exec : known) {
      if (exec.who().parents().stream().noneMatch(parent -> parent.pid() == self)) {
        throw new IllegalStateException(
            "process %d does not come from %d: %s".formatted(exec.who().pid(), self, exec));
      }
    }
  }

  private static boolean has(Exec exec, String text) {
    return exec.file().contains(text)
        || exec.arguments().words().stream().anyMatch(argument -> argument.contains(text));
  }

  private static List<String> numbers(List<Exec> execs, Predicate<Exec> which) {
    return execs.stream().filter(which).map(exec -> exec.arguments().words().getLast()).toList();
  }

  private static void require(List<String> numbers, int count, String what) {
    List<Integer> found = numbers.stream().map(Integer::valueOf).sorted().toList();
    List<Integer> truth = IntStream.range(0, count).boxed().toList();
    if (!found.equals(truth)) {
      throw new IllegalStateException(
          "%d execs were %s, shown were %d: %s".formatted(count, what, found.size(), found));
    }
  }
}
