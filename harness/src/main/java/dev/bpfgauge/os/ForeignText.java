package dev.bpfgauge.os;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Text files that others write: the kernel's in /proc and /sys, logs of children and compilers.
 * Names in them are bytes, UTF-8 or not: what is not becomes U+FFFD, and never an error.
 */
public final class ForeignText {
  private static final char NOT_UTF_8 = '\ufffd';

  /** As much as any number, and most files of /proc, have. */
  private static final int AT_ONCE = 8192;

  private ForeignText() {}

  /**
   * The whole file. Unlike {@link Files#readAllBytes}, which asks a file without size for one byte
   * first: the kernel answers a number below /proc/sys once, and the rest of it would be lost.
   */
  public static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] some = new byte[AT_ONCE];
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        all.write(some, 0, read);
      }
      return of(all.toByteArray());
    }
  }

  /** The same of bytes that were read already. */
  public static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The file's lines. */
  public static List<String> readLines(Path file) throws IOException {
    return read(file).lines().toList();
  }

  /** The file, line by line; to be closed. */
  public static BufferedReader reader(Path file) throws IOException {
    // Unlike Files.newBufferedReader, which throws at what is not UTF-8.
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }

  /** The file's lines one by one, for long files; to be closed. */
  public static Stream<String> lines(Path file) throws IOException {
    BufferedReader in = reader(file);
    return in.lines()
        .onClose(() -> {
          try {
            in.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * A path of a mount table (proc_pid_mounts(5)): blanks, tabs, line ends, backslashes and number
   * signs are octal there.
   *
   * @return empty where the path is not UTF-8, or has characters that this JVM's locale cannot name
   */
  public static Optional<Path> mountPath(String field) {
    if (field.indexOf(NOT_UTF_8) >= 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(unescaped(field)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** A field of a mount table without its octal escapes. */
  public static String unescaped(String field) {
    StringBuilder plain = new StringBuilder(field.length());
    int at = 0;
    while (at < field.length()) {
      if (isEscape(field, at)) {
        plain.append((char) Integer.parseInt(field, at + 1, at + 4, 8));
        at += 4;
      } else {
        plain.append(field.charAt(at++));
      }
    }
    return plain.toString();
  }

  private static boolean isEscape(String field, int at) {
    return at + 3 < field.length()
        && field.charAt(at) == '\\'
        && field.substring(at + 1, at + 4).matches("[01][0-7]{2}");
  }
}
