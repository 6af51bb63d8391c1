package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.MutexMonitor.Waited;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Waits for the kernel's locks that this process makes, held against its own calls. */
class MutexMonitorTest {
  private static final int ALL = 1_000;
  private static final int THREADS = 8;
  private static final int TURNS = 2_000;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(MutexMonitor.KEY, "tools/mutex-monitor");
    CompiledStructs.requireSame(MutexMonitor.USE, "tools/mutex-monitor");
    CompiledStructs.requireSame(MutexMonitor.WAIT, "tools/mutex-monitor");
  }

  /**
   * Each call waits once at most, and no longer than it takes; who has the lock is this process.
   */
  @Test
  void waitsForAFileAreThoseOfItsWriters() throws Exception {
    Requires.bpf();
    Requires.root();
    try (MutexMonitor module = attach(0)) {
      var _ = module.since();
      ContendedFile made = ContendedFile.of(50);
      List<Waited> own = own(module.since(), ContendedFile.LOCK);

      Waited most = own.getFirst();
      assertTrue(most.waits() >= 1 && most.waits() <= made.calls(), made + " " + most);
      assertTrue(most.nanos() <= made.nanos(), made + " " + most);
      assertTrue(most.longestNanos() <= most.nanos(), most.toString());
      assertEquals(most.pid(), most.owner(), most.toString());
      assertFalse(most.ownerName().isEmpty(), most.toString());
    }
  }

  /** Threads of one process that map and unmap memory wait for one lock, which has a name. */
  @Test
  void threadsThatMapMemoryWaitForTheirMemorysLock() throws Exception {
    Requires.bpf();
    Requires.root();
    try (MutexMonitor module = attach(0)) {
      var _ = module.since();
      AtomicLong nanos = new AtomicLong();
      List<Thread> threads =
          Stream.generate(() -> Thread.ofPlatform().unstarted(() -> nanos.addAndGet(map())))
              .limit(THREADS)
              .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      List<Waited> own = own(module.since(), "rwsem write");
      Waited memory =
          own.stream()
              .filter(waited -> LockKind.isOfMemory(waited.kind()))
              .findFirst()
              .orElseThrow();

      assertTrue(memory.waits() >= 1, own.toString());
      assertTrue(memory.nanos() <= 2 * nanos.get(), memory + " in " + nanos);
    }
  }

  /** How long it took. */
  private static long map() {
    long start = System.nanoTime();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      for (int i = 0; i < TURNS; i++) {
        MemorySegment page = LibC.mmap(errno, MemorySegment.NULL, 1 << 16, 3, 0x8022, -1, 0);
        assertEquals(0, LibC.munmap(errno, page, 1 << 16));
      }
    }
    return System.nanoTime() - start;
  }

  @Test
  void aWaitThatTakesLongHasARow() throws Exception {
    Requires.bpf();
    Requires.root();
    try (MutexMonitor module = attach(1_000)) {
      ContendedFile made = ContendedFile.of(50);
      Rows rows = (Rows) module.take();
      List<String> keys = rows.columns().stream().map(Rows.Column::key).toList();
      List<List<Object>> own = new ArrayList<>(rows.rows());
      own.removeIf(row -> (int) row.get(keys.indexOf("pid")) != ProcessHandle.current().pid());
      own.removeIf(row -> (int) row.get(keys.indexOf("owner_pid")) == 0);

      assertTrue(rows.headed());
      assertFalse(own.isEmpty(), rows.rows().toString());
      assertTrue(own.size() <= made.calls() + rows.rows().size(), own.toString());
      assertFalse(((Rows) module.take()).headed(), "the head stands once");
    }
  }

  @Test
  void aStackSaysWhereAThreadWaits() throws Exception {
    Requires.bpf();
    Requires.root();
    try (MutexMonitor module = MutexMonitor.attach(new MutexMonitor.Options(0, true, 0, ALL, 0))) {
      ContendedFile made = ContendedFile.of(50);
      Rows rows = (Rows) module.take();

      assertEquals("stack", rows.columns().getLast().key());
      assertTrue(
          rows.rows().stream()
              .filter(row -> row.getFirst().equals((int) ProcessHandle.current().pid()))
              .anyMatch(row -> row.getLast().toString().contains("sys_write")),
          made + " " + rows.rows());
    }
  }

  @Test
  void sumsByStackAndRowsAreRefused() {
    assertThrows(Refusal.class, () -> new MutexMonitor.Options(1, true, 0, ALL, 0));
    assertThrows(Refusal.class, () -> new MutexMonitor.Options(0, false, 0, 0, 0));
  }

  @Test
  void kindsAreTheKernels() {
    assertEquals("spinlock", LockKind.words(1));
    assertEquals("rwlock read", LockKind.words(3));
    assertEquals("rwsem read", LockKind.words(2));
    assertEquals("rwsem write", LockKind.words(0x104));
    assertEquals("percpu-rwsem write", LockKind.words(20));
    assertEquals("rtmutex", LockKind.words(8));
    assertEquals("rtlock read", LockKind.words(10));
    assertEquals("mutex", LockKind.words(32));
  }

  @Test
  void aLockOfTheKernelsVariablesHasAName() {
    KernelVariables variables =
        KernelVariables.parse(
            Stream.of(
                "ffffffff81000000 T _text",
                "ffffffff82000000 D cgroup_mutex",
                "ffffffff82000040 b rtnl_mutex",
                "0000000000000000 B hidden",
                "ffffffffc0000000 d own\t[module]"));

    assertEquals("cgroup_mutex", variables.of(0xffffffff82000000L));
    assertEquals("rtnl_mutex+0x8", variables.of(0xffffffff82000048L));
    assertEquals("own", variables.of(0xffffffffc0000000L));
    assertEquals("", variables.of(0xffffffff81000000L));
    assertEquals("", variables.of(0xffff888000000000L));
    assertEquals("", variables.of(0xffffffffbfffffffL));
  }

  private static List<Waited> own(List<Waited> found, String kind) {
    return found.stream()
        .filter(waited -> waited.pid() == ProcessHandle.current().pid())
        .filter(waited -> LockKind.words(waited.kind()).equals(kind))
        .toList();
  }

  private static MutexMonitor attach(long thresholdNanos) {
    return MutexMonitor.attach(new MutexMonitor.Options(thresholdNanos, false, 0, ALL, 0));
  }
}
