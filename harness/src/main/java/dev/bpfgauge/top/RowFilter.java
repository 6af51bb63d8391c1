package dev.bpfgauge.top;

import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.words.Words;
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

  /** Instead of an empty table: that no program matches, of how many that are loaded. */
  String nothing(int loaded) {
    String all = Words.plural(loaded, "program") + (loaded == 1 ? " is" : " are") + " loaded";
    return words.isEmpty()
        ? "No program is loaded."
        : "No program matches %s (%s).".formatted(Shown.name(String.join(" ", words)), all);
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
