package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.CStruct.Field;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Our structs against what the compiler wrote into the objects' type information. */
class StructsTest {
  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    for (String arch : CompiledStructs.ARCHITECTURES) {
      Map<String, Map<String, Long>> compiled = new HashMap<>();
      for (String object : BuiltInTools.names()) {
        compiled.putAll(CompiledStructs.of(arch, "tools/" + object));
      }
      for (CStruct struct : Structs.ALL) {
        Map<String, Long> offsets = new LinkedHashMap<>();
        struct.fields().forEach((name, field) -> offsets.put(name, field.offset()));
        offsets.put("", struct.size());
        assertEquals(offsets, compiled.get(struct.name()), arch + ": struct " + struct.name());
      }
    }
  }

  @Test
  void theSumAndTheSlotsOfAHistogramAreOneArray() {
    Field slots = Objects.requireNonNull(Structs.KEYED_HIST.fields().get("slots"));
    assertEquals(Long.BYTES, slots.offset());
    assertEquals(0, Structs.KEYED_HIST.offset("total_ns"));
  }
}
