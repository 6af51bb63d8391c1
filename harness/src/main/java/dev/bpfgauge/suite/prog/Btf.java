package dev.bpfgauge.suite.prog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The types of an object, from its section .BTF (kernel: Documentation/bpf/btf.rst): those of its
 * variables, and of its maps' keys and values. Types have numbers; 0 is none.
 */
final class Btf {
  private static final int MAGIC = 0xeb9f;
  private static final int TYPE_BYTES = 12;
  private static final int MEMBER_BYTES = 12;

  /** Longest chain of typedefs and qualifiers, deepest nesting of nameless members. */
  private static final int MOST_STEPS = 64;

  private static final int BITS = 8;

  /** Of an integer's encoding. */
  private static final int INT_SIGNED = 1;

  private static final int INT_BOOL = 4;

  /** A type's kind, by its number, and what follows it: so much, and so much for each of vlen. */
  private enum Kind {
    VOID(0, 0),
    INT(4, 0),
    PTR(0, 0),
    ARRAY(12, 0),
    STRUCT(0, MEMBER_BYTES),
    UNION(0, MEMBER_BYTES),
    ENUM(0, 8),
    FWD(0, 0),
    TYPEDEF(0, 0),
    VOLATILE(0, 0),
    CONST(0, 0),
    RESTRICT(0, 0),
    FUNC(0, 0),
    FUNC_PROTO(0, 8),
    VAR(4, 0),
    DATASEC(0, 12),
    FLOAT(0, 0),
    DECL_TAG(4, 0),
    TYPE_TAG(0, 0),
    ENUM64(0, 12);

    private final int more;
    private final int each;

    Kind(int more, int each) {
      this.more = more;
      this.each = each;
    }
  }

  /**
   * What a value can be.
   *
   * @param form what it is written as
   * @param bytes of it
   * @param bigEndian whether it is a __be16, __be32 or __be64
   * @param sign what a number can be
   * @param element type of an array's elements
   * @param count how many those are
   */
  record Shape(Form form, int bytes, boolean bigEndian, Sign sign, int element, int count) {
    /** Something of so many bytes that no type says more of. */
    static Shape ofBytes(Form form, int bytes) {
      return new Shape(form, bytes, false, Sign.ANY, 0, 0);
    }
  }

  /** Which numbers a type takes. */
  enum Sign {
    SIGNED,
    UNSIGNED,
    /** Zero and one. */
    BOOLEAN,
    /** Both: enumerations of older compilers do not say. */
    ANY
  }

  /** What a value is written as. */
  enum Form {
    NUMBER,
    TEXT,
    ARRAY,
    STRUCT,
    BYTES
  }

  /** A member of a structure, in bytes from its beginning. */
  record Member(int offset, int type) {}

  private final ByteBuffer bytes;
  private final int strings;
  private final List<Integer> types = new ArrayList<>(List.of(0));

  private Btf(ByteBuffer bytes) {
    this.bytes = bytes;
    int headerBytes = bytes.getInt(4);
    int from = headerBytes + bytes.getInt(8);
    int to = from + bytes.getInt(12);
    this.strings = headerBytes + bytes.getInt(16);
    int at = from;
    while (at < to) {
      types.add(at);
      Kind kind = kindAt(at);
      at += TYPE_BYTES + kind.more + kind.each * (bytes.getInt(at + 4) & 0xffff);
    }
  }

  /**
   * Reads a section.
   *
   * @return empty where it is none, or damaged
   */
  static Optional<Btf> of(byte[] section) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(section).order(ByteOrder.nativeOrder());
      return section.length > 0 && (bytes.getShort(0) & 0xffff) == MAGIC
          ? Optional.of(new Btf(bytes))
          : Optional.empty();
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private Kind kindAt(int at) {
    return Kind.values()[bytes.getInt(at + 4) >>> 24 & 0x1f];
  }

  private Kind kind(int type) {
    return type == 0 ? Kind.VOID : kindAt(types.get(type));
  }

  private int vlen(int type) {
    return bytes.getInt(types.get(type) + 4) & 0xffff;
  }

  /** Size, or the type that it refers to. */
  private int sizeOrType(int type) {
    return bytes.getInt(types.get(type) + 8);
  }

  private String name(int type) {
    return type == 0 ? "" : text(bytes.getInt(types.get(type)));
  }

  private String text(int offset) {
    int from = strings + offset;
    int to = from;
    while (bytes.get(to) != 0) {
      to++;
    }
    byte[] found = new byte[to - from];
    bytes.get(from, found);
    return new String(found, StandardCharsets.UTF_8);
  }

  /** The global variables of .rodata, .data and .bss, and of sections named after them: types. */
  Map<String, Integer> variables() {
    Map<String, Integer> found = new LinkedHashMap<>();
    for (int type = 1; type < types.size(); type++) {
      String section = kind(type) == Kind.DATASEC ? name(type) : "";
      if (Stream.of(".rodata", ".data", ".bss")
          .anyMatch(each -> section.equals(each) || section.startsWith(each + "."))) {
        found.putAll(variables(type));
      }
    }
    return found;
  }

