package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.Csv;
import dev.bpfgauge.model.Refusal;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Files of decisions, {@code raw_TAG.csv} or {@code raw_TAG.csv.gz}: one line each, after a header.
 * Files with the MLLB repository's thirty columns alone are read as well; their scenario is the
 * file's tag. Text is quoted as RFC 4180 says; what would break a line in it becomes a question
 * mark.
 *
 * <p>Read is also what spreadsheets and shells make of such files: UTF-16, a byte order mark,
 * semicolons or tabs, quotes and blanks, empty lines, several files one behind the other with their
 * headers, gzip under any name.
 */
public final class DecisionCsv {
  static final String COMM = "comm";
  static final String KERNEL = "kernel";
  static final String SCENARIO = "scenario";

  static final List<String> REPOSITORY =
      Arrays.stream(Column.values()).limit(Column.REPOSITORY).map(Column::word).toList();

  static final List<String> ALL =
      Stream.of(
              REPOSITORY.stream(),
              Stream.of(COMM),
              Arrays.stream(Column.values()).skip(Column.REPOSITORY).map(Column::word),
              Stream.of(KERNEL, SCENARIO))
          .flatMap(names -> names)
          .toList();

  static final Column[] COLUMNS = Column.values();
  static final int COMM_AT = Column.REPOSITORY;
  static final int KERNEL_AT = ALL.size() - 2;
  static final int SCENARIO_AT = ALL.size() - 1;

  private DecisionCsv() {}

  /** Which columns a file has that is written. */
  public enum Format {
    /** The MLLB repository's and ours. */
    WHOLE(ALL),

    /** The MLLB repository's thirty alone, for programs that know no others. */
    OLD(REPOSITORY);

    private final String header;

    Format(List<String> columns) {
      this.header = Csv.line(columns);
    }
  }

  /**
   * All decisions of a file, in its order.
   *
   * @throws Refusal where there is none, or the file is not as described; it names line and column
   */
  public static List<Decision> read(Path file) {
    List<Decision> all = new ArrayList<>();
    read(file, all::add);
    return all;
  }

  /**
   * As {@link #read(Path)}, one decision after the other.
   *
   * @return the SHA-256 of the file's bytes, also of a pipe's, which nobody can read again
   */
  public static String read(Path file, Consumer<Decision> to) {
    try (TextSource text = TextSource.open(file)) {
      new DecisionLines(file, to).all(text);
      return text.digest();
    } catch (IOException e) {
      throw new Refusal(Refusal.Kind.USAGE, "cannot read " + file + ": " + reason(file, e), e);
    }
  }

  private static boolean isPacked(Path file) {
    return file.toString().endsWith(".gz");
  }

  private static String reason(Path file, IOException e) {
    return switch (e) {
      case NoSuchFileException _
          when file.startsWith("/dev/fd") || file.startsWith("/proc/self/fd") ->
          "the shell's <(…) does not reach the Java that runs this; pipe into it and name"
              + " /dev/stdin.";
      case NoSuchFileException none -> "there is no such file.";
      case AccessDeniedException denied -> "permission denied.";
      default -> e.getMessage() + "; it was cut or is not a file of decisions.";
    };
  }

  /** The tag of {@code raw_TAG.csv}; of another name what stands before {@code .csv}. */
  static String tag(Path file) {
    String stem = String.valueOf(file.getFileName()).replaceFirst("(\\.csv)?(\\.gz)?$", "");
    return stem.startsWith("raw_") ? stem.substring("raw_".length()) : stem;
  }

  /** Writes decisions to a file, packed where its name ends in {@code .gz}. */
  public static final class Writer implements AutoCloseable {
    private final Path file;
    private final BufferedWriter out;
    private final Format format;
    private final StringBuilder line = new StringBuilder();

    private Writer(Path file, BufferedWriter out, Format format) {
      this.file = file;
      this.out = out;
      this.format = format;
    }

    /**
     * Opens a file.
     *
     * @param append goes on behind what is there, which must be of the same columns; else it is
     *     replaced
     * @param format its columns
     * @throws Refusal where that cannot be
     */
    public static Writer open(Path file, boolean append, Format format) {
      try {
        boolean behind = append && Files.exists(file) && Files.size(file) > 0;
        if (behind) {
          requireHeader(file, format);
        }
        OutputStream bytes =
            Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                behind ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        OutputStream packed = isPacked(file) ? new GZIPOutputStream(bytes, 1 << 16) : bytes;
        Writer writer =
            new Writer(
                file,
                new BufferedWriter(new OutputStreamWriter(packed, StandardCharsets.UTF_8), 1 << 16),
                format);
        if (!behind) {
          writer.out.write(format.header + "\n");
        }
        return writer;
      } catch (IOException e) {
        throw cannotWrite(file, e);
      }
    }

    private static void requireHeader(Path file, Format format) throws IOException {
      try (TextSource text = TextSource.open(file)) {
        if (!format.header.equals(text.line())
            || text.isPacked() != isPacked(file)
            || !text.charset().equals(StandardCharsets.UTF_8)) {
          throw Refusal.usage(
              "%s: cannot append, its columns or its form are not those of mllb collect%s; name a new file."
                  .formatted(file, format == Format.OLD ? " --old" : ""));
        }
      }
    }

    /**
     * Adds a line.
     *
     * @throws Refusal where the disk does not take it
     */
    public void write(Decision decision) {
      line.setLength(0);
      numbers(decision, 0, Column.REPOSITORY);
      if (format == Format.WHOLE) {
        line.append(quoted(decision.comm())).append(',');
        numbers(decision, Column.REPOSITORY, COLUMNS.length);
        line.append(quoted(decision.kernel())).append(',').append(quoted(decision.scenario()));
      } else {
        line.setLength(line.length() - 1);
      }
      line.append('\n');
      try {
        out.append(line);
      } catch (IOException e) {
        throw cannotWrite(file, e);
      }
    }

    /** The values of these columns, a comma behind each. */
    private void numbers(Decision decision, int from, int to) {
      for (int i = from; i < to; i++) {
        line.append(decision.get(COLUMNS[i])).append(',');
      }
    }

    private static String quoted(String text) {
      return Csv.quoted(text.replaceAll("\\p{Cntrl}", "?"));
    }

    /** Brings to the file what was written so far, as far as it is not packed. */
    public void flush() {
      try {
        out.flush();
      } catch (IOException e) {
        throw cannotWrite(file, e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw cannotWrite(file, e);
      }
    }

    private static Refusal cannotWrite(Path file, IOException e) {
      return new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "cannot write " + file + ": " + e.getMessage() + "; choose another place with -o.",
          e);
    }
  }
}
