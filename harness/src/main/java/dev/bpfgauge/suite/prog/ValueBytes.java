package dev.bpfgauge.suite.prog;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Shown;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Values as people write them, in JSON or as a word, as the bytes of a type: numbers (in JSON also
 * as texts, {@code "0x1f"}), true and false, structures by member, arrays, texts where the type is
 * {@code char[]}. Whatever the type: bytes as they lie in memory, as a list. Without a type, and
 * for structures and arrays, {@code "0x0a0b"} is such bytes too.
 */
final class ValueBytes {
  private static final int BITS = 8;
  private static final int SHOWN = 40;

  /** So many members of a structure are named in messages. */
  private static final int MEMBERS_SHOWN = 3;

  private final @Nullable Btf btf;

  /**
   * @param btf empty where the object has no types
   */
  ValueBytes(Optional<Btf> btf) {
    this.btf = btf.orElse(null);
  }

  /**
   * The bytes.
   *
   * @param what the value is of, for messages
   * @param type 0 where there is none
   * @param bytes as many as there must be
   * @throws Refusal where the value is not of that type
   */
  byte[] of(String what, JsonNode value, int type, int bytes) {
    Btf types = btf;
    Btf.Shape shape =
        types == null || type == 0 ? Btf.Shape.ofBytes(Btf.Form.BYTES, bytes) : types.shape(type);
    if (shape.bytes() != bytes) {
      shape = Btf.Shape.ofBytes(Btf.Form.BYTES, bytes);
    }
    return switch (shape.form()) {
      case NUMBER -> value.isArray() ? list(what, value, bytes) : number(what, value, shape);
      case BYTES -> untyped(what, value, bytes);
      case STRUCT ->
          value.isObject()
              ? struct(what, value, type, bytes)
              : hex(what, value, bytes, "an object like " + example(type) + ", or ");
      case TEXT ->
          value.isString() && !isHex(value.stringValue())
              ? text(what, value.stringValue(), bytes)
              : hex(what, value, bytes);
      case ARRAY -> value.isArray() ? array(what, value, shape) : hex(what, value, bytes);
    };
  }

  /** How many bytes a type has. */
  int sizeOf(int type) {
    return btf == null ? 0 : btf.shape(type).bytes();
  }

  private static byte[] number(String what, JsonNode value, Btf.Shape shape) {
    BigInteger number =
        integer(value)
            .orElseThrow(
                () -> wrong(what, value, "a whole number of %d bytes".formatted(shape.bytes())));
    boolean isPattern = value.isString() && isHex(value.stringValue());
    BigInteger least = least(shape);
    BigInteger greatest = greatest(shape, isPattern);
    if (number.compareTo(least) < 0 || number.compareTo(greatest) > 0) {
      throw wrong(what, value, "a number from %d to %d".formatted(least, greatest));
    }
    byte[] big = new byte[shape.bytes()];
    byte[] digits = number.toByteArray();
    Arrays.fill(big, (byte) (number.signum() < 0 ? -1 : 0));
    int count = Math.min(digits.length, big.length);
    System.arraycopy(digits, digits.length - count, big, big.length - count, count);
    boolean isBig = shape.bigEndian() || ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
    return isBig ? big : reversed(big);
  }

  private static BigInteger least(Btf.Shape shape) {
    return switch (shape.sign()) {
      case UNSIGNED, BOOLEAN -> BigInteger.ZERO;
      case SIGNED, ANY -> BigInteger.ONE.shiftLeft(shape.bytes() * BITS - 1).negate();
    };
  }

