package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.Csv;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
  private static final String COMM = "comm";
  private static final String KERNEL = "kernel";
  private static final String SCENARIO = "scenario";

  private static final List<String> REPOSITORY =
      Arrays.stream(Column.values()).limit(Column.REPOSITORY).map(Column::word).toList();

  private static final List<String> ALL =
      Stream.of(
              REPOSITORY.stream(),
              Stream.of(COMM),
              Arrays.stream(Column.values()).skip(Column.REPOSITORY).map(Column::word),
              Stream.of(KERNEL, SCENARIO))
          .flatMap(names -> names)
          .toList();

  private static final Column[] COLUMNS = Column.values();
  private static final int COMM_AT = Column.REPOSITORY;
  private static final int KERNEL_AT = ALL.size() - 2;
  private static final int SCENARIO_AT = ALL.size() - 1;
  private static final char[] OTHER_SEPARATORS = {';', '\t'};

  /** Columns that only the MLLB repository's prepared files have. */
  private static final List<String> PREPARED =
      List.of("src_non_pref_nr", "delta_hot", "extra_fails");

  /** In a sentence: names, and characters of one that is not ours. */
  private static final int MOST_NAMED = 3;

  private static final int MOST_SHOWN = 30;

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
      new Reading(file, to).all(text);
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
      default -> e.getMessage() + "; it was cut or is no file of decisions.";
    };
  }

  /** The tag of {@code raw_TAG.csv}; of another name what stands before {@code .csv}. */
  static String tag(Path file) {
    String stem = String.valueOf(file.getFileName()).replaceFirst("(\\.csv)?(\\.gz)?$", "");
    return stem.startsWith("raw_") ? stem.substring("raw_".length()) : stem;
  }

  private static final class Reading {
    private final Path file;
    private final Consumer<Decision> to;

    /** Few different names, in many lines. */
    private final Map<String, String> names = new HashMap<>();

    private long lineNumber;
    private char separator = ',';
    private List<String> header = List.of();

    Reading(Path file, Consumer<Decision> to) {
      this.file = file;
      this.to = to;
    }

    void all(TextSource text) throws IOException {
      long decisions = 0;
      for (String line = text.line(); line != null; line = text.line()) {
        lineNumber++;
        if (line.isBlank()) {
          continue;
        }
        if (header.isEmpty()) {
          header(line);
        } else if (!isHeaderAgain(line) && !isEmpty(line)) {
          to.accept(decision(line));
          decisions++;
        }
      }
      if (header.isEmpty()) {
        throw refusal("it is empty; mllb collect writes such a file.");
      }
      if (decisions == 0) {
        throw refusal(
            "there is no decision in it, only the header; collect again for longer, or under a"
                + " load that unbalances the CPUs.");
      }
    }

    private void header(String line) {
      if (line.startsWith("sep=")) {
        return; // A spreadsheet's note to itself; the header shows it as well.
      }
      for (char other : OTHER_SEPARATORS) {
        separator = count(line, other) > count(line, separator) ? other : separator;
      }
      List<String> found = names(line);
      requireColumns(found);
      header = found;
    }

    private static long count(String line, char wanted) {
      return line.chars().filter(c -> c == wanted).count();
    }

    /** Without blanks and quotes around them, and without empty ones behind the last. */
    private List<String> names(String line) {
      List<String> names =
          new ArrayList<>(
              Csv.fields(line, separator).stream()
                  .map(name -> name.strip().toLowerCase(Locale.ROOT))
                  .toList());
      while (!names.isEmpty() && names.getLast().isEmpty()) {
        names.removeLast();
      }
      return List.copyOf(names);
    }

    /** As {@code cat} puts files together. */
    private boolean isHeaderAgain(String line) {
      int first = 0;
      while (first < line.length() && !Character.isLetterOrDigit(line.charAt(first))) {
        first++;
      }
      if (first == line.length() || !Character.isLetter(line.charAt(first))) {
        return false;
      }
      List<String> again = names(line);
      if (again.equals(header)) {
        return true;
      }
      if (again.contains(Column.TS.word())) {
        throw refusal(
            "line %d is another header than the first, with %d columns and not %d; keep such files apart."
                .formatted(lineNumber, again.size(), header.size()));
      }
      return false;
    }

    private boolean isEmpty(String line) {
      return line.chars().allMatch(c -> c == separator || c == '"' || Character.isWhitespace(c));
    }

    private void requireColumns(List<String> found) {
      if (found.equals(REPOSITORY) || found.equals(ALL)) {
        return;
      }
      if (found.stream().allMatch(name -> name.matches("[-+]?[0-9.]+"))) {
        throw refusal(
            "line 1 has numbers where the columns' names belong; put the MLLB header on top:"
                + " docs/mllb.md.");
      }
      if (found.containsAll(PREPARED)) {
        throw refusal(
            "it holds inputs computed by MLLB's prep.py (post_TAG.csv); name the raw_TAG.csv"
                + " instead.");
      }
      if (found.stream().noneMatch(ALL::contains)) {
        throw refusal(
            "line 1 begins with \"%s\" and names no column of a file of decisions%s"
                .formatted(start(found.getFirst()), FIX));
      }
      List<String> wanted = found.contains(COMM) ? ALL : REPOSITORY;
      List<String> missing = wanted.stream().filter(name -> !found.contains(name)).toList();
      List<String> extra = found.stream().filter(name -> !ALL.contains(name)).toList();
      if (!missing.isEmpty()) {
        throw refusal(
            "line 1: missing column"
                + (missing.size() > 1 ? "s " : " ")
                + some(missing)
                + extra.stream()
                    .findFirst()
                    .flatMap(name ->
                        NearestName.of(name, missing).map(meant -> " (is \"" + name + "\" that?)"))
                    .orElse("")
                + FIX);
      }
      if (!extra.isEmpty()) {
        throw refusal("line 1: unknown column " + some(extra) + FIX);
      }
      int first = 0;
      while (first < wanted.size() && found.get(first).equals(wanted.get(first))) {
        first++;
      }
      throw refusal(
          first == wanted.size()
              ? "line 1: " + found.size() + " columns, not " + wanted.size() + FIX
              : "line 1: column %d is %s, where %s belongs%s"
                  .formatted(first + 1, found.get(first), wanted.get(first), FIX));
    }

    private static String some(List<String> names) {
      int more = names.size() - MOST_NAMED;
      return names.stream().limit(MOST_NAMED).map(Reading::start).collect(Collectors.joining(", "))
          + (more > 0 ? " and " + more + " more" : "");
    }

    private static String start(String text) {
      return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
    }

    private static final String FIX =
        "; expected: MLLB's 30 columns, or all that mllb collect writes, in that order:"
            + " docs/mllb.md.";

    private Decision decision(String line) {
      List<String> fields = Csv.fields(line, separator);
      int columns = header.size();
      int found = fields.size();
      while (found > columns && fields.get(found - 1).isBlank()) {
        found--;
      }
      if (found != columns) {
        throw refusal(
            "line %d has %d columns, the header %d; the line was cut or edited: remove it."
                .formatted(lineNumber, found, columns));
      }
      long[] values = new long[COLUMNS.length];
      Arrays.fill(values, -1);
      int count = columns == ALL.size() ? COLUMNS.length : Column.REPOSITORY;
      for (int i = 0; i < count; i++) {
        values[i] = number(COLUMNS[i], fields.get(i < COMM_AT ? i : i + 1).strip());
      }
      requireOneIdleState(values);
      return columns == ALL.size()
          ? new Decision(
              values,
              shared(fields.get(COMM_AT)),
              shared(fields.get(KERNEL_AT).strip()),
              shared(fields.get(SCENARIO_AT).strip()))
          : new Decision(values, "", "", shared(tag(file)));
    }

    private String shared(String name) {
      return names.computeIfAbsent(name, same -> same);
    }

    private long number(Column column, String text) {
      long value = wholeNumber(column, text);
      if (!column.allows(value)) {
        throw Refusal.usage(
            at(column) + value + " is not " + column.range() + "; correct or remove the line.");
      }
      return value;
    }

    /** The kernel's unsigned ones from 2^63 on are negative here, as differences in it are. */
    private long wholeNumber(Column column, String text) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        if (text.matches("\\d{19,20}")
            && new BigInteger(text).bitLength() <= Long.SIZE
            && column.allows(-1)) {
          return Long.parseUnsignedLong(text);
        }
        String why =
            text.matches("[-+]?\\d+([.,]\\d+)?[eE][-+]?\\d+")
                ? "was rounded as spreadsheets do with long numbers, its digits are lost; take the"
                    + " original file."
                : text.matches("[-+]?\\d{20,}")
                    ? "does not fit into 64 bits; correct or remove the line."
                    : "is not a whole number; correct or remove the line.";
        throw new Refusal(Refusal.Kind.USAGE, at(column) + "\"" + start(text) + "\" " + why, e);
      }
    }

    private void requireOneIdleState(long[] values) {
      List<Column> set =
          Stream.of(Column.CPU_IDLE, Column.CPU_NOT_IDLE, Column.CPU_NEWLY_IDLE)
              .filter(column -> values[column.index()] == 1)
              .toList();
      if (set.size() > 1) {
        throw Refusal.usage(
            "%s, line %d: %s are both 1, but a CPU is idle in one way at a time; correct or remove the line."
                .formatted(
                    file,
                    lineNumber,
                    set.stream().limit(2).map(Column::word).collect(Collectors.joining(" and "))));
      }
    }

    private String at(Column column) {
      return "%s, line %d, column %s: ".formatted(file, lineNumber, column.word());
    }

    private Refusal refusal(String what) {
      return Refusal.usage(file + ": " + what);
    }
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
