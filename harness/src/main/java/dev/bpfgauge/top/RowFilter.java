package dev.bpfgauge.top;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which rows are shown: those in which every word occurs, in id, name, type, hook, owner or pin,
 * whatever its case.
 */
public record RowFilter(List<String> words) {

  public RowFilter {
    words = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
  }

  /** Words as a user types them, with blanks between them. */
  public static RowFilter of(String text) {
    return new RowFilter(
        Stream.of(text.strip().split("\\s+", -1)).filter(w -> !w.isEmpty()).toList());
  }

  /** Whether a row is shown. */
  public boolean shows(ProgramRow row) {
    return words.isEmpty() || words.stream().allMatch(word -> text(row).contains(word));
  }

  private static String text(ProgramRow row) {
    StringBuilder text = new StringBuilder();
    text.append(row.id()).append(' ').append(row.program().name());
    text.append(' ').append(row.program().typeWord());
    row.hooks().forEach(hook -> text.append(' ').append(Hooks.words(hook)));
    row.holders()
        .forEach(h ->
            text.append(' ')
                .append(h.command())
                .append(' ')
                .append(h.pid())
                .append(' ')
                .append(h.cgroup()));
    row.pins().forEach(pin -> text.append(' ').append(pin));
    text.append(' ').append(row.ownerWords());
    return text.toString().toLowerCase(Locale.ROOT);
  }
}
