package dev.bpfgauge.files;

import dev.bpfgauge.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A file of a run that may be packed to be kept: {@code NAME}, or {@code NAME.gz} as gzip makes it.
 * Packed files are only read; a run that goes on is unpacked first.
 */
public final class KeptFile {
  /** What gzip appends to a name. */
  public static final String PACKED = ".gz";

  private KeptFile() {}

  /**
   * The file itself, packed where only that is there.
   *
   * @param plain its plain name, which is also the answer where there is neither
   * @throws Refusal where both are there
   */
  public static Path of(Path plain) {
    Path packed = packed(plain);
    if (!Files.exists(packed)) {
      return plain;
    }
    if (Files.exists(plain)) {
      throw Refusal.usage(
          "%s is there twice, plain and as %s: delete the one that is not the run's."
              .formatted(plain, packed.getFileName()));
    }
    return packed;
  }

  /** Whether it is there, plain or packed. */
  public static boolean exists(Path plain) {
    return Files.exists(plain) || isPacked(plain);
  }

  /** Whether it is there packed. */
  static boolean isPacked(Path plain) {
    return Files.exists(packed(plain));
  }

  /**
   * Its text.
   *
   * @param file from {@link #of}
   * @throws Refusal where it cannot be read
   */
  public static String text(Path file) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read(file))).toString();
    } catch (CharacterCodingException e) {
      throw DurableFile.refusal("read", file, e);
    }
  }

  /**
   * Its bytes, unpacked.
   *
   * @param file from {@link #of}
   * @throws Refusal where it cannot be read, or its packing is cut or damaged
   */
  static byte[] read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw DurableFile.refusal("read", file, e);
    }
    if (!file.toString().endsWith(PACKED)) {
      return bytes;
    }
    try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return unpacked.readAllBytes();
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.USAGE,
          "%s is cut or damaged, `gzip -t` says where: restore it from a copy.".formatted(file),
          e);
    }
  }

  private static Path packed(Path plain) {
    return plain.resolveSibling(plain.getFileName() + PACKED);
  }
}
