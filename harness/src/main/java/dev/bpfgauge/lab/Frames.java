package dev.bpfgauge.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Messages over a serial line: {@code bpfgauge LENGTH CRC32C } in hexadecimal, then so many bytes
 * of text without line ends, then a line feed. A line that is none of these, or damaged, is told
 * from a message by its length and checksum.
 */
final class Frames {
  private static final String MAGIC = "bpfgauge ";
  private static final int HEADER = MAGIC.length() + 8 + 1 + 8 + 1;
  private static final int LONGEST = 4 << 20;

  private Frames() {}

  /** A damaged line; it ends the guest, since nobody knows what was lost. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(String message) {
      super(message);
    }
  }

  /** The message as it goes over the line. */
  static byte[] encode(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    String header =
        String.format(Locale.ROOT, "%s%08x %08x ", MAGIC, payload.length, checksum(payload));
    ByteArrayOutputStream frame = new ByteArrayOutputStream(HEADER + payload.length + 1);
    frame.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    frame.writeBytes(payload);
    frame.write('\n');
    return frame.toByteArray();
  }

  /**
   * The next message, empty at the end of the line. A terminal's carriage returns are left out.
   *
   * @throws DamagedException where what came is no whole message
   */
  static Optional<String> read(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (line.size() == 0) {
          return Optional.empty();
        }
        throw new DamagedException("its last message was cut off");
      }
      if (c != '\r') {
        line.write(c);
      }
      if (line.size() > LONGEST) {
        throw new DamagedException("it sent a line without an end");
      }
    }
    return Optional.of(decode(line.toByteArray()));
  }

  private static String decode(byte[] line) throws DamagedException {
    String header = new String(line, 0, Math.min(HEADER, line.length), StandardCharsets.ISO_8859_1);
    if (!header.matches(MAGIC + "[0-9a-f]{8} [0-9a-f]{8} ")) {
      throw new DamagedException("what it sent is not a message");
    }
    long length = Long.parseLong(header, MAGIC.length(), MAGIC.length() + 8, 16);
    long expected = Long.parseLong(header, MAGIC.length() + 9, MAGIC.length() + 17, 16);
    byte[] payload = new byte[line.length - HEADER];
    System.arraycopy(line, HEADER, payload, 0, payload.length);
    if (payload.length != length) {
      throw new DamagedException(
          "a message of %d bytes came with %d".formatted(length, payload.length));
    }
    if (checksum(payload) != expected) {
      throw new DamagedException("a message has the wrong checksum");
    }
    return new String(payload, StandardCharsets.UTF_8);
  }

  private static long checksum(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return crc.getValue();
  }
}
