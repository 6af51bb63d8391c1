package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.CompiledStructs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class KernelMapLayoutsTest {
  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(KernelLoop.REQUEST, "maps/kernel");
  }
}
