package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Hash;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file or a pipe, which is read once: unpacked where it begins as gzip does, decoded
 * as its byte order mark says, and digested on the way.
 */
final class TextSource implements AutoCloseable {
  /** Characters; no line of a table of decisions comes near. */
  private static final int LONGEST_LINE = 1 << 16;

  private static final int BLOCK = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** How files begin that are packed by something else. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "504b0304", "a ZIP archive, or a spreadsheet's own file (.xlsx); save it as CSV.",
          "28b52ffd", "packed by zstd; unpack it first.",
          "fd377a58", "packed by xz; unpack it first.",
          "425a6839", "packed by bzip2; unpack it first.");

  private final DigestInputStream bytes;
  private final InputStreamReader characters;
  private final boolean packed;
  private final Charset charset;
  private final char[] block = new char[BLOCK];
  private final StringBuilder line = new StringBuilder();
  private int at;
  private int filled;
  private boolean afterReturn;

  private TextSource(
      DigestInputStream bytes, InputStreamReader characters, boolean packed, Charset charset) {
    this.bytes = bytes;
    this.characters = characters;
    this.packed = packed;
    this.charset = charset;
  }

  /**
   * Opens it.
   *
   * @throws IOException where it cannot be read
   * @throws Refusal where it is packed by another program than gzip, which is named
   */
  static TextSource open(Path file) throws IOException {
    DigestInputStream bytes = new DigestInputStream(Files.newInputStream(file), Hash.digest());
    try {
      BufferedInputStream raw = new BufferedInputStream(bytes, BLOCK);
      byte[] head = head(raw);
      String other = OTHERS.get(HexFormat.of().formatHex(head));
      if (other != null) {
        throw Refusal.usage(file + ": it is " + other);
      }
      boolean packed = head.length >= 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
      BufferedInputStream plain =
          packed
              ? new BufferedInputStream(new GZIPInputStream(new ToTheEnd(raw), BLOCK), BLOCK)
              : raw;
      Charset charset = charset(head(plain));
      return new TextSource(bytes, new InputStreamReader(plain, charset), packed, charset);
    } catch (IOException | Refusal e) {
      bytes.close();
      throw e;
    }
  }

  private static byte[] head(BufferedInputStream in) throws IOException {
    in.mark(Integer.BYTES);
    byte[] head = in.readNBytes(Integer.BYTES);
    in.reset();
    return head;
  }

  /** By its byte order mark, else by where the other half of the first character is 0. */
  private static Charset charset(byte[] head) {
    if (head.length < 2) {
      return StandardCharsets.UTF_8;
    }
    int first = head[0] & 0xff;
    int second = head[1] & 0xff;
    if ((first == 0xff && second == 0xfe) || (first != 0 && second == 0)) {
      return StandardCharsets.UTF_16LE;
    }
    return (first == 0xfe && second == 0xff) || (first == 0 && second != 0)
        ? StandardCharsets.UTF_16BE
        : StandardCharsets.UTF_8;
  }

  /**
   * The next line without its end (LF, CR LF or CR), null behind the last.
   *
   * @throws IOException also where a line has no end
   */
  @Nullable String line() throws IOException {
    line.setLength(0);
    while (fill()) {
      char c = block[at++];
      if (c == '\n' && afterReturn) {
        afterReturn = false;
      } else if (c == '\n' || c == '\r') {
        afterReturn = c == '\r';
        return line.toString();
      } else {
        afterReturn = false;
        if (c != BYTE_ORDER_MARK) {
          line.append(c);
        }
        if (line.length() > LONGEST_LINE) {
          throw new IOException("a line has more than " + LONGEST_LINE + " characters");
        }
      }
    }
    return line.isEmpty() ? null : line.toString();
  }

  private boolean fill() throws IOException {
    if (at == filled) {
      at = 0;
      filled = Math.max(0, characters.read(block));
    }
    return at < filled;
  }

  /** Whether it was packed by gzip, whatever its name says. */
  boolean isPacked() {
    return packed;
  }

  Charset charset() {
    return charset;
  }

  /** Of all its bytes, in hexadecimal digits; what was not read yet is read for it. */
  String digest() throws IOException {
    byte[] rest = new byte[BLOCK];
    while (bytes.read(rest) >= 0) {
      // The digest takes it.
    }
    return HexFormat.of().formatHex(bytes.getMessageDigest().digest());
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }

  /**
   * GZIPInputStream takes "nothing is available" for the last archive's end; on a pipe it is not.
   */
  private static final class ToTheEnd extends FilterInputStream {
    ToTheEnd(BufferedInputStream in) {
      super(in);
    }

    @Override
    public int available() throws IOException {
      in.mark(1);
      int next = in.read();
      in.reset();
      return next < 0 ? 0 : Math.max(1, super.available());
    }
  }
}
