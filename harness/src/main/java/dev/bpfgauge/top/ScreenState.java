package dev.bpfgauge.top;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a user of the live screen has chosen, changed by keys alone.
 *
 * @param order of the rows
 * @param filter words, as typed
 * @param every time between looks
 * @param shortest what that may be
 * @param typing what is being typed: nothing, a filter, a delay
 * @param typed so far
 * @param refused what was wrong with what was typed, until the next key; empty where nothing was
 * @param offset rows scrolled away
 * @param help whether the keys are shown instead of the rows
 * @param ended whether the user wants the end
 */
public record ScreenState(
    RowOrder order,
    String filter,
    Duration every,
    Duration shortest,
    Typing typing,
    String typed,
    String refused,
    int offset,
    boolean help,
    boolean ended) {

  /** What keys are for. */
  public enum Typing {
    NOTHING,
    FILTER,
    DELAY
  }

  // Keys that are no characters.
  public static final int UP = -2;
  public static final int DOWN = -3;
  public static final int PAGE_UP = -4;
  public static final int PAGE_DOWN = -5;
  public static final int ESCAPE = 27;

  private static final Duration LONGEST_DELAY = Duration.ofHours(1);
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{0,9})?|\\.\\d{1,9}");
  private static final int PAGE = 20;
  private static final int ENTER = '\r';
  private static final int LINE_END = '\n';
  private static final int BACKSPACE = 127;
  private static final int CTRL_H = 8;
  private static final int CTRL_C = 3;
  private static final int LONGEST = 200;

  /** What the keys do, a line each. */
  static final List<String> KEYS =
      List.of(
          "q          quit",
          "h ?        these keys, and back",
          "< >        sort by another column",
          "P M R N I  sort by % of a CPU, memory, runs, name, id",
          "/          show only programs with these words; Enter ends, Esc clears",
          "d          seconds between looks",
          "↑ ↓        scroll by one; PgUp, PgDn by a page");

  /**
   * At the beginning.
   *
   * @param shortest time between looks that may be chosen
   */
  public static ScreenState of(
      RowOrder order, List<String> words, Duration every, Duration shortest) {
    return new ScreenState(
        order, String.join(" ", words), every, shortest, Typing.NOTHING, "", "", 0, false, false);
  }

  /** After a key: a character, or one of the constants here. */
  public ScreenState after(int key) {
    if (key == CTRL_C) {
      return end();
    }
    if (typing != Typing.NOTHING) {
      return typed(key);
    }
    return switch (key) {
      case 'q', 'Q' -> end();
      case 'h', '?' -> with(order, offset, !help);
      case ESCAPE -> help ? with(order, offset, false) : filtered("");
      case '>' -> sorted(1);
      case '<' -> sorted(-1);
      case 'P' -> with(RowOrder.CPU, 0, help);
      case 'M' -> with(RowOrder.MEMORY, 0, help);
      case 'R' -> with(RowOrder.RUNS, 0, help);
      case 'N' -> with(RowOrder.NAME, 0, help);
      case 'I' -> with(RowOrder.ID, 0, help);
      case '/', 'o' -> typing(Typing.FILTER, filter);
      case 'd', 's' -> typing(Typing.DELAY, "");
      case UP, 'k' -> with(order, Math.max(0, offset - 1), help);
      case DOWN, 'j' -> with(order, offset + 1, help);
      case PAGE_UP -> with(order, Math.max(0, offset - PAGE), help);
      case PAGE_DOWN -> with(order, offset + PAGE, help);
      default -> this;
    };
  }

  /** No further than to the last row. */
  ScreenState scrolledAtMost(int most) {
    return offset <= most ? this : with(order, Math.max(0, most), help);
  }

  private ScreenState typed(int key) {
    return switch (key) {
      case ESCAPE -> typing == Typing.FILTER ? filtered("") : typing(Typing.NOTHING, "");
      case ENTER, LINE_END -> typing == Typing.FILTER ? filtered(typed) : delayed();
      case BACKSPACE, CTRL_H ->
          typing(typing, typed.isEmpty() ? "" : typed.substring(0, typed.length() - 1));
      default ->
          key < ' ' || typed.length() >= LONGEST
              ? this
              : typing(typing, typed + Character.toString(key));
    };
  }

  /** A delay that is none changes nothing, and that is said; nothing typed is no mistake. */
  private ScreenState delayed() {
    String text = typed.strip();
    double seconds = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    boolean is = seconds >= seconds(shortest) && seconds <= seconds(LONGEST_DELAY);
    if (text.isEmpty() || is) {
      return new ScreenState(
          order,
          filter,
          is ? Duration.ofMillis(Math.round(seconds * 1_000)) : every,
          shortest,
          Typing.NOTHING,
          "",
          "",
          offset,
          help,
          ended);
    }
    return new ScreenState(
        order,
        filter,
        every,
        shortest,
        Typing.NOTHING,
        "",
        "'%s' is not a number of seconds from %s to %s; still %s"
            .formatted(text, shown(shortest), shown(LONGEST_DELAY), shown(every)),
        offset,
        help,
        ended);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1_000.0;
  }

  /** In seconds: {@code 1}, {@code 0.5}. */
  static String shown(Duration time) {
    double seconds = seconds(time);
    return seconds == Math.rint(seconds)
        ? Long.toString(Math.round(seconds))
        : String.format(Locale.ROOT, "%.3f", seconds).replaceFirst("0+$", "");
  }

  private ScreenState sorted(int step) {
    List<RowOrder> all = List.of(RowOrder.values());
    return with(all.get(Math.floorMod(all.indexOf(order) + step, all.size())), 0, help);
  }

  private ScreenState with(RowOrder by, int scrolled, boolean withHelp) {
    return new ScreenState(
        by, filter, every, shortest, typing, typed, "", scrolled, withHelp, ended);
  }

  private ScreenState filtered(String words) {
    return new ScreenState(order, words, every, shortest, Typing.NOTHING, "", "", 0, help, ended);
  }

  private ScreenState typing(Typing what, String text) {
    return new ScreenState(order, filter, every, shortest, what, text, "", offset, help, ended);
  }

  private ScreenState end() {
    return new ScreenState(
        order, filter, every, shortest, Typing.NOTHING, "", "", offset, help, true);
  }
}
