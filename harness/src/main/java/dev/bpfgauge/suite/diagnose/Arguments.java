package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.os.Shown;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A process's arguments, as programs of modules write them (bpf/tools/arguments.h).
 *
 * @param words with the zeroth, as far as they are there
 * @param more whether there were more than these
 * @param unreadable whether some were not in memory
 */
record Arguments(List<String> words, boolean more, boolean unreadable) {
  /** Of arguments.h. */
  static final CStruct LAYOUT =
      CStruct.of(
          "arguments",
          u32("bytes"),
          u32("more"),
          u32("unreadable"),
          u32("zero"),
          chars("text", 1024));

  private static final Pattern PLAIN = Pattern.compile("[^\\s\"\\\\]+");

  Arguments {
    words = List.copyOf(words);
  }

  /**
   * What a row has.
   *
   * @param values the row from its arguments on; it ends with the last byte that there is
   */
  static Arguments of(MemorySegment values) {
    byte[] bytes =
        values
            .asSlice(LAYOUT.offset("text"), LAYOUT.getInt(values, "bytes"))
            .toArray(ValueLayout.JAVA_BYTE);
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0 || i == bytes.length - 1) {
        int end = bytes[i] == 0 ? i : i + 1;
        words.add(Shown.name(new String(bytes, start, end - start, UTF_8)));
        start = i + 1;
      }
    }
    return new Arguments(
        words, LAYOUT.getInt(values, "more") != 0, LAYOUT.getInt(values, "unreadable") != 0);
  }

  /** All of them, as a shell would have them. */
  String line() {
    return line(words);
  }

  /** Those behind the file; the zeroth stands in brackets where it is another name. */
  String behind(String file) {
    if (words.isEmpty()) {
      return line(words);
    }
    String zeroth = words.getFirst();
    boolean same = zeroth.equals(file) || file.endsWith("/" + zeroth);
    return ((same ? "" : "[" + zeroth + "] ") + line(words.subList(1, words.size()))).strip();
  }

  private String line(List<String> shown) {
    return (shown.stream().map(Arguments::quoted).collect(Collectors.joining(" "))
            + (more ? " …" : "")
            + (unreadable ? " (the rest was not in memory)" : ""))
        .strip();
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches()
        ? word
        : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
