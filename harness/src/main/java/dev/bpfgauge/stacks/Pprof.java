package dev.bpfgauge.stacks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A profile as pprof reads it: gzip of the protocol buffer {@code perftools.profiles.Profile}
 * (google/pprof, proto/profile.proto). A function and its place are one: there are no addresses.
 */
final class Pprof {
  private static final int SAMPLE_TYPE = 1;
  private static final int SAMPLE = 2;
  private static final int LOCATION = 4;
  private static final int FUNCTION = 5;
  private static final int STRING_TABLE = 6;
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;

  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<String, Integer> functions = new LinkedHashMap<>();
  private final Message profile = new Message();

  private Pprof() {
    string(""); // The first is always the empty one.
  }

  /** Fields of a message, in the wire format. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3 | VARINT);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | LENGTH_DELIMITED);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    Message numbers(int field, List<Long> values) {
      Message packed = new Message();
      values.forEach(packed::varint);
      return message(field, packed);
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes.toByteArray());
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }

  /**
   * The file's bytes.
   *
   * @param unit of counts: {@code microseconds} is known as a time to readers
   */
  static byte[] of(FrameTree tree, String unit) {
    Pprof pprof = new Pprof();
    boolean isTime = unit.equals("microseconds");
    pprof.profile.message(
        SAMPLE_TYPE,
        new Message()
            .number(1, pprof.string(isTime ? "time" : unit))
            .number(2, pprof.string(isTime ? unit : "count")));
    tree.forEach(pprof::sample);
    pprof.functions.forEach(pprof::function);
    for (String each : pprof.strings.keySet()) {
      pprof.profile.bytes(STRING_TABLE, each.getBytes(StandardCharsets.UTF_8));
    }
    return gzip(pprof.profile.bytes.toByteArray());
  }

  private int string(String text) {
    return strings.computeIfAbsent(text, _ -> strings.size());
  }

  private void sample(List<String> stack, long count) {
    List<Long> locations = new ArrayList<>();
    for (String each : stack.reversed()) { // the innermost first
      locations.add((long) functions.computeIfAbsent(each, _ -> functions.size() + 1));
    }
    profile.message(SAMPLE, new Message().numbers(1, locations).numbers(2, List.of(count)));
  }

  private void function(String name, int id) {
    int text = string(name);
    profile.message(FUNCTION, new Message().number(1, id).number(2, text).number(3, text));
    profile.message(
        LOCATION, new Message().number(1, id).message(LOCATION, new Message().number(1, id)));
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
