package dev.bpfgauge.libbpf.ffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The layout of a C struct: fields in order, placed by the rules of the 64-bit System V ABIs (each
 * on a multiple of its own alignment). Access by field name; for cold paths. LayoutTest compares
 * every offset of the kernel's with what a C compiler says, StructsTest those of our own BPF
 * programs with their objects.
 *
 * @param name as C writes it, e.g. {@code struct bpf_map_info}
 * @param fields by C name, in order
 * @param size bytes, padding at the end included
 */
public record CStruct(String name, Map<String, Field> fields, long size) {

  /**
   * Where a field lies.
   *
   * @param offset bytes from the start of the struct
   * @param size bytes
   */
  public record Field(long offset, long size) {}

  /** A field to come: {@code count} elements of {@code elementSize} bytes each. */
  public record Member(String name, int elementSize, int count) {}

  public static Member u32(String name) {
    return new Member(name, Integer.BYTES, 1);
  }

  public static Member u64(String name) {
    return new Member(name, Long.BYTES, 1);
  }

  /** Pointer, size_t or __aligned_u64: all eight bytes on the architectures we run on. */
  static Member pointer(String name) {
    return u64(name);
  }

  public static Member u32s(String name, int count) {
    return new Member(name, Integer.BYTES, count);
  }

  public static Member u64s(String name, int count) {
    return new Member(name, Long.BYTES, count);
  }

  public static Member chars(String name, int count) {
    return new Member(name, 1, count);
  }

  public static CStruct of(String name, Member... members) {
    Map<String, Field> fields = new LinkedHashMap<>();
    long end = 0;
    int alignment = 1;
    for (Member member : members) {
      long offset = roundUp(end, member.elementSize);
      long size = (long) member.elementSize * member.count;
      fields.put(member.name, new Field(offset, size));
      end = offset + size;
      alignment = Math.max(alignment, member.elementSize);
    }
    return new CStruct(name, fields, roundUp(end, alignment));
  }

  private static long roundUp(long bytes, int alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
  }

  /** A zeroed struct. */
  public MemorySegment allocate(SegmentAllocator allocator) {
    return allocator.allocate(size, Long.BYTES).fill((byte) 0);
  }

  public int getInt(MemorySegment struct, String field) {
    return struct.get(ValueLayout.JAVA_INT_UNALIGNED, offset(field));
  }

  public long getLong(MemorySegment struct, String field) {
    return struct.get(ValueLayout.JAVA_LONG_UNALIGNED, offset(field));
  }

  /** The NUL-terminated text in a char array. */
  public String getText(MemorySegment struct, String field) {
    byte[] bytes = struct.asSlice(offset(field), field(field).size).toArray(ValueLayout.JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  public void setInt(MemorySegment struct, String field, int value) {
    struct.set(ValueLayout.JAVA_INT, offset(field), value);
  }

  public void setLong(MemorySegment struct, String field, long value) {
    struct.set(ValueLayout.JAVA_LONG, offset(field), value);
  }

  public void setPointer(MemorySegment struct, String field, MemorySegment value) {
    setLong(struct, field, value.address());
  }

  public long offset(String field) {
    return field(field).offset;
  }

  private Field field(String field) {
    Field found = fields.get(field);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no field " + field);
    }
    return found;
  }
}
