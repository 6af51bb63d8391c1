package dev.bpfgauge.os;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, over texts too: names that every machine gives alike without asking another. */
public record Hash(String hex) {

  /** Of the texts in this order; a text's end counts. */
  public static Hash of(String... texts) {
    MessageDigest digest = digest();
    for (String text : texts) {
      byte[] bytes = text.getBytes(UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }
    return new Hash(HexFormat.of().formatHex(digest.digest()));
  }

  /** Of a file's bytes, as sha256sum(1) has it. */
  public static Hash of(Path file) throws IOException {
    try (var in = new DigestInputStream(Files.newInputStream(file), digest())) {
      in.transferTo(OutputStream.nullOutputStream());
      return new Hash(HexFormat.of().formatHex(in.getMessageDigest().digest()));
    }
  }

  /** SHA-256, for bytes that come by and by. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
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