  /** In hexadecimal a number is written as its bits are. */
  private static BigInteger greatest(Btf.Shape shape, boolean isPattern) {
    int bits = shape.bytes() * BITS;
    int digits =
        switch (shape.sign()) {
          case BOOLEAN -> 1;
          case SIGNED -> isPattern ? bits : bits - 1;
          case UNSIGNED, ANY -> bits;
        };
    return BigInteger.ONE.shiftLeft(digits).subtract(BigInteger.ONE);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  private static Optional<BigInteger> integer(JsonNode value) {
    if (value.isIntegralNumber()) {
      return Optional.of(value.bigIntegerValue());
    }
    String word = value.isBoolean() || value.isString() ? value.asString() : "";
    if (word.matches("-?[0-9]{1,40}")) {
      return Optional.of(new BigInteger(word));
    }
    if (word.matches("0[xX][0-9a-fA-F]{1,32}")) {
      return Optional.of(new BigInteger(word.substring(2), 16));
    }
    return switch (word) {
      case "true" -> Optional.of(BigInteger.ONE);
      case "false" -> Optional.of(BigInteger.ZERO);
      default -> Optional.empty();
    };
  }

  private static byte[] untyped(String what, JsonNode value, int bytes) {
    boolean isNumber = integer(value).isPresent() && !(value.isString() && isHex(value.asString()));
    boolean isWord = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    return isNumber && isWord
        ? number(what, value, Btf.Shape.ofBytes(Btf.Form.NUMBER, bytes))
        : hex(what, value, bytes);
  }

  private static boolean isHex(String word) {
    return word.matches("0[xX][0-9a-fA-F]+");
  }

  /** {@code {"saddr": …, "port": …}}. */
  private String example(int type) {
    List<String> members = btf == null ? List.of() : List.copyOf(btf.members(type).keySet());
    return members.stream()
        .limit(MEMBERS_SHOWN)
        .map(member -> "\"%s\": …".formatted(Shown.name(member)))
        .collect(Collectors.joining(", ", "{", members.size() > MEMBERS_SHOWN ? ", …}" : "}"));
  }

  private static byte[] hex(String what, JsonNode value, int bytes) {
    return hex(what, value, bytes, "");
  }

  /**
   * {@code "0x0a0b"}, or a list of bytes.
   *
   * @param otherwise what else it may be, for messages
   */
  private static byte[] hex(String what, JsonNode value, int bytes, String otherwise) {
    if (value.isArray()) {
      return list(what, value, bytes);
    }
    String word = value.isString() ? value.stringValue() : "";
    if (!isHex(word) || word.length() != 2 + 2 * bytes) {
      throw wrong(
          what,
          value,
          "%s%d bytes as they lie in memory, \"0x…\" or a list".formatted(otherwise, bytes));
    }
    return HexFormat.of().parseHex(word.substring(2));
  }

  private static byte[] list(String what, JsonNode list, int bytes) {
    if (list.size() != bytes) {
      throw Refusal.usage("%s has %d bytes, and its list %d".formatted(what, bytes, list.size()));
    }
    byte[] all = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      Btf.Shape one = Btf.Shape.ofBytes(Btf.Form.NUMBER, 1);
      all[i] = number("%s[%d]".formatted(what, i), list.get(i), one)[0];
    }
    return all;
  }

  private static byte[] text(String what, String text, int bytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > bytes) {
      throw Refusal.usage(
          "%s has room for %d bytes, and its text has %d".formatted(what, bytes, utf8.length));
    }
    return Arrays.copyOf(utf8, bytes);
  }

  private byte[] array(String what, JsonNode list, Btf.Shape shape) {
    int each = shape.bytes() / Math.max(1, shape.count());
    if (list.size() > shape.count()) {
      throw Refusal.usage(
          "%s has %d elements, and its list %d".formatted(what, shape.count(), list.size()));
    }
    byte[] all = new byte[shape.bytes()];
    for (int i = 0; i < list.size(); i++) {
      byte[] one = of("%s[%d]".formatted(what, i), list.get(i), shape.element(), each);
      System.arraycopy(one, 0, all, i * each, each);
    }
    return all;
  }

  private byte[] struct(String what, JsonNode object, int type, int bytes) {
    Map<String, Btf.Member> members = btf == null ? Map.of() : btf.members(type);
    byte[] all = new byte[bytes];
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      Btf.Member member = members.get(entry.getKey());
      if (member == null) {
        throw Refusal.usage(
            what + ": " + NearestName.unknown("member", entry.getKey(), members.keySet()));
      }
      String name = what + "." + entry.getKey();
      byte[] one = of(name, entry.getValue(), member.type(), sizeOf(member.type()));
      if (member.offset() + one.length > bytes) {
        throw Refusal.usage(name + " lies outside of its type: the object is damaged");
      }
      System.arraycopy(one, 0, all, member.offset(), one.length);
    }
    return all;
  }

  private static Refusal wrong(String what, JsonNode value, String wanted) {
    String shown = Shown.name(value.isString() ? value.stringValue() : value.toString());
    return Refusal.usage(
        "%s is %s, and must be %s"
            .formatted(
                what, shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown, wanted));
  }
}
