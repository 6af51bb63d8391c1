package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.HighOrder.Asked;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests for pages in a row that this process makes, of a known number. */
class HighOrderTest {
  private static final int ALL = 1_000;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(HighOrder.KEY, "tools/high-order");
    CompiledStructs.requireSame(HighOrder.USE, "tools/high-order");
  }

  /** A read of /proc/sys is one request. */
  @Test
  void everyRequestIsCountedByItsOrder() {
    Requires.bpf();
    Requires.root();
    try (HighOrder module = attach(3)) {
      var _ = module.since();
      LargeReads.request(4, 30, LibC.getpagesize());
      LargeReads.request(5, 60, LibC.getpagesize());
      LargeReads.request(2, 30, LibC.getpagesize()); // below the least that counts
      List<Asked> found = module.since();

      assertEquals(30, ofReads(found, 4), found.toString());
      assertEquals(60, ofReads(found, 5), found.toString());
      assertEquals(0, ofReads(found, 2), found.toString());
      assertEquals(0, module.tally().lost());
    }
  }

  @Test
  void aStackSaysWhereItIsAsked() {
    Requires.bpf();
    Requires.root();
    try (HighOrder module = HighOrder.attach(new HighOrder.Options(4, true, 0, ALL, 0))) {
      LargeReads.request(4, 20, LibC.getpagesize());
      Rows rows = (Rows) module.take();

      assertEquals("stack", rows.columns().getLast().key());
      assertEquals(
          20,
          rows.rows().stream()
              .filter(row -> row.getFirst().equals((int) ProcessHandle.current().pid()))
              .filter(row -> row.getLast().toString().contains("vfs_read <"))
              .mapToLong(row -> ((Number) row.get(4)).longValue())
              .sum(),
          rows.rows().toString());
    }
  }

  private static long ofReads(List<Asked> found, int order) {
    return found.stream()
        .filter(asked -> asked.pid() == ProcessHandle.current().pid())
        .filter(asked -> asked.order() == order && LargeReads.isGfp(asked.gfp()))
        .peek(asked -> assertTrue(asked.requests() >= asked.failures(), asked.toString()))
        .mapToLong(Asked::requests)
        .sum();
  }

  /**
   * Each has one, and none is lost; seldom one is taken for an interrupt's, so it is asked again.
   */
  @Test
  void hugePagesAreOneRequestEach() throws IOException {
    Requires.bpf();
    Requires.root();
    Path settings = Path.of("/sys/kernel/mm/transparent_hugepage");
    Requires.machine(
        Files.exists(settings)
            && !Files.readString(settings.resolve("enabled")).contains("[never]"),
        "transparent huge pages");
    long huge = Long.parseLong(Files.readString(settings.resolve("hpage_pmd_size")).strip());
    int order = Long.numberOfTrailingZeros(huge / LibC.getpagesize());
    int pages = 8;
    try (HighOrder module = attach(3)) {
      long own = 0;
      for (int turn = 0; turn < 3 && own < pages; turn++) {
        var _ = module.since();
        touch(huge, pages);
        List<Asked> found =
            module.since().stream().filter(asked -> asked.order() == order).toList();

        // One that fails is tried once more where there is another node, or another way.
        assertTrue(found.stream().mapToLong(Asked::requests).sum() >= pages, found.toString());
        own =
            found.stream()
                .filter(asked -> asked.pid() == ProcessHandle.current().pid())
                .mapToLong(Asked::requests)
                .sum();
      }
      assertTrue(own >= pages, own + " of " + pages + " are this process's");
    }
  }

  private static void touch(long huge, int pages) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      long bytes = (pages + 1) * huge;
      MemorySegment all =
          LibC.mmap(errno, MemorySegment.NULL, bytes, 3, 0x22, -1, 0).reinterpret(bytes);
      long start = (all.address() + huge - 1) / huge * huge - all.address();
      MemorySegment aligned = all.asSlice(start, pages * huge);
      assertEquals(0, LibC.madvise(errno, aligned, aligned.byteSize(), 14)); // MADV_HUGEPAGE
      for (int i = 0; i < pages; i++) {
        aligned.set(ValueLayout.JAVA_BYTE, i * huge, (byte) 1);
      }
      assertEquals(0, LibC.munmap(errno, all, bytes));
    }
  }

  @Test
  void flagsAreTheKernelsWords() {
    assertEquals("GFP_KERNEL", GfpFlags.of(0xcc0));
    assertEquals("GFP_KERNEL|ZERO|NOWARN|COMP|ACCOUNT", GfpFlags.of(0x442dc0 | 0x400000));
    assertEquals("GFP_TRANSHUGE_LIGHT", GfpFlags.of(0x1c20ca));
    assertEquals("GFP_ATOMIC|COMP|0x80000000", GfpFlags.of(0x80040820));
    assertEquals("0x0", GfpFlags.of(0));
  }

  @Test
  void anOrderThatCannotBeIsRefused() {
    for (int order : List.of(-1, 21)) {
      String said =
          assertThrows(Refusal.class, () -> new HighOrder.Options(order, false, 0, 1, 0))
              .getMessage();
      assertTrue(said != null && said.contains("--order"), said);
    }
  }

  private static HighOrder attach(int order) {
    return HighOrder.attach(new HighOrder.Options(order, false, 0, ALL, 0));
  }
}
