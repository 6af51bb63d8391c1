package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.AllocTop.Used;
import dev.bpfgauge.suite.diagnose.AllocTop.Who;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pages of this machine, held against the kernel's own counts. */
class AllocTopTest {
  private static final int MEBI = 1 << 20;
  private static final int ALL = 1_000;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(AllocTop.KEY, "tools/alloc-top");
    CompiledStructs.requireSame(AllocTop.USE, "tools/alloc-top");
  }

  @Test
  void everyCountIsTheKernels() {
    Requires.bpf();
    Requires.root();
    try (AllocTop module = attach(false, ALL)) {
      double bulk = module.prove().getOrDefault(AllocTop.BULK, -1.0);

      assertTrue(bulk >= 0 && bulk < 100, "in bulk: " + bulk);
      assertEquals(0, module.tally().lost());
    }
  }

  /**
   * It reads a block as large as its memory, so each page of that is touched once; in its own PID
   * namespace it is the first process. Before it called exec it had another name.
   */
  @Test
  void aProcessThatEndedIsThereByItsNameAndNumbersWithAllItsPages() throws Exception {
    Requires.bpf();
    Requires.root();
    try (AllocTop module = attach(true, ALL)) {
      var _ = module.since();
      Process child =
          new ProcessBuilder(
                  "unshare",
                  "--pid",
                  "--fork",
                  "dd",
                  "if=/dev/zero",
                  "of=/dev/null",
                  "bs=24M",
                  "count=1")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertEquals(0, child.waitFor());
      Map<Who, Used> found = module.since();

      long pages = 24L * MEBI / LibC.getpagesize();
      Used all =
          found.entrySet().stream()
              .filter(each -> each.getKey().inside() == 1 && each.getKey().pid() != 1)
              .peek(each -> assertEquals("dd", each.getKey().name()))
              .map(Map.Entry::getValue)
              .reduce(Used.NOTHING, Used::plus);
      assertTrue(all.allocatedPages() >= pages, found.toString());
      assertTrue(all.allocatedPages() < pages + pages / 4, "more than its own: " + found);
      assertTrue(all.freedPages() >= pages, "its end gives them back: " + found);
    }
  }

  @Test
  void whatIsLeftOfTheRowsIsOneMore() throws Exception {
    Requires.bpf();
    Requires.root();
    try (AllocTop module = attach(true, 1)) {
      for (int i = 0; i < 3; i++) { // Each begins with pages of its own.
        assertEquals(0, new ProcessBuilder("true").start().waitFor());
      }
      Rows rows = (Rows) module.take();
      List<String> keys = rows.columns().stream().map(Rows.Column::key).toList();
      assertTrue(keys.contains("order") && keys.contains("freed_kib"), keys.toString());
      assertEquals(2, rows.rows().size(), rows.toString());
      assertEquals(Who.OTHERS, rows.rows().getLast().get(2));
    }
  }

  @Test
  void theKernelsCountsAreOfAllZones() {
    assertEquals(
        new PageCounts(36, 9),
        PageCounts.parse(
            List.of(
                "pgpgin 1",
                "pgalloc_dma 1",
                "pgalloc_dma32 2",
                "pgalloc_normal 33",
                "allocstall_normal 7",
                "pgfree 9",
                "pgfree_more 8")));
  }

  @Test
  void noRowsAreRefused() {
    String said =
        assertThrows(Refusal.class, () -> new AllocTop.Options(false, 0, 0, 0)).getMessage();
    assertTrue(said != null && said.contains("--maxrows"), said);
  }

  private static AllocTop attach(boolean byOrder, int most) {
    return AllocTop.attach(new AllocTop.Options(byOrder, 0, most, 0));
  }
}
