package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets are what their names say. */
class PacketTest {
  private static final int IP = 14;

  @ParameterizedTest
  @EnumSource(
      value = Packet.class,
      names = {"IPV6", "VLAN"},
      mode = EnumSource.Mode.EXCLUDE)
  void headersOfIpv4AddUp(Packet packet) {
    byte[] bytes = packet.bytes();
    assertTrue(bytes.length >= 60);
    assertEquals(0x0800, ByteBuffer.wrap(bytes).getShort(12));
    assertEquals(0xffff, sum(bytes, IP, 20), "RFC 1071: with its checksum a header adds up");
  }

  /** Over the pseudo-header too; what the frame has behind its packet is padding. */
  @ParameterizedTest
  @EnumSource(
      value = Packet.class,
      names = {"TCP_SYN", "TCP_DATA", "UDP"})
  void segmentsAddUp(Packet packet) {
    byte[] bytes = packet.bytes();
    int length = ByteBuffer.wrap(bytes).getShort(IP + 2) - 20;
    int protocol = bytes[IP + 9];
    assertEquals(0xffff, fold(sum(bytes, IP + 12, 8 + length) + protocol + length));
  }

  @Test
  void theOneOfIpv6AddsUp() {
    byte[] bytes = Packet.IPV6.bytes();
    assertEquals((short) 0x86DD, ByteBuffer.wrap(bytes).getShort(12));
    int length = ByteBuffer.wrap(bytes).getShort(IP + 4);
    assertEquals(bytes.length, IP + 40 + length);
    assertEquals(0xffff, fold(sum(bytes, IP + 8, 32 + length) + 6 + length));
  }

  @Test
  void theTaggedOneHoldsTheDatagram() {
    ByteBuffer bytes = ByteBuffer.wrap(Packet.VLAN.bytes());
    assertEquals((short) 0x8100, bytes.getShort(12));
    assertEquals(5, bytes.getShort(14));
    assertEquals(0x0800, bytes.getShort(16));
    assertEquals(17, bytes.get(18 + 9));
  }

  @Test
  void theFragmentIsNoFirstOne() {
    assertEquals(185, ByteBuffer.wrap(Packet.FRAGMENT.bytes()).getShort(IP + 6) & 0x1fff);
  }

  private static int sum(byte[] bytes, int from, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (bytes[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
    }
    return fold(sum);
  }

  private static int fold(int sum) {
    int folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return folded;
  }
}
