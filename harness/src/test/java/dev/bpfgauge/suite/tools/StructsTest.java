package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.CStruct.Field;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.fornwall.jelf.ElfFile;
import org.junit.jupiter.api.Test;

/** Our structs against what the compiler wrote into the objects' type information. */
class StructsTest {
  private static final int STRUCT = 4;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    for (String arch : List.of("x86", "arm64")) {
      Map<String, Map<String, Long>> compiled = new HashMap<>();
      for (String object : BuiltInTools.names()) {
        compiled.putAll(structs(arch, object));
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

  /** Struct → field → byte offset, the size under the empty name; see the kernel's btf.rst. */
  private static Map<String, Map<String, Long>> structs(String arch, String object)
      throws IOException {
    ByteBuffer btf = ByteBuffer.wrap(btf(arch, object)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals((short) 0xeb9f, btf.getShort(0), "BTF's magic");
    int header = btf.getInt(4);
    int types = header + btf.getInt(8);
    int end = types + btf.getInt(12);
    int names = header + btf.getInt(16);
    Map<String, Map<String, Long>> found = new HashMap<>();
    int at = types;
    while (at < end) {
      int info = btf.getInt(at + 4);
      int kind = info >>> 24 & 31;
      int members = info & 0xffff;
      if (kind == STRUCT) {
        Map<String, Long> fields = new LinkedHashMap<>();
        for (int i = 0; i < members; i++) {
          int member = at + 12 + 12 * i;
          fields.put(
              name(btf, names + btf.getInt(member)), (btf.getInt(member + 8) & 0xffffffL) / 8);
        }
        fields.put("", (long) btf.getInt(at + 8));
        found.put(name(btf, names + btf.getInt(at)), fields);
      }
      at += 12 + following(kind, members);
    }
    assertTrue(found.size() > 2, object);
    return found;
  }

  /** Bytes behind a type. */
  private static int following(int kind, int members) {
    return switch (kind) {
      case 1, 14, 17 -> 4; // integer, variable, declaration tag
      case 3 -> 12; // array
      case STRUCT, 5, 15, 19 -> 12 * members; // struct, union, data section, 64-bit enum
      case 6, 13 -> 8 * members; // enum, function prototype
      default -> 0;
    };
  }

  private static String name(ByteBuffer btf, int at) {
    int end = at;
    while (btf.get(end) != 0) {
      end++;
    }
    byte[] name = new byte[end - at];
    btf.get(at, name);
    return new String(name, StandardCharsets.UTF_8);
  }

  private static byte[] btf(String arch, String object) throws IOException {
    String path = "/bpf/%s/tools/%s.bpf.o".formatted(arch, object);
    try (InputStream in =
        Objects.requireNonNull(StructsTest.class.getResourceAsStream(path), path)) {
      return ElfFile.from(in).firstSectionByName(".BTF").getData();
    }
  }
}
