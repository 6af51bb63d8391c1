package dev.bpfgauge.measure;

import dev.bpfgauge.CompiledStructs;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopObjectTest {
  @ParameterizedTest
  @ValueSource(strings = {"helpers/helpers", "counters/counters"})
  void everyFieldLiesWhereTheCompilerPutIt(String object) throws IOException {
    CompiledStructs.requireSame(LoopObject.REQUEST, object);
  }
}
