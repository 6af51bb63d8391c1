package dev.bpfgauge.libbpf;

import static dev.bpfgauge.libbpf.OnThisKernel.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.libbpf.ffm.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a tracepoint's number is found. */
class TracepointTest {

  private static Path tracefs(Path folder, String content) throws IOException {
    Path event = Files.createDirectories(folder.resolve("events/sched/sched_switch"));
    Files.writeString(event.resolve("id"), content);
    return folder;
  }

  @Test
  void theNumberIsReadWhereTracefsIsMounted(@TempDir Path folder) throws IOException {
    List<Path> mounted = List.of(folder.resolve("absent"), tracefs(folder, "316\n"));
    assertEquals(316, Tracepoint.id(mounted, "sched", "sched_switch"));
  }

  @Test
  void anEventThatIsNotThereIsRefusedByName(@TempDir Path folder) throws IOException {
    List<Path> mounted = List.of(tracefs(folder, "316\n"));
    BpfException e =
        assertThrows(BpfException.class, () -> Tracepoint.id(mounted, "sched", "sched_swap"));
    assertEquals(Errno.ENOENT, e.errno());
    assertTrue(said(e).contains("sched/sched_swap"), said(e));
  }

  @Test
  void aNumberThatIsNoneIsRefusedWithItsFile(@TempDir Path folder) throws IOException {
    List<Path> mounted = List.of(tracefs(folder, "many\n"));
    var e =
        assertThrows(
            IllegalStateException.class, () -> Tracepoint.id(mounted, "sched", "sched_switch"));
    assertTrue(said(e).contains("events/sched/sched_switch/id"), said(e));
  }

  @Test
  void namesThatLeadElsewhereAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Tracepoint.perfEvent("..", "../etc/passwd"));
    assertThrows(IllegalArgumentException.class, () -> Tracepoint.perfEvent("", ""));
  }
}
