package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.CompiledStructs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class HookLayoutsTest {
  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(HookProgram.RUN_COUNT, "hooks/hooks");
  }
}
