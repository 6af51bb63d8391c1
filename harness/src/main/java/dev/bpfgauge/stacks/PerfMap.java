package dev.bpfgauge.stacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a runtime with a JIT compiler says of its code, in /tmp/perf-PID.map of its own root.
 * Anybody can write there: only a plain file of the process's user or of root counts, and none of a
 * size that no runtime comes near.
 */
final class PerfMap {
  private static final long MOST_BYTES = 128L << 20;
  private static final int LONGEST_LINE = 64 << 10;
  private static final int ROOT = 0;

  private PerfMap() {}

  /**
   * A process's.
   *
   * @param process its folder in /proc
   */
  static SymbolTable of(Path process) {
    try {
      List<String> status = Files.readAllLines(process.resolve("status"), ISO_8859_1);
      // The process writes its own number, which within a PID namespace is the last.
      String number = last(status, "NSpid:", String.valueOf(process.getFileName()));
      int user = Integer.parseInt(first(status, "Uid:"));
      String path = "/tmp/perf-" + number + ".map";
      try (ForeignFile file = ForeignFile.open(process.resolve("root"), path)) {
        return isTrusted(file.path(), user) ? read(file.path()) : SymbolTable.EMPTY;
      }
    } catch (IOException | RuntimeException e) {
      return SymbolTable.EMPTY; // There is none, as of most processes.
    }
  }

  private static String last(List<String> status, String field, String otherwise) {
    return numbers(status, field).reduce((_, later) -> later).orElse(otherwise);
  }

  private static String first(List<String> status, String field) {
    return numbers(status, field).findFirst().orElse("");
  }

  private static Stream<String> numbers(List<String> status, String field) {
    return status.stream()
        .filter(line -> line.startsWith(field))
        .flatMap(line -> Stream.of(line.substring(field.length()).strip().split("\\s+", -1)));
  }

  private static boolean isTrusted(Path file, int user) throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
    int owner = (Integer) Files.getAttribute(file, "unix:uid");
    return attributes.isRegularFile()
        && attributes.size() <= MOST_BYTES
        && (owner == user || owner == ROOT);
  }

  private static SymbolTable read(Path file) throws IOException {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), LONGEST_LINE)) {
      SymbolTable.Builder table = new SymbolTable.Builder();
      lines(bytes, MOST_BYTES, table::addOfPerfMap);
      return table.build();
    }
  }

  /**
   * Whole lines among the first bytes; lines that are too long for a function's name are passed
   * over.
   */
  static void lines(InputStream bytes, long most, Consumer<String> take) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = bytes.read();
    for (long i = 1; read >= 0 && i <= most; i++, read = bytes.read()) {
      if (read != '\n') {
        if (line.size() <= LONGEST_LINE) {
          line.write(read);
        }
        continue;
      }
      if (line.size() <= LONGEST_LINE) {
        take.accept(line.toString(UTF_8));
      }
      line.reset();
    }
  }
}
