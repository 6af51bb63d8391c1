package dev.bpfgauge.top;

import dev.bpfgauge.os.Folding;
import dev.bpfgauge.os.Shown;
import java.util.ArrayList;
import java.util.List;

/**
 * The live screen: exactly as many lines as it has, none wider. A pure function of what was seen
 * and chosen.
 *
 * @param lines without line ends
 * @param head which of them is the table's head
 */
public record ScreenLines(List<String> lines, int head) {

  public ScreenLines {
    lines = List.copyOf(lines);
  }

  /** Of what is to be shown on a screen of that size. */
  public static ScreenLines of(
      TopView view, ProgramHistory history, ScreenState state, int rows, int columns) {
    String words = state.typing() == ScreenState.Typing.FILTER ? state.typed() : state.filter();
    List<ProgramRow> all = Top.rows(view, state.order(), RowFilter.of(words));
    List<String> lines = head(view, rows, columns);
    lines.add(chosen(state, all.size()));
    int head = lines.size();
    List<String> foot =
        state.help() ? List.of() : folded(TopSummary.foot(view, all), columns, rows / 4);
    int room = Math.max(1, rows - lines.size() - foot.size() - 1);
    if (state.help()) {
      ScreenState.KEYS.forEach(key -> lines.addAll(folded(key, columns)));
    } else {
      int from = state.scrolledAtMost(all.size() - room).offset();
      List<ProgramRow> shown = all.subList(from, Math.min(all.size(), from + room));
      lines.addAll(new TopTable(columns, history).lines(shown));
    }
    while (lines.size() < rows - foot.size()) {
      lines.add("");
    }
    lines.addAll(foot);
    return new ScreenLines(
        lines.stream().limit(rows).map(line -> cut(line, columns)).toList(),
        state.help() ? -1 : head);
  }

  /**
   * What came out of the look stays, cut where there is no room; what looking costs is left out
   * there.
   */
  private static List<String> head(TopView view, int rows, int columns) {
    List<String> whole = TopSummary.head(view);
    int most = Math.max(1, rows / 3);
    List<String> first = folded(whole.getFirst(), columns);
    List<String> lines = new ArrayList<>(first.size() > most ? whole.subList(0, 1) : first);
    lines.addAll(folded(whole.subList(1, whole.size()), columns, most - lines.size()));
    return lines;
  }

  /**
   * Folded, without those for which there is no room: half a sentence says nothing.
   *
   * @param most lines
   */
  private static List<String> folded(List<String> lines, int columns, int most) {
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      List<String> folded = folded(line, columns);
      if (all.size() + folded.size() <= most) {
        all.addAll(folded);
      }
    }
    return all;
  }

  private static List<String> folded(String line, int columns) {
    return Folding.fold(line, columns).lines().toList();
  }

  private static String chosen(ScreenState state, int shown) {
    if (!state.refused().isEmpty()) {
      return Shown.name(state.refused());
    }
    boolean filters =
        !(state.typing() == ScreenState.Typing.FILTER ? state.typed() : state.filter()).isBlank();
    String none = filters && shown == 0 ? "no program matches " : "";
    return switch (state.typing()) {
      case FILTER -> "filter: " + none + Shown.name(state.typed()) + "_";
      case DELAY -> "seconds between looks: " + Shown.name(state.typed()) + "_";
      case NOTHING -> {
        String filter = "'" + Shown.name(state.filter()) + "'";
        yield none.isEmpty()
            ? "by %s%s, every %s s; h: keys, q: quit"
                .formatted(
                    state.order().word(),
                    filters ? ", %d with %s".formatted(shown, filter) : "",
                    ScreenState.shown(state.every()))
            : none + filter + "; /: other words, Esc: all, q: quit";
      }
    };
  }

  private static String cut(String line, int columns) {
    return line.length() <= columns ? line : line.substring(0, Math.max(0, columns - 1)) + "…";
  }
}
