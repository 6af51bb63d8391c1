package dev.bpfgauge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.bpfgauge.libbpf.ffm.CStruct;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.fornwall.jelf.ElfFile;

/** Structs as the compiler laid them out: the type information of the built-in objects. */
public final class CompiledStructs {
  private static final int STRUCT = 4;

  /** Architectures that objects are built for. */
  public static final List<String> ARCHITECTURES = List.of("x86", "arm64");

  private CompiledStructs() {}

  /** Asserts that a layout, named as its struct is, has the same fields in the same places. */
  public static void requireSame(StructLayout layout, String object) throws IOException {
    Map<String, Long> offsets = new LinkedHashMap<>();
    for (MemoryLayout member : layout.memberLayouts()) {
      member
          .name()
          .ifPresent(name -> offsets.put(name, layout.byteOffset(PathElement.groupElement(name))));
    }
    offsets.put("", layout.byteSize());
    requireSame(layout.name().orElseThrow(), offsets, object);
  }

  /** The same of one of our own kind. */
  public static void requireSame(CStruct struct, String object) throws IOException {
    Map<String, Long> offsets = new LinkedHashMap<>();
    struct.fields().forEach((name, field) -> offsets.put(name, field.offset()));
    offsets.put("", struct.size());
    requireSame(struct.name(), offsets, object);
  }

  private static void requireSame(String name, Map<String, Long> offsets, String object)
      throws IOException {
    for (String arch : ARCHITECTURES) {
      Map<String, Long> compiled = of(arch, object).get(name);
      assertNotNull(compiled, object + " has no type information of struct " + name);
      assertEquals(offsets, compiled, arch + ": struct " + name);
    }
  }

  /** Struct → field → byte offset, the size under the empty name; see the kernel's btf.rst. */
  public static Map<String, Map<String, Long>> of(String arch, String object) throws IOException {
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
    assertFalse(found.isEmpty(), object);
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
    String path = "/bpf/%s/%s.bpf.o".formatted(arch, object);
    try (InputStream in =
        Objects.requireNonNull(CompiledStructs.class.getResourceAsStream(path), path)) {
      return ElfFile.from(in).firstSectionByName(".BTF").getData();
    }
  }
}
