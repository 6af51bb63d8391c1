package dev.bpfgauge.libbpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The least type information (kernel: Documentation/bpf/btf.rst) that a program needs whose
 * functions are called back: an int, and static functions that give one.
 */
final class BareBtf {

  /** Type id of the first function; the others follow. */
  static final int FIRST_FUNCTION = 3;

  private static final int MAGIC = 0xEB9F;
  private static final int HEADER_BYTES = 24;
  private static final int TYPE_BYTES = 12;
  private static final int KIND_INT = 1;
  private static final int KIND_FUNC = 12;
  private static final int KIND_FUNC_PROTO = 13;
  private static final int INT_ID = 1;
  private static final int PROTO_ID = 2;
  private static final int SIGNED_32_BITS = 1 << 24 | 32;
  private static final String STRINGS = "\0int\0f\0";
  private static final int INT_NAME = 1;
  private static final int FUNCTION_NAME = 5;

  private BareBtf() {}

  static byte[] ofFunctions(int count) {
    byte[] strings = STRINGS.getBytes(StandardCharsets.US_ASCII);
    int typeBytes = TYPE_BYTES + Integer.BYTES + TYPE_BYTES + count * TYPE_BYTES;
    ByteBuffer btf =
        ByteBuffer.allocate(HEADER_BYTES + typeBytes + strings.length)
            .order(ByteOrder.nativeOrder());
    btf.putShort((short) MAGIC).put((byte) 1).put((byte) 0).putInt(HEADER_BYTES);
    btf.putInt(0).putInt(typeBytes).putInt(typeBytes).putInt(strings.length);
    type(btf, INT_NAME, KIND_INT, Integer.BYTES).putInt(SIGNED_32_BITS);
    type(btf, 0, KIND_FUNC_PROTO, INT_ID);
    for (int i = 0; i < count; i++) {
      type(btf, FUNCTION_NAME, KIND_FUNC, PROTO_ID);
    }
    return btf.put(strings).array();
  }

  private static ByteBuffer type(ByteBuffer btf, int name, int kind, int sizeOrType) {
    return btf.putInt(name).putInt(kind << 24).putInt(sizeOrType);
  }
}
