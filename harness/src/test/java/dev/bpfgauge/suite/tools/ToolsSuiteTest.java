package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arms and cells of the experiment. */
class ToolsSuiteTest {

  @Test
  void theArmsAreOffTwiceEachToolAllAndTheOthers() {
    assertEquals(
        List.of("off", "off#2", "cpudist", "tcpsubnet", "all", "libbpf-tools:cpudist"),
        ToolsSuite.arms(List.of("cpudist", "tcpsubnet"), true));
    assertEquals(List.of("off", "off#2", "cpudist"), ToolsSuite.arms(List.of("cpudist"), false));
  }

  @Test
  void aLabelSaysWhichToolsAreAttached() {
    List<String> all = List.of("cpudist", "filetop");
    assertEquals(List.of(), ToolsSuite.toolsOf("off", all));
    assertEquals(List.of(), ToolsSuite.toolsOf("off#2", all));
    assertEquals(all, ToolsSuite.toolsOf("all", all));
    assertEquals(List.of("cpudist"), ToolsSuite.toolsOf("cpudist+1000ns", all));
    assertEquals(List.of("biosnoop"), ToolsSuite.toolsOf("libbpf-tools:biosnoop", all));
  }

  @Test
  void aToolAloneHasTheLoadsThatItTraces() {
    List<TargetLoad> loads = ToolsSuite.loads(ToolSpec.names());
    assertEquals(
        List.of(TargetLoad.SWITCH, TargetLoad.DISK, TargetLoad.READ, TargetLoad.SEND), loads);
    assertEquals(List.of(TargetLoad.MAP), ToolsSuite.loads(List.of("alloc-top")));
    assertEquals(
        List.of("tools.disk"),
        ToolsSuite.cells("biosnoop", loads).stream().map(Cell::benchmark).toList());
    assertEquals(4, ToolsSuite.cells("off#2", loads).size());
    assertEquals(4, ToolsSuite.cells("all", loads).size());
    assertEquals(
        List.of("tools.switch"),
        ToolsSuite.cells("libbpf-tools:offcputime", loads).stream().map(Cell::benchmark).toList());
  }

  @Test
  void anUnknownToolIsRefused() {
    assertEquals(ToolSpec.names(), ToolsSuite.named(List.of("all", "cpudist")));
    assertThrows(Refusal.class, () -> ToolsSuite.named(List.of("cpudisk")));
  }

  @Test
  void anArmOfAllNamesTheToolsThatWereAskedFor() {
    List<String> three = List.of("biolatency", "cpudist", "tcpsubnet");
    String words = ToolsSuite.description("all", three);
    assertTrue(words.startsWith("biolatency, cpudist, tcpsubnet attached"), words);
    assertFalse(words.contains("filetop"), words);
  }
}