  private Map<String, Integer> variables(int section) {
    Map<String, Integer> found = new LinkedHashMap<>();
    int at = types.get(section) + TYPE_BYTES;
    for (int i = 0; i < vlen(section); i++) {
      int variable = bytes.getInt(at + i * Kind.DATASEC.each);
      if (kind(variable) == Kind.VAR) {
        found.putIfAbsent(name(variable), sizeOrType(variable));
      }
    }
    return found;
  }

  /**
   * The type of a map's keys or values; 0 where its definition names none.
   *
   * @param part {@code key} or {@code value}
   */
  int ofMap(String map, String part) {
    for (int type = 1; type < types.size(); type++) {
      if (kind(type) == Kind.DATASEC && name(type).equals(".maps")) {
        Member member = members(variables(type).getOrDefault(map, 0)).get(part);
        int pointer = member == null ? 0 : plain(member.type);
        return kind(pointer) == Kind.PTR ? sizeOrType(pointer) : 0;
      }
    }
    return 0;
  }

  /** A type without its names and qualifiers. */
  private int plain(int type) {
    int at = type;
    for (int i = 0; i < MOST_STEPS; i++) {
      switch (kind(at)) {
        case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> at = sizeOrType(at);
        default -> {
          return at;
        }
      }
    }
    return 0;
  }

  private boolean isBigEndian(int type) {
    int at = type;
    for (int i = 0; i < MOST_STEPS && at != 0; i++) {
      if (kind(at) == Kind.TYPEDEF && name(at).matches("__be(16|32|64)")) {
        return true;
      }
      at =
          switch (kind(at)) {
            case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> sizeOrType(at);
            default -> 0;
          };
    }
    return false;
  }

  /** Members by name; those of nameless structures and unions are their parent's. No bit fields. */
  Map<String, Member> members(int type) {
    Map<String, Member> found = new LinkedHashMap<>();
    members(type, 0, found, 0);
    return found;
  }

  private void members(int type, int offset, Map<String, Member> found, int depth) {
    int struct = plain(type);
    if ((kind(struct) != Kind.STRUCT && kind(struct) != Kind.UNION) || depth > MOST_STEPS) {
      return;
    }
    boolean hasBitFields = bytes.getInt(types.get(struct) + 4) < 0;
    for (int i = 0; i < vlen(struct); i++) {
      int at = types.get(struct) + TYPE_BYTES + i * MEMBER_BYTES;
      int bits = bytes.getInt(at + 8);
      boolean isBitField = hasBitFields && bits >>> 24 != 0;
      int from = offset + (hasBitFields ? bits & 0xffffff : bits) / BITS;
      String name = text(bytes.getInt(at));
      if (name.isEmpty()) {
        members(bytes.getInt(at + 4), from, found, depth + 1);
      } else if (!isBitField) {
        found.putIfAbsent(name, new Member(from, bytes.getInt(at + 4)));
      }
    }
  }

  /** What a value of a type can be. */
  Shape shape(int type) {
    int plain = plain(type);
    return switch (kind(plain)) {
      case INT -> number(type, sizeOrType(plain), signOfInt(plain));
      case ENUM, ENUM64 -> number(type, sizeOrType(plain), Sign.ANY);
      case PTR -> number(type, Long.BYTES, Sign.UNSIGNED);
      case STRUCT, UNION -> Shape.ofBytes(Form.STRUCT, sizeOrType(plain));
      case ARRAY -> array(plain);
      case FLOAT -> Shape.ofBytes(Form.BYTES, sizeOrType(plain));
      default -> Shape.ofBytes(Form.BYTES, 0);
    };
  }

  private Shape number(int type, int size, Sign sign) {
    return new Shape(Form.NUMBER, size, isBigEndian(type), sign, 0, 0);
  }

  private Sign signOfInt(int type) {
    int encoding = bytes.getInt(types.get(type) + TYPE_BYTES) >>> 24;
    return (encoding & INT_BOOL) != 0
        ? Sign.BOOLEAN
        : (encoding & INT_SIGNED) != 0 ? Sign.SIGNED : Sign.UNSIGNED;
  }

  private Shape array(int array) {
    int at = types.get(array) + TYPE_BYTES;
    int element = bytes.getInt(at);
    int count = bytes.getInt(at + 8);
    int inner = plain(element);
    // An array's element may be one again, and a damaged one itself.
    int each = kind(inner) == Kind.ARRAY && inner >= array ? 0 : shape(element).bytes;
    boolean isText = kind(inner) == Kind.INT && name(inner).equals("char");
    return new Shape(
        isText ? Form.TEXT : Form.ARRAY,
        Math.multiplyExact(each, count),
        false,
        Sign.ANY,
        element,
        count);
  }
}
