package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.KernelNames;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.Kprobe.Shows;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.CountedStacks.Counted;
import dev.bpfgauge.suite.tools.CountedStacks.Form;
import dev.bpfgauge.suite.tools.Distributions;
import dev.bpfgauge.suite.tools.Halves;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.StackMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hits of a process that knows how often it called what. */
class KprobeTest {
  @TempDir Path tmp;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(Kprobe.HIT_KEY, "tools/kprobe");
  }

  @Test
  void everyCallOfAFunctionOfAFileIsCounted() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        Kprobe module =
            Kprobe.attach(
                options(
                    work,
                    Shows.PROCESSES,
                    0,
                    "uprobe:" + work.file() + ":third",
                    "uprobe:" + work.file() + ":deep"))) {
      work.call(1000, 7);
      work.nest(10, 30);
      Rows found = (Rows) module.take();

      Map<Object, Object> hits = new HashMap<>();
      found.rows().forEach(row -> hits.put(row.get(1), row.get(0)));
      assertEquals(Map.of("known-work:third", 1000L, "known-work:deep", 300L), hits);
      assertEquals(1300, module.tally().seen());
      assertEquals(0, module.tally().lost());
    }
  }

  @Test
  void everyCallOfAFunctionOfTheKernelIsCounted() throws Exception {
    Requires.bpf();
    requireKprobes();
    try (KnownWork work = KnownWork.in(tmp);
        Kprobe module = Kprobe.attach(options(work, Shows.PROCESSES, 0, getppid()))) {
      work.call(1000, 7);
      Rows found = (Rows) module.take();

      assertEquals(1000L, found.rows().getFirst().getFirst());
      assertEquals(1, found.rows().size());
    }
  }

  private static void requireKprobes() {
    Requires.machine(
        KernelNames.functions().contains("register_kprobe"), "a kernel with CONFIG_KPROBES");
  }

  @Test
  void anArgumentsValuesAreCounted() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        Kprobe module =
            Kprobe.attach(options(work, Shows.PROCESSES, 1, "uprobe:" + work.file() + ":third"))) {
      work.call(1000, 4);
      Rows found = (Rows) module.take();

      Map<Object, Object> hits = new HashMap<>();
      found.rows().forEach(row -> hits.put(row.get(3), row.get(0)));
      assertEquals(Map.of("0x0", 250L, "0x1", 250L, "0x2", 250L, "0x3", 250L), hits);
    }
  }

  @Test
  void stacksLeadToTheEvent() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        Kprobe module =
            Kprobe.attach(options(work, Shows.STACKS, 0, "uprobe:" + work.file() + ":third"))) {
      work.call(500, 3);
      CountedStacks found = (CountedStacks) module.take();

      assertEquals(500, found.stacks().stream().mapToLong(Counted::count).sum());
      Counted stack = found.stacks().getFirst();
      assertEquals("third", stack.user().getFirst());
      assertTrue(stack.user().contains("main"), stack.toString());
    }
  }

  @Test
  void aCallOfACallIsPartOfTheFirst() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        Kprobe module =
            Kprobe.attach(options(work, Shows.TIMES, 0, "uprobe:" + work.file() + ":deep"))) {
      work.nest(300, 5);
      Distributions found = (Distributions) module.take();

      assertEquals(300, found.histograms().getFirst().events());
      assertTrue(found.histograms().getFirst().totalNanos() > 0);
      assertEquals(300, module.tally().seen());
    }
  }

  @Test
  void aTracepointIsCounted() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        Kprobe module =
            Kprobe.attach(options(work, Shows.PROCESSES, 0, "tracepoint:raw_syscalls:sys_enter"))) {
      work.call(400, 1);
      Rows found = (Rows) module.take();

      long hits = (long) found.rows().getFirst().getFirst();
      assertTrue(hits >= 400 && hits < 410, found.toString()); // and its few of standard input
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vfs_raed                    | it has vfs_read
          tracepoint:sched:sched_swich | it has sched/sched_switch
          uprobe:/proc/self/exe:nothing_of_the_kind | has no function
          uprobe:/no/such:f           | no file
          a b                         | is to be
          kprobe:                     | is to be
          tracepoint:x                | is to be
          ''                          | blank
          """)
  void whatIsNotThereIsNamed(String event, String words) {
    Requires.bpf();
    Refusal refusal = assertThrows(Refusal.class, () -> ProbedEvent.of(event));
    assertTrue(String.valueOf(refusal.getMessage()).contains(words), refusal.getMessage());
  }

  @Test
  void aFunctionThatIsClosedToProbesIsNamed() throws Exception {
    Requires.bpf();
    requireKprobes();
    String closed =
        Stream.of("kprobe_int3_handler", "kprobe_breakpoint_handler", "notify_die")
            .filter(KernelNames.functions()::contains)
            .findFirst()
            .orElseThrow();
    try (KnownWork work = KnownWork.in(tmp)) {
      Refusal refusal =
          assertThrows(
              Refusal.class, () -> Kprobe.attach(options(work, Shows.PROCESSES, 0, closed)));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("closed to probes"), refusal.getMessage());
    }
  }

  @Test
  void whatATracepointDoesNotHaveIsRefused() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp)) {
      String event = "tracepoint:sched:sched_switch";
      assertThrows(Refusal.class, () -> options(work, Shows.TIMES, 0, event));
      assertThrows(Refusal.class, () -> options(work, Shows.PROCESSES, 1, event));
      assertThrows(Refusal.class, () -> options(work, Shows.PROCESSES, 6, "vfs_read"));
    }
  }

  private static String getppid() {
    return Stream.of("__x64_sys_getppid", "__arm64_sys_getppid")
        .filter(KernelNames.functions()::contains)
        .findFirst()
        .orElseThrow();
  }

  private static Kprobe.Options options(
      KnownWork work, Shows shows, int argument, String... events) {
    return new Kprobe.Options(
        Stream.of(events).map(ProbedEvent::of).toList(),
        shows,
        work.pid(),
        argument,
        Halves.BOTH,
        StackMap.USUAL,
        new Form(false, 10),
        0);
  }
}
