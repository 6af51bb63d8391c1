package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.suite.tools.Structs.SUBNET;

import dev.bpfgauge.model.Refusal;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** A range of addresses, IPv4 as {@code ::ffff:a.b.c.d}. */
final class Subnet {
  private static final int BYTES = 16;
  private static final int MAPPED_BITS = 96;

  private final String text;
  private final byte[] address;
  private final byte[] mask;
  private final boolean four;

  /** The address is as on the wire; what lies outside the mask is 0. */
  private Subnet(String text, byte[] address, byte[] mask, boolean four) {
    this.text = text;
    this.address = address;
    this.mask = mask;
    this.four = four;
  }

  /** As the user wrote it. */
  String text() {
    return text;
  }

  /** As {@code struct subnet} of bpf/tools/tcpsubnet.h. */
  MemorySegment struct() {
    MemorySegment struct = MemorySegment.ofArray(new byte[(int) SUBNET.size()]);
    struct.asSlice(SUBNET.offset("address"), BYTES).copyFrom(MemorySegment.ofArray(address));
    struct.asSlice(SUBNET.offset("mask"), BYTES).copyFrom(MemorySegment.ofArray(mask));
    struct.set(ValueLayout.JAVA_INT_UNALIGNED, SUBNET.offset("four"), four ? 1 : 0);
    return struct;
  }

  /** {@code 127.0.0.1/32,::1/128 …}, in the order they are tried. */
  static List<Subnet> list(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).map(Subnet::parse).toList();
  }

  /**
   * One range in CIDR notation.
   *
   * @throws Refusal where it is none
   */
  static Subnet parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (!host.matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*")) {
      throw bad(text); // such as 10.1, which InetAddress takes for 10.0.0.1, or a zone
    }
    try {
      InetAddress parsed = InetAddress.ofLiteral(host);
      boolean dotted = host.indexOf(':') < 0;
      int most = dotted ? 32 : 128;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > most) {
        throw bad(text);
      }
      // Of ::ffff:a.b.c.d Java makes an address of IPv4, which it is where the prefix says so too.
      boolean mapped = !dotted && parsed instanceof Inet4Address;
      int prefix = dotted ? MAPPED_BITS + bits : bits;
      return of(text, parsed.getAddress(), prefix, dotted || (mapped && bits >= MAPPED_BITS));
    } catch (IllegalArgumentException e) {
      throw bad(text);
    }
  }

  private static Subnet of(String text, byte[] address, int bits, boolean four) {
    byte[] whole = new byte[BYTES];
    if (address.length < BYTES) {
      whole[10] = -1;
      whole[11] = -1;
    }
    System.arraycopy(address, 0, whole, BYTES - address.length, address.length);
    byte[] mask = new byte[BYTES];
    for (int bit = 0; bit < bits; bit++) {
      mask[bit / 8] |= (byte) (0x80 >> bit % 8);
    }
    for (int i = 0; i < BYTES; i++) {
      whole[i] &= mask[i];
    }
    return new Subnet(text, whole, mask, four);
  }

  private static Refusal bad(String text) {
    return Refusal.usage(
        "\"" + text + "\" is not a subnet: write them as 10.0.0.0/8,192.168.1.0/24,fd00::/8.");
  }
}
