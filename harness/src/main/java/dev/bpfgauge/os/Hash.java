package dev.bpfgauge.os;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over texts: names that every machine gives alike without asking another. */
public record Hash(String hex) {

  /** Of the texts in this order; a text's end counts. */
  public static Hash of(String... texts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String text : texts) {
        byte[] bytes = text.getBytes(UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
      }
      return new Hash(HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Its first 64 bits. */
  public long asLong() {
    return HexFormat.fromHexDigitsToLong(hex, 0, 16);
  }

  /** Enough to tell a thousand machines apart. */
  public String brief() {
    return hex.substring(0, 12);
  }
}
