package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tools for disks count is what the device itself counted, request for request. */
class BlockToolsTest {
  /**
   * Under load some block_rq_complete reach no BPF program, though perf's own counter has them
   * (docs/tools.md: four of 130 946 requests, 6.18). They are not runs that the kernel left out:
   * recursion_misses stays 0.
   */
  private static final long UNSEEN = 5;

  private static final String[] MIXED = {
    "--direct=1", "--ioengine=psync", "--rw=randrw", "--size=32M", "--number_ios=3000"
  };

  @TempDir Path folder;

  @BeforeEach
  void programsMayBeLoaded() {
    Requires.bpf();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void biolatencyCountsEachRequestOfTheDevice(boolean queued) throws Exception {
    try (LoopDisk disk = LoopDisk.over(folder.resolve("disk"));
        Biolatency tool =
            Biolatency.attach(
                new Biolatency.Options(
                    queued, false, Biolatency.Each.ALL, disk.device().toString(), 0))) {
      LoopDisk.Count before = disk.settled();
      TestPrograms.fio(disk.device(), MIXED);
      LoopDisk.Count done = disk.settled().minus(before);

      LogHistogram histogram = ((Distributions) tool.take()).histograms().getFirst();
      assertTrue(done.requests() >= 3000, done.toString());
      assertCounted(done, tool.tally());
      assertEquals(tool.tally().seen(), histogram.events());
      assertTrue(histogram.totalNanos() > 0);
      assertTrue(tool.take().isEmpty(), "what was taken is not taken again");
    }
  }

  @Test
  void biolatencyTellsReadsFromWrites() throws Exception {
    try (LoopDisk disk = LoopDisk.over(folder.resolve("disk"));
        Biolatency tool =
            Biolatency.attach(
                new Biolatency.Options(false, true, Biolatency.Each.FLAGS, disk.name(), 0))) {
      LoopDisk.Count before = disk.settled();
      TestPrograms.fio(disk.device(), MIXED);
      LoopDisk.Count done = disk.settled().minus(before);

      Map<Boolean, Long> byKind =
          ((Distributions) tool.take())
              .histograms().stream()
                  .collect(
                      Collectors.partitioningBy(
                          histogram -> histogram.title().endsWith("Read"),
                          Collectors.summingLong(LogHistogram::events)));
      assertNearly(done.reads(), byKind.getOrDefault(true, 0L));
      assertNearly(done.writes(), byKind.getOrDefault(false, 0L));
      assertCounted(done, tool.tally());
    }
  }

  @Test
  void biolatencyNamesTheDisks() throws Exception {
    try (LoopDisk disk = LoopDisk.over(folder.resolve("disk"));
        Biolatency tool =
            Biolatency.attach(new Biolatency.Options(false, false, Biolatency.Each.DISK, "", 0))) {
      LoopDisk.Count before = disk.settled();
      TestPrograms.fio(disk.device(), MIXED);
      LoopDisk.Count done = disk.settled().minus(before);

      LogHistogram ours =
          ((Distributions) tool.take())
              .histograms().stream()
                  .filter(histogram -> histogram.title().equals("disk = " + disk.name()))
                  .findFirst()
                  .orElseThrow();
      assertNearly(done.requests(), ours.events());
    }
  }

  @Test
  void biosnoopHasARowForEachRequestAndKnowsWhose() throws Exception {
    try (LoopDisk disk = LoopDisk.over(folder.resolve("disk"));
        Biosnoop tool = Biosnoop.attach(new Biosnoop.Options(true, disk.name(), 0, 0))) {
      LoopDisk.Count before = disk.settled();
      TestPrograms.fio(disk.device(), MIXED);
      LoopDisk.Count done = disk.settled().minus(before);

      Rows rows = (Rows) tool.take();
      assertCounted(done, tool.tally());
      assertEquals(tool.tally().seen(), rows.rows().size());
      assertNearly(done.reads(), count(rows, "type", "R"));
      assertNearly(done.writes(), count(rows, "type", "W"));
      long bytes =
          TestPrograms.column(rows, "bytes").stream()
              .mapToLong(n -> ((Number) n).longValue())
              .sum();
      assertNearly(done.bytes() / 4096, bytes / 4096);
      assertEquals(rows.rows().size(), count(rows, "disk", disk.name()));
      if (tool.hooks().contains("block_io_start")) {
        assertTrue(count(rows, "comm", "fio") >= 2990, rows.toString());
      }
    }
  }

  @Test
  void whatDoesNotFitIntoTheBufferIsCounted() throws Exception {
    try (LoopDisk disk = LoopDisk.over(folder.resolve("disk"));
        Biosnoop tool = Biosnoop.attach(new Biosnoop.Options(false, disk.name(), 0, 0))) {
      LoopDisk.Count before = disk.settled();
      TestPrograms.fio(
          disk.device(),
          "--direct=1",
          "--ioengine=psync",
          "--rw=randread",
          "--size=64M",
          "--number_ios=16000",
          "--norandommap");
      LoopDisk.Count done = disk.settled().minus(before);

      Tool.Tally tally = tool.tally();
      assertTrue(tally.lost() > 0, tally.toString());
      assertNearly(done.requests(), tally.seen() + tally.lost());
      assertEquals(tally.seen(), ((Rows) tool.take()).rows().size());
    }
  }

  /** Nothing was lost but what the kernel itself kept from us. */
  private static void assertCounted(LoopDisk.Count done, Tool.Tally tally) {
    assertNearly(done.requests(), tally.seen() + tally.lost());
    assertTrue(tally.lost() <= UNSEEN, tally.toString());
    assertEquals(0, tally.missed().orElse(0), tally.toString());
  }

  /** As many as the device counted, but for completions that the kernel passes to no program. */
  private static void assertNearly(long device, long counted) {
    System.out.printf("the device: %d, the tool: %d%n", device, counted);
    assertTrue(
        counted <= device && counted >= device - UNSEEN, counted + " of the device's " + device);
  }

  private static long count(Rows rows, String key, String value) {
    List<Object> all = TestPrograms.column(rows, key);
    return all.stream().filter(value::equals).count();
  }
}
