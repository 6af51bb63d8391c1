package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.CompiledStructs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MllbLayoutsTest {
  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(NetObject.NET, "mllb/infer");
    CompiledStructs.requireSame(NetObject.LAYERS, "mllb/infer");
    CompiledStructs.requireSame(NetObject.INT8, "mllb/infer");
    CompiledStructs.requireSame(Inference.REQUEST, "mllb/infer");
    CompiledStructs.requireSame(Inference.FACTS, "mllb/infer");
    CompiledStructs.requireSame(CollectedDecision.LAYOUT, "mllb/collect");
    CompiledStructs.requireSame(CollectedDecision.LAYOUT, "mllb/collect_kprobe");
    CompiledStructs.requireSame(CollectedDecision.LAYOUT, "mllb/shadow");
    CompiledStructs.requireSame(Scheduler.CPU_STATE, "mllb/scx_mllb");
  }
}
