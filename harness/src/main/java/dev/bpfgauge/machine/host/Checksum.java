package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.zip.CRC32;

/** Eight hex digits beside a text that was shortened, so that a difference in it is seen. */
final class Checksum {
  private Checksum() {}

  static String of(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(UTF_8));
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }
}
