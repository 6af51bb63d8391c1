package dev.bpfgauge.suite.events;

import dev.bpfgauge.CompiledStructs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EventLayoutsTest {
  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(Emission.EMISSION, "hooks/events");
  }
}
