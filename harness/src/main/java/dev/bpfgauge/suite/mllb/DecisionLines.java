package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.Csv;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lines of one file of decisions, as {@link DecisionCsv} describes it. */
final class DecisionLines {
  private static final char[] OTHER_SEPARATORS = {';', '\t'};

  /** Columns that only the MLLB repository's prepared files have. */
  private static final List<String> PREPARED =
      List.of("src_non_pref_nr", "delta_hot", "extra_fails");

  /** In a sentence: names, and characters of one that is not ours. */
  private static final int MOST_NAMED = 3;

  private static final int MOST_SHOWN = 30;

  private final Path file;
  private final Consumer<Decision> to;

  /** Few different names, in many lines. */
  private final Map<String, String> names = new HashMap<>();

  private long lineNumber;
  private char separator = ',';
  private List<String> header = List.of();

  DecisionLines(Path file, Consumer<Decision> to) {
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
    if (found.equals(DecisionCsv.REPOSITORY) || found.equals(DecisionCsv.ALL)) {
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
    if (found.stream().noneMatch(DecisionCsv.ALL::contains)) {
      throw refusal(
          "line 1 begins with \"%s\" and names no column of a file of decisions%s"
              .formatted(start(found.getFirst()), FIX));
    }
    List<String> wanted =
        found.contains(DecisionCsv.COMM) ? DecisionCsv.ALL : DecisionCsv.REPOSITORY;
    List<String> missing = wanted.stream().filter(name -> !found.contains(name)).toList();
    List<String> extra = found.stream().filter(name -> !DecisionCsv.ALL.contains(name)).toList();
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
    return names.stream()
            .limit(MOST_NAMED)
            .map(DecisionLines::start)
            .collect(Collectors.joining(", "))
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
    long[] values = new long[DecisionCsv.COLUMNS.length];
    Arrays.fill(values, -1);
    int count = columns == DecisionCsv.ALL.size() ? DecisionCsv.COLUMNS.length : Column.REPOSITORY;
    for (int i = 0; i < count; i++) {
      values[i] =
          number(DecisionCsv.COLUMNS[i], fields.get(i < DecisionCsv.COMM_AT ? i : i + 1).strip());
    }
    requireOneIdleState(values);
    return columns == DecisionCsv.ALL.size()
        ? new Decision(
            values,
            shared(fields.get(DecisionCsv.COMM_AT)),
            shared(fields.get(DecisionCsv.KERNEL_AT).strip()),
            shared(fields.get(DecisionCsv.SCENARIO_AT).strip()))
        : new Decision(values, "", "", shared(DecisionCsv.tag(file)));
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
