package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of addresses as users write them. */
class SubnetTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 00000000000000000000ffff0a000000, ffffffffffffffffffffffffff000000",
    "192.0.2.1, 00000000000000000000ffffc0000201, ffffffffffffffffffffffffffffffff",
    "0.0.0.0/0, 00000000000000000000ffff00000000, ffffffffffffffffffffffff00000000",
    "198.51.100.129/25, 00000000000000000000ffffc6336480, ffffffffffffffffffffffffffffff80",
    "2001:db8::1/33, 20010db8000000000000000000000000, ffffffff800000000000000000000000",
    "::/0, 00000000000000000000000000000000, 00000000000000000000000000000000",
    "::1, 00000000000000000000000000000001, ffffffffffffffffffffffffffffffff"
  })
  void aSubnetIsItsAddressAndMaskAsOnTheWire(String text, String address, String mask) {
    byte[] struct = Subnet.parse(text).struct().toArray(ValueLayout.JAVA_BYTE);

    assertEquals(address + mask, HexFormat.of().formatHex(struct).substring(0, 64));
    assertEquals(
        address.startsWith("00000000000000000000ffff"), struct[32] != 0 || struct[35] != 0);
  }

  @ParameterizedTest
  @CsvSource({
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:a01:203, 10.1.2.3",
    "::ffff:0:0/96, 0.0.0.0/0"
  })
  void aMappedRangeIsOneOfIpv4(String mapped, String four) {
    assertEquals(-1, Subnet.parse(mapped).struct().mismatch(Subnet.parse(four).struct()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0",
        "10",
        "256.0.0.0/8",
        "example.org/24",
        "fe80::1%eth0/64",
        "fd00::/129",
        "fd00:::/8",
        "/8",
        "0x0a000000/8"
      })
  void whatIsNoneIsRefused(String text) {
    Refusal refusal = assertThrows(Refusal.class, () -> Subnet.parse(text));

    assertEquals(Refusal.Kind.USAGE, refusal.kind());
    assertTrue(String.valueOf(refusal.getMessage()).startsWith("\"" + text + "\" is not a subnet"));
  }

  @Test
  void aListKeepsItsOrder() {
    assertEquals(
        List.of("10.0.0.0/8", "::/0"),
        Subnet.list("10.0.0.0/8, ::/0").stream().map(Subnet::text).toList());
    assertThrows(Refusal.class, () -> Subnet.list("10.0.0.0/8,"));
  }
}
