package dev.bpfgauge.top;

import dev.bpfgauge.os.Folding;
import dev.bpfgauge.os.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
    List<String> lines = new ArrayList<>(TopSummary.head(view));
    lines.add(chosen(state, all.size()));
    int head = lines.size();
    List<String> foot = foot(view, rows, columns);
    int room = Math.max(1, rows - lines.size() - foot.size() - 1);
    if (state.help()) {
      lines.addAll(folded(ScreenState.KEYS, columns).toList());
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

  /** So much of it that the programs have the most of the screen. */
  private static List<String> foot(TopView view, int rows, int columns) {
    return folded(TopSummary.foot(view), columns).limit(Math.max(0, rows / 6)).toList();
  }

  private static Stream<String> folded(List<String> lines, int columns) {
    return lines.stream().flatMap(line -> Folding.fold(line, columns).lines());
  }

  private static String chosen(ScreenState state, int shown) {
    if (!state.refused().isEmpty()) {
      return Shown.name(state.refused());
    }
    boolean filters =
        !(state.typing() == ScreenState.Typing.FILTER ? state.typed() : state.filter()).isBlank();
    String none = filters && shown == 0 ? "no program with " : "";
    return switch (state.typing()) {
      case FILTER -> "filter: " + none + Shown.name(state.typed()) + "_";
      case DELAY -> "seconds between looks: " + Shown.name(state.typed()) + "_";
      case NOTHING -> {
        String filter = "'" + Shown.name(state.filter()) + "'";
        yield none.isEmpty()
            ? "by %s%s, each %s s; h: keys, q: end"
                .formatted(
                    state.order().word(),
                    filters ? ", %d with %s".formatted(shown, filter) : "",
                    ScreenState.shown(state.every()))
            : none + filter + "; /: others, Esc: all, q: end";
      }
    };
  }

  private static String cut(String line, int columns) {
    return line.length() <= columns ? line : line.substring(0, Math.max(0, columns - 1)) + "…";
  }
}
