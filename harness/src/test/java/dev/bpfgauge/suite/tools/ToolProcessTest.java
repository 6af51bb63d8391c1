package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bpfgauge.files.Json;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is not known of a tool is never 0. */
class ToolProcessTest {

  @Test
  void anAnswerWithoutItsNumbersIsNone() {
    assertThrows(IllegalStateException.class, () -> tally("{\"seen\":3}"));
    assertThrows(IllegalStateException.class, () -> tally("{\"seen\":3,\"lost\":\"none\"}"));
    assertEquals(new Tool.Tally(3, 1, OptionalLong.empty()), tally("{\"seen\":3,\"lost\":1}"));
    assertEquals(
        new Tool.Tally(3, 1, OptionalLong.of(2)), tally("{\"seen\":3,\"lost\":1,\"missed\":2}"));
  }

  private static Tool.Tally tally(String answer) {
    return ToolProcess.tally(Json.tree(answer, "what it printed"));
  }

  @Test
  void aFieldThatIsNotThereIsAbsent() {
    String status = "Name:\tjava\nVmRSS:\t   1234 kB\n";

    assertEquals(OptionalLong.of(1234 * 1024), ProcessUse.field(status, "VmRSS:", 1024));
    assertEquals(OptionalLong.empty(), ProcessUse.field(status, "VmSwap:", 1024));
    assertEquals(OptionalLong.empty(), ProcessUse.field("", "VmRSS:", 1024));
  }

  @Test
  void whatIsUnknownOfOneIsUnknownOfAll() {
    ProcessUse known = new ProcessUse(1, OptionalLong.of(2), 3, 4, 5, 6, OptionalLong.of(7));
    ProcessUse unknown = new ProcessUse(1, OptionalLong.empty(), 3, 4, 5, 6, OptionalLong.empty());

    assertEquals(OptionalLong.of(4), known.plus(known).residentBytes());
    assertEquals(OptionalLong.empty(), known.plus(unknown).residentBytes());
    assertEquals(OptionalLong.empty(), known.plus(unknown).missed());
  }
}
