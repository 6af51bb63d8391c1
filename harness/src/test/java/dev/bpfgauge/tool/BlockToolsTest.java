package dev.bpfgauge.tool;

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
      assertEquals(done.requests(), histogram.events());
      assertTrue(histogram.totalNanos() > 0);
      assertEquals(new Tool.Tally(done.requests(), 0), tool.tally());
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
      assertEquals(Map.of(true, done.reads(), false, done.writes()), byKind);
      assertEquals(0, tool.tally().lost());
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
      assertEquals(done.requests(), ours.events());
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
      assertEquals(done.requests(), rows.rows().size());
      assertEquals(done.reads(), count(rows, "type", "R"));
      assertEquals(done.writes(), count(rows, "type", "W"));
      assertEquals(
          done.bytes(),
          TestPrograms.column(rows, "bytes").stream()
              .mapToLong(bytes -> ((Number) bytes).longValue())
              .sum());
      assertEquals(done.requests(), count(rows, "disk", disk.name()));
      assertEquals(new Tool.Tally(done.requests(), 0), tool.tally());
      if (tool.hooks().contains("block_io_start")) {
        assertTrue(count(rows, "comm", "fio") >= 3000, rows.toString());
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
      assertEquals(done.requests(), tally.seen() + tally.lost());
      assertEquals(tally.seen(), ((Rows) tool.take()).rows().size());
    }
  }

  private static long count(Rows rows, String key, String value) {
    List<Object> all = TestPrograms.column(rows, key);
    return all.stream().filter(value::equals).count();
  }
}
