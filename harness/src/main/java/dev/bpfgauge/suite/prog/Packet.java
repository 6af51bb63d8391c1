package dev.bpfgauge.suite.prog;

import dev.bpfgauge.measure.EnumWords;
import java.nio.ByteBuffer;
import java.util.List;

/** The packets that programs are run on: whole Ethernet frames with right checksums. */
enum Packet {
  /** The first packet of a connection. */
  TCP_SYN {
    @Override
    byte[] bytes() {
      return ethernet(IPV4, ipv4(TCP, 0, tcp(IPV4_PSEUDO, SYN, 0)));
    }
  },
  /** A segment with 1 000 bytes. */
  TCP_DATA {
    @Override
    byte[] bytes() {
      return ethernet(IPV4, ipv4(TCP, 0, tcp(IPV4_PSEUDO, ACK, 1000)));
    }
  },
  /** A datagram of 64 bytes, to the port of name servers. */
  UDP {
    @Override
    byte[] bytes() {
      return ethernet(IPV4, ipv4(UDP_PROTOCOL, 0, udp(64)));
    }
  },
  /** An echo request. */
  ICMP {
    @Override
    byte[] bytes() {
      ByteBuffer echo = ByteBuffer.allocate(64).put((byte) 8).put((byte) 0);
      echo.putShort(2, checksum(0, echo.array()));
      return ethernet(IPV4, ipv4(1, 0, echo.array()));
    }
  },
  /** The first packet of a connection, over IPv6. */
  IPV6 {
    @Override
    byte[] bytes() {
      byte[] segment = tcp(IPV6_PSEUDO, SYN, 0);
      ByteBuffer header = ByteBuffer.allocate(40 + segment.length);
      header.putInt(6 << 28).putShort((short) segment.length).put((byte) TCP).put((byte) 64);
      header.put(IPV6_PSEUDO).put(segment);
      return ethernet(0x86DD, header.array());
    }
  },
  /** The datagram, on virtual LAN 5. */
  VLAN {
    @Override
    byte[] bytes() {
      byte[] inner = ipv4(UDP_PROTOCOL, 0, udp(64));
      ByteBuffer tagged = ByteBuffer.allocate(4 + inner.length);
      tagged.putShort((short) 5).putShort((short) IPV4).put(inner);
      return ethernet(0x8100, tagged.array());
    }
  },
  /** The second fragment of a datagram, which has no ports. */
  FRAGMENT {
    @Override
    byte[] bytes() {
      return ethernet(IPV4, ipv4(UDP_PROTOCOL, 1480 / 8, new byte[64]));
    }
  };

  private static final int IPV4 = 0x0800;
  private static final int TCP = 6;
  private static final int UDP_PROTOCOL = 17;
  private static final int SYN = 2;
  private static final int ACK = 16;
  private static final int SHORTEST = 60;

  /** 192.0.2.1 to 192.0.2.2, of RFC 5737. */
  private static final byte[] IPV4_PSEUDO = {(byte) 192, 0, 2, 1, (byte) 192, 0, 2, 2};

  /** 2001:db8::1 to 2001:db8::2, of RFC 3849. */
  private static final byte[] IPV6_PSEUDO =
      ByteBuffer.allocate(32)
          .putInt(0, 0x20010db8)
          .putInt(12, 1)
          .putInt(16, 0x20010db8)
          .putInt(28, 2)
          .array();

  /** The whole frame. */
  abstract byte[] bytes();

  String word() {
    return EnumWords.of(this);
  }

  static List<String> words() {
    return EnumWords.all(Packet.class);
  }

  static Packet ofWord(String word) {
    return EnumWords.parse(Packet.class, "packet", word);
  }

  private static byte[] ethernet(int type, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(Math.max(SHORTEST, 14 + payload.length));
    frame.put(new byte[] {2, 0, 0, 0, 0, 2}).put(new byte[] {2, 0, 0, 0, 0, 1});
    return frame.putShort((short) type).put(payload).array();
  }

  private static byte[] ipv4(int protocol, int fragment, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
    packet.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length));
    packet.putShort((short) 1).putShort((short) fragment).put((byte) 64).put((byte) protocol);
    packet.putShort((short) 0).put(IPV4_PSEUDO);
    byte[] header = new byte[20];
    packet.get(0, header);
    packet.putShort(10, checksum(0, header));
    return packet.put(payload).array();
  }

  private static byte[] tcp(byte[] addresses, int flags, int dataBytes) {
    ByteBuffer segment = ByteBuffer.allocate(20 + dataBytes);
    segment.putShort((short) 40_000).putShort((short) 80).putInt(1).putInt(0);
    segment.put((byte) (5 << 4)).put((byte) flags).putShort((short) 64_240);
    segment.putShort(16, transport(addresses, TCP, segment.array()));
    return segment.array();
  }

  private static byte[] udp(int dataBytes) {
    ByteBuffer datagram = ByteBuffer.allocate(8 + dataBytes);
    datagram.putShort((short) 40_000).putShort((short) 53).putShort((short) (8 + dataBytes));
    datagram.putShort(6, transport(IPV4_PSEUDO, UDP_PROTOCOL, datagram.array()));
    return datagram.array();
  }

  private static short transport(byte[] addresses, int protocol, byte[] segment) {
    return checksum(sum(0, addresses) + protocol + segment.length, segment);
  }

  /** RFC 1071. */
  private static short checksum(int start, byte[] bytes) {
    int sum = sum(start, bytes);
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }

  private static int sum(int start, byte[] bytes) {
    int sum = start;
    for (int i = 0; i < bytes.length; i++) {
      sum += (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
    }
    return sum;
  }
}
