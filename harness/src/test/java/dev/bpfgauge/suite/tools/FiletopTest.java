package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What filetop counts is what fio read and wrote. */
class FiletopTest {
  private static final int MOST_FILES = 10_240;

  @TempDir Path folder;

  @BeforeEach
  void programsMayBeLoaded() {
    Requires.bpf();
    Requires.root();
  }

  @Test
  void callsAndBytesAreThoseOfFio() throws Exception {
    TestPrograms.require("fio");
    Path file = folder.resolve("written-by-fio");
    try (Filetop tool = Filetop.attach(options(0))) {
      JsonNode write = TestPrograms.fio(file, "--ioengine=psync", "--rw=write", "--size=8M");
      assertRow(tool.take(), "writ", write.get("write"));
      JsonNode read = TestPrograms.fio(file, "--ioengine=psync", "--rw=randread", "--size=8M");
      assertRow(tool.take(), "read", read.get("read"));
      assertEquals(0, tool.tally().lost());
      System.out.println("filetop: by " + tool.hooks());
    }
  }

  @Test
  void callsWithSeveralBuffersCountBySystemCalls() throws Exception {
    TestPrograms.require("fio");
    Path file = folder.resolve("written-by-fio");
    try (Filetop tool = Filetop.attach(options(0), List.of(Filetop.BY_CALLS))) {
      JsonNode write = TestPrograms.fio(file, "--ioengine=pvsync", "--rw=write", "--size=1M");
      assertRow(tool.take(), "writ", write.get("write"));
    }
  }

  private static void assertRow(Findings found, String kind, JsonNode fio) {
    Map<String, Object> row =
        ((Rows) found)
            .rows().stream()
                .map(values -> TestPrograms.named((Rows) found, values))
                .filter(values -> "written-by-fio".equals(values.get("file")))
                .filter(values -> "fio".equals(values.get("comm")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(found.toString()));
    boolean isWrite = kind.equals("writ");
    assertEquals(fio.get("total_ios").asLong(), row.get(isWrite ? "writes" : "reads"));
    assertEquals(fio.get("io_bytes").asLong() / 1024, row.get(isWrite ? "written_kb" : "read_kb"));
    assertEquals("R", row.get("type"));
  }

  @Test
  void filesBeyondTheMapAreCountedAsLost() throws Exception {
    int files = MOST_FILES + 200;
    try (Filetop tool = Filetop.attach(options(Math.toIntExact(ProcessHandle.current().pid())))) {
      for (int i = 0; i < files; i++) {
        Files.write(folder.resolve("flood-" + i), new byte[1]);
      }
      long kept =
          TestPrograms.column(tool.take(), "file").stream()
              .filter(name -> ((String) name).startsWith("flood-"))
              .count();
      long lost = tool.tally().lost();
      assertTrue(kept <= MOST_FILES && kept > MOST_FILES / 2, kept + " files");
      assertTrue(kept + lost >= files, kept + " files and " + lost + " lost");

      long seen = tool.tally().seen();
      tool.take(); // Nobody uses them any more: they make room.
      assertTrue(tool.tally().seen() >= seen, "what was counted stays counted");
      Files.write(folder.resolve("afterwards"), new byte[1]);
      assertTrue(TestPrograms.column(tool.take(), "file").contains("afterwards"));
    }
  }

  @Test
  void socketsAndPipesCountOnlyWhereWished() throws Exception {
    Filetop.Options all = new Filetop.Options(true, 0, Filetop.Sort.WRITES, 1_000_000, 0);
    try (Filetop files = Filetop.attach(options(0));
        Filetop everything = Filetop.attach(all)) {
      Process cat = new ProcessBuilder("cat").start();
      cat.getOutputStream().write(new byte[7]);
      cat.getOutputStream().close();
      assertTrue(cat.waitFor(Patience.SECONDS, TimeUnit.SECONDS));
      assertTrue(hasOther(everything.take()));
      assertTrue(!hasOther(files.take()));
    }
  }

  private static boolean hasOther(Findings found) {
    return TestPrograms.column(found, "type").contains("O");
  }

  private static Filetop.Options options(int pid) {
    return new Filetop.Options(false, pid, Filetop.Sort.ALL, 1_000_000, 0);
  }
}
