package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalLogTest {
  @TempDir Path folder;

  private static String framed(String program, String arm, String log) {
    return RefusalLog.framed(new ProgCell("x.o", program, ProgCell.Task.LOAD, ""), arm, log) + "\n";
  }

  @Test
  void theFirstLogOfEachProgramAndPlaceIsFoundAmongOtherLines() throws IOException {
    Files.writeString(
        folder.resolve("forks.log"),
        "noise\n"
            + framed("one", "idle", "0: (95) exit\nR0 !read_ok\n")
            + "more noise\n"
            + framed("one", "idle", "the same, later")
            + framed("one", "new", "of the new version")
            + ">>> log of x.o cut idle\nthe process died here\n");
    Path guests = Files.createDirectories(folder.resolve("guests"));
    Files.writeString(guests.resolve("6.12-new-boot1.log"), framed("two", "new", "in a guest"));
    Files.writeString(guests.resolve("7.2-boot1-2.log"), framed("two", "", "in another"));

    assertEquals(
        List.of(
            new RefusalLog("x.o", "one", "", Path.of("forks.log"), "0: (95) exit\nR0 !read_ok\n"),
            new RefusalLog("x.o", "one", "new", Path.of("forks.log"), "of the new version\n"),
            new RefusalLog(
                "x.o", "two", "6.12-new", Path.of("guests/6.12-new-boot1.log"), "in a guest\n"),
            new RefusalLog("x.o", "two", "7.2", Path.of("guests/7.2-boot1-2.log"), "in another\n")),
        RefusalLog.in(folder));
  }

  @Test
  void aFolderWithoutLogsHasNone() {
    assertEquals(List.of(), RefusalLog.in(folder));
  }
}
