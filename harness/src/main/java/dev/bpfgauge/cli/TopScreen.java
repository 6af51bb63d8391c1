package dev.bpfgauge.cli;

import dev.bpfgauge.top.ProgramHistory;
import dev.bpfgauge.top.ScreenLines;
import dev.bpfgauge.top.ScreenState;
import dev.bpfgauge.top.Top;
import dev.bpfgauge.top.TopView;
import java.io.IOError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * The live screen of {@code top}: redrawn after each look and each key, on the terminal's other
 * screen, so that what was there before is there again afterwards, and while it is stopped by
 * Ctrl-Z. Ctrl-C stays the kernel's: the library is not given signals, whose default would end this
 * JVM without its shutdown hooks.
 */
final class TopScreen implements Top.Pacer, Consumer<TopView>, AutoCloseable {
  private static final String OTHER_SCREEN = "\u001b[?1049h\u001b[?25l";
  private static final String FIRST_SCREEN = "\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String ERASE_ALL = "\u001b[2J";
  private static final String ERASE_REST_OF_LINE = "\u001b[K";
  private static final String REVERSE = "\u001b[7m";
  private static final String PLAIN = "\u001b[0m";

  /** An arrow's characters come together. */
  private static final int REST_OF_A_KEY_MILLIS = 20;

  /** So often the terminal is set anew where that was interrupted. */
  private static final int TRIALS = 3;

  /** So often a changed window is seen. */
  private static final long LONGEST_WAIT_MILLIS = 250;

  private final PrintStream out = System.out;
  private final boolean reverse = Terminal.colours() != Ansi.OFF;
  private final ProgramHistory history = new ProgramHistory();
  private final Duration sampled;
  private final Suspension suspension;
  private final org.jline.terminal.@Nullable Terminal terminal;
  private final @Nullable Attributes before;
  private final @Nullable Attributes raw;
  private ScreenState state;
  private @Nullable TopView last;
  private String shown = "";
  private String size = "";

  /**
   * Begins.
   *
   * @param sampled how long a look takes; zero where it takes all the time between two
   */
  TopScreen(ScreenState state, Duration sampled, Suspension suspension) {
    this.state = state;
    this.sampled = sampled;
    this.suspension = suspension;
    org.jline.terminal.@Nullable Terminal opened = null;
    @Nullable Attributes given = null;
    @Nullable Attributes taken = null;
    if (Terminal.hasKeys()) {
      try {
        opened = TerminalBuilder.builder().system(true).nativeSignals(false).dumb(false).build();
        given = opened.enterRawMode();
        taken = opened.getAttributes();
      } catch (IOException | IllegalStateException | IOError e) {
        if (isInterrupt(e)) {
          Thread.currentThread().interrupt();
        } // Else it is still live, without keys.
      }
    }
    terminal = opened;
    before = given;
    raw = taken;
    out.print(OTHER_SCREEN);
  }

  /** Takes the terminal, again where it has it: another may have changed it meanwhile. */
  private void take() {
    set(raw);
    out.print(OTHER_SCREEN);
    size = "";
    draw();
  }

  private void giveBack() {
    out.print(FIRST_SCREEN);
    out.flush();
    set(before);
  }

  /** The library asks stty(1), and an interrupt ends that too early: the end is to be in order. */
  private void set(@Nullable Attributes attributes) {
    if (terminal == null || attributes == null) {
      return;
    }
    boolean interrupted = false;
    for (int i = 0; i < TRIALS; i++) {
      interrupted |= Thread.interrupted();
      try {
        terminal.setAttributes(attributes);
        break;
      } catch (IOError e) {
        interrupted |= isInterrupt(e); // Else the window is closed.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** An interrupt is taken by the library, which tells so. */
  private static boolean isInterrupt(Throwable e) {
    return e instanceof InterruptedIOException || e.getCause() instanceof InterruptedIOException;
  }

  @Override
  public Top.Pace pace() {
    return new Top.Pace(state.every(), sampled.isZero() ? state.every() : sampled);
  }

  @Override
  public void accept(TopView view) {
    history.add(view);
    last = view;
    draw();
  }

  @Override
  public Top.Next waitUntil(long nanos) throws InterruptedException {
    while (!state.ended()) {
      if (suspension.isAsked(0)) {
        return Top.Next.PAUSE;
      }
      if (suspension.wasContinued()) {
        take();
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime());
      if (millis <= 0) {
        return Top.Next.LOOK;
      }
      int key = key(Math.min(millis, LONGEST_WAIT_MILLIS));
      if (key != NonBlockingReader.READ_EXPIRED) {
        state = state.after(key);
      }
      draw();
      if (out.checkError()) {
        return Top.Next.END; // The window is closed.
      }
    }
    return Top.Next.END;
  }

  @Override
  public void pause() {
    giveBack();
    suspension.stop();
    take();
  }

  private int key(long millis) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (terminal == null) {
      TimeUnit.MILLISECONDS.sleep(millis);
      return NonBlockingReader.READ_EXPIRED;
    }
    try {
      NonBlockingReader keys = terminal.reader();
      int key = keys.read(millis);
      if (key == NonBlockingReader.EOF) {
        TimeUnit.MILLISECONDS.sleep(millis);
        return NonBlockingReader.READ_EXPIRED;
      }
      return key == ScreenState.ESCAPE ? rest(keys) : key;
    } catch (InterruptedIOException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      TimeUnit.MILLISECONDS.sleep(millis);
      return NonBlockingReader.READ_EXPIRED;
    }
  }

  /** The Escape key alone, or the beginning of another. */
  private static int rest(NonBlockingReader keys) throws IOException {
    int next = keys.read(REST_OF_A_KEY_MILLIS);
    if (next != '[' && next != 'O') {
      return ScreenState.ESCAPE;
    }
    return switch (keys.read(REST_OF_A_KEY_MILLIS)) {
      case 'A' -> ScreenState.UP;
      case 'B' -> ScreenState.DOWN;
      case '5' -> tilde(keys, ScreenState.PAGE_UP);
      case '6' -> tilde(keys, ScreenState.PAGE_DOWN);
      default -> NonBlockingReader.READ_EXPIRED;
    };
  }

  private static int tilde(NonBlockingReader keys, int key) throws IOException {
    return keys.read(REST_OF_A_KEY_MILLIS) == '~' ? key : NonBlockingReader.READ_EXPIRED;
  }

  /** What is the same as before is not written again. */
  private void draw() {
    TopView view = last;
    if (view == null) {
      return;
    }
    int rows = Terminal.height();
    int columns = Terminal.width();
    ScreenLines screen = ScreenLines.of(view, history, state, rows, columns);
    StringBuilder text = new StringBuilder(HOME);
    for (int i = 0; i < screen.lines().size(); i++) {
      String line = screen.lines().get(i);
      boolean head = reverse && i == screen.head();
      text.append(i == 0 ? "" : "\r\n").append(head ? REVERSE : "").append(line);
      text.append(head ? PLAIN : "").append(ERASE_REST_OF_LINE);
    }
    String now = rows + "x" + columns;
    if (!text.toString().equals(shown) || !now.equals(size)) {
      out.print(now.equals(size) ? text : ERASE_ALL + text); // What a terminal folded stays else.
      out.flush();
      shown = text.toString();
      size = now;
    }
  }

  @Override
  public void close() {
    giveBack();
    if (terminal != null) {
      try {
        terminal.close();
      } catch (IOException | IOError e) {
        // The window is closed.
      }
    }
  }
}
