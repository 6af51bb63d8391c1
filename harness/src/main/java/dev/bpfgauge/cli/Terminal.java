package dev.bpfgauge.cli;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** What standard output and standard error go to. */
final class Terminal {
  private static final int STANDARD_INPUT = 0;
  private static final int STANDARD_OUTPUT = 1;
  private static final int STANDARD_ERROR = 2;

  /** ioctl_tty(2); {@code struct winsize} is four unsigned shorts: rows, columns, pixels. */
  private static final long TIOCGWINSZ = 0x5413;

  private static final int WIDTH_OF_A_PIPE = 120;
  private static final int WIDTH_UNKNOWN = 80;
  private static final int HEIGHT_UNKNOWN = 24;
  private static final int NARROWEST = 20;
  private static final int NARROWEST_TABLE = 60;
  private static final int WIDEST_HELP = 100;

  private Terminal() {}

  /** Whether a person looks on and a line can be written over: a progress bar makes sense. */
  static boolean isInteractive() {
    return isTerminal() && movesCursor(System.getenv());
  }

  /** Whether standard output is a terminal, of whatever kind. */
  static boolean isTerminal() {
    return columns(STANDARD_OUTPUT).isPresent();
  }

  /** Whether standard output takes colours. */
  static Ansi colours() {
    return colours(isTerminal(), System.getenv());
  }

  /** How a complaint begins, in colour where standard error takes colours. */
  static String complaint() {
    return colours(columns(STANDARD_ERROR).isPresent(), System.getenv())
        .string("@|bold,red bpfgauge:|@ ");
  }

  /** The colours of help, where it takes some. */
  static Help.ColorScheme helpColours() {
    return Help.defaultColorScheme(colours());
  }

  /** Whether keys can be read: standard input is a terminal as well. */
  static boolean hasKeys() {
    return columns(STANDARD_INPUT).isPresent();
  }

  /** Lines of the terminal; 24 where it does not know. */
  static int height() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
      int result = LibC.ioctl(Errno.allocate(arena), STANDARD_OUTPUT, TIOCGWINSZ, size.address());
      int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0));
      return result == 0 && rows > 0 ? rows : HEIGHT_UNKNOWN;
    }
  }

  /** Columns of the output, at least 20. */
  static int width() {
    return width(columns(STANDARD_OUTPUT), System.getenv());
  }

  /** Columns for a table that has no narrower form: those of the output, at least 60. */
  static int widthOfTable() {
    return Math.max(NARROWEST_TABLE, width());
  }

  /** Columns of standard error; without end where it is no terminal: grep wants whole lines. */
  static int widthOfError() {
    OptionalInt columns = columns(STANDARD_ERROR);
    return columns.isPresent() ? width(columns, System.getenv()) : Integer.MAX_VALUE;
  }

  /** Columns of help: those of the terminal, as long as lines stay readable. */
  static int widthOfHelp() {
    return isTerminal() ? Math.min(widthOfTable(), WIDEST_HELP) : WIDTH_UNKNOWN;
  }

  /**
   * By the rules of no-color.org and of CLICOLOR (bixense.com/clicolors).
   *
   * @param terminal whether it goes to one
   */
  static Ansi colours(boolean terminal, Map<String, String> environment) {
    if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return Ansi.OFF;
    }
    if (!environment.getOrDefault("CLICOLOR_FORCE", "0").matches("0?")) {
      return Ansi.ON;
    }
    boolean unwanted = environment.getOrDefault("CLICOLOR", "").equals("0");
    return terminal && !unwanted && movesCursor(environment) ? Ansi.ON : Ansi.OFF;
  }

  /** The terminal's own columns; {@code COLUMNS} where it does not know them, or is none. */
  static int width(OptionalInt terminal, Map<String, String> environment) {
    int known = terminal.orElse(0);
    if (known == 0) {
      try {
        known = Integer.parseInt(environment.getOrDefault("COLUMNS", "").strip());
      } catch (NumberFormatException e) {
        known = terminal.isPresent() ? WIDTH_UNKNOWN : WIDTH_OF_A_PIPE;
      }
    }
    return Math.max(NARROWEST, known);
  }

  private static boolean movesCursor(Map<String, String> environment) {
    String name = environment.getOrDefault("TERM", "");
    return !name.isEmpty() && !name.equals("dumb");
  }

  private static boolean isFileOrPipe(Path open) {
    try {
      String target = Files.readSymbolicLink(open).toString();
      return target.startsWith("pipe:")
          || target.startsWith("socket:")
          || target.equals("/dev/null")
          || Files.isRegularFile(open);
    } catch (IOException unknown) {
      return false;
    }
  }

  /** Columns of the terminal behind the descriptor, 0 where it has no size; empty for none. */
  private static OptionalInt columns(int descriptor) {
    if (isFileOrPipe(Path.of("/proc/self/fd").resolve(Integer.toString(descriptor)))) {
      return OptionalInt.empty(); // Without the foreign functions, a tenth of a short command.
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
      MemorySegment errno = Errno.allocate(arena);
      return LibC.ioctl(errno, descriptor, TIOCGWINSZ, size.address()) == 0
          ? OptionalInt.of(Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)))
          : OptionalInt.empty();
    }
  }
}
