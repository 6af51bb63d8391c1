package dev.bpfgauge.suite.diagnose;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads and processes that the test makes, held against what it made and what /proc says. */
class TaskMonitorTest {
  private static final int ALL = 100_000;
  private static final int ATTEMPTS = 50;

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(TaskMonitor.KEY, "tools/task-monitor");
    CompiledStructs.requireSame(TaskMonitor.BIRTHS, "tools/task-monitor");
    CompiledStructs.requireSame(TaskMonitor.THREAD, "tools/task-monitor");
  }

  @Test
  void everyCountIsTheKernels() {
    Requires.bpf();
    Requires.root();
    try (TaskMonitor module = attach(0, ALL)) {
      module.prove();
      assertEquals(0, module.tally().lost());
      assertTrue(module.tally().seen() > 0);
    }
  }

  /** A process with threads that come and go is looked at again. */
  @Test
  void threadsOfEachProcessAreAsManyAsProcHas() throws Exception {
    Requires.bpf();
    Requires.root();
    try (TaskMonitor module = attach(0, ALL)) {
      Map<Integer, Long> differing = Map.of();
      for (int i = 0; i < ATTEMPTS && (i == 0 || !differing.isEmpty()); i++) {
        differing = differing(module.since());
      }
      assertEquals(Map.of(), differing);
    }
  }

  private static Map<Integer, Long> differing(Map<Integer, TaskMonitor.Owner> found)
      throws IOException {
    Map<Integer, Long> differing = new TreeMap<>();
    for (TaskMonitor.Owner owner : found.values()) {
      Path threads = Path.of("/proc", Integer.toString(owner.pid()), "task");
      try (Stream<Path> all = Files.list(threads)) {
        long there = all.count();
        if (there != owner.has().threads()) {
          differing.put(owner.pid(), there - owner.has().threads());
        }
      } catch (NoSuchFileException | UncheckedIOException e) {
        // It has ended.
      }
    }
    return differing;
  }

  @Test
  void forksOfAProcessAreAsManyAsItMade() throws Exception {
    Requires.bpf();
    Requires.root();
    try (TaskMonitor module = attach(0, ALL)) {
      var _ = module.since();
      Process shell =
          new ProcessBuilder("sh", "-c", "for i in 1 2 3 4 5 6 7; do (:); done; exit 0").start();
      assertEquals(0, shell.waitFor());
      Map<Integer, TaskMonitor.Owner> found = module.since();
      TaskMonitor.Owner own = requireNonNull(found.get((int) shell.pid()), found::toString);
      assertEquals("sh", own.name());
      assertEquals(new TaskMonitor.Counted(0, 0, 0, 0, 7, 1), own.has());
    }
  }

  @Test
  void spinningAndBlockedThreadsAreTheirProcesss() throws Exception {
    Requires.bpf();
    Requires.root();
    try (TaskMonitor module = attach(0, ALL);
        StuckProgram stuck = StuckProgram.start(folder, 3, 2)) {
      Map<Integer, TaskMonitor.Owner> found = module.since();
      for (int pid : stuck.blocked()) {
        TaskMonitor.Owner one = found.get(pid);
        assertTrue(one != null && one.has().blocked() == 1, pid + " of " + found);
      }
      assertTrue(TaskMonitor.sum(found.values()).running() >= 3, found.toString());
    }
  }

  @Test
  void theFirstRowIsAllAndWhatIsLeftIsTheLast() {
    Requires.bpf();
    Requires.root();
    try (TaskMonitor module = attach(0, 1)) {
      List<List<Object>> rows = ((Rows) module.take()).rows();
      assertEquals(3, rows.size(), rows.toString());
      assertEquals("[all]", rows.getFirst().get(2));
      assertEquals("[others]", rows.getLast().get(2));
      long threads = (Long) rows.getFirst().get(3);
      assertEquals(threads, (Long) rows.get(1).get(3) + (Long) rows.get(2).get(3));
    }
  }

  @Test
  void onlyTheProcessThatIsAskedForIsThere() {
    Requires.bpf();
    Requires.root();
    int own = (int) ProcessHandle.current().pid();
    try (TaskMonitor module = attach(own, ALL)) {
      assertEquals(List.of(own), List.copyOf(module.since().keySet()));
    }
  }

  @Test
  void noRowsAreRefused() {
    assertThrows(Refusal.class, () -> new TaskMonitor.Options(false, 0, 0, 0));
  }

  private static TaskMonitor attach(int pid, int most) {
    return TaskMonitor.attach(new TaskMonitor.Options(false, pid, most, 0));
  }
}
