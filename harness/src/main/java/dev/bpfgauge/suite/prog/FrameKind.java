package dev.bpfgauge.suite.prog;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * What kind of frame one is, as far as programs that filter or balance packets tell them apart: its
 * protocols, for TCP the flags, and its length to a power of two.
 *
 * @param words e.g. {@code IPv4 TCP SYN}
 * @param atMost bytes
 */
record FrameKind(String words, int atMost) {
  private static final int ETHERNET_BYTES = 14;
  private static final int SMALLEST = 64;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86DD;
  private static final int ARP = 0x0806;
  private static final Set<Integer> VLAN = Set.of(0x8100, 0x88a8);
  private static final int TCP = 6;

  /** Extension headers of IPv6 whose second byte is their length in 8 bytes less one. */
  private static final Set<Integer> EXTENSIONS = Set.of(0, 43, 60);

  private static final int FRAGMENT_HEADER = 44;

  /** Of an Ethernet frame, which may be cut or damaged. */
  static FrameKind of(byte[] frame) {
    int atMost = SMALLEST;
    while (atMost < frame.length) {
      atMost *= 2;
    }
    try {
      return new FrameKind(ethernet(ByteBuffer.wrap(frame)), atMost);
    } catch (IndexOutOfBoundsException e) {
      return new FrameKind("a frame without its whole headers", atMost);
    }
  }

  private static String ethernet(ByteBuffer frame) {
    String tags = "";
    int at = ETHERNET_BYTES;
    int type = frame.getShort(at - Short.BYTES) & 0xffff;
    while (VLAN.contains(type)) {
      tags += "VLAN ";
      at += Integer.BYTES;
      type = frame.getShort(at - Short.BYTES) & 0xffff;
    }
    return tags
        + switch (type) {
          case IPV4 -> "IPv4 " + ipv4(frame, at);
          case IPV6 -> "IPv6 " + ipv6(frame, at);
          case ARP -> "ARP";
          default -> "EtherType 0x%04x".formatted(type);
        };
  }

  private static String ipv4(ByteBuffer frame, int at) {
    int protocol = frame.get(at + 9) & 0xff;
    boolean isFirst = (frame.getShort(at + 6) & 0x1fff) == 0;
    int headerBytes = 4 * (frame.get(at) & 0xf);
    return isFirst ? transport(frame, at + headerBytes, protocol) : "fragment";
  }

  private static String ipv6(ByteBuffer frame, int at) {
    int protocol = frame.get(at + 6) & 0xff;
    int next = at + 40;
    Set<Integer> seen = new HashSet<>();
    while (EXTENSIONS.contains(protocol) && seen.add(next)) {
      protocol = frame.get(next) & 0xff;
      next += 8 * (1 + (frame.get(next + 1) & 0xff));
    }
    return protocol == FRAGMENT_HEADER ? "fragment" : transport(frame, next, protocol);
  }

  private static String transport(ByteBuffer frame, int at, int protocol) {
    return switch (protocol) {
      case 1 -> "ICMP";
      case TCP -> "TCP " + flags(frame.get(at + 13));
      case 17 -> "UDP";
      case 47 -> "GRE";
      case 50 -> "ESP";
      case 58 -> "ICMPv6";
      case 132 -> "SCTP";
      default -> "protocol " + protocol;
    };
  }

  private static String flags(int flags) {
    boolean acknowledges = (flags & 16) != 0;
    if ((flags & 2) != 0) {
      return acknowledges ? "SYN ACK" : "SYN";
    }
    return (flags & 4) != 0 ? "RST" : (flags & 1) != 0 ? "FIN" : acknowledges ? "ACK" : "no flag";
  }
}
