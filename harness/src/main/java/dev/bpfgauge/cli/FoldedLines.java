package dev.bpfgauge.cli;

import dev.bpfgauge.os.Folding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.function.IntSupplier;

/**
 * Lines that a terminal is too narrow for, folded ({@link Folding}). Lines of a pipe or a file stay
 * whole: grep wants them so.
 */
final class FoldedLines extends Writer {
  private final Writer out;
  private final IntSupplier terminal;
  private int width;
  private final StringBuilder line = new StringBuilder();

  private FoldedLines(Writer out, IntSupplier terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Standard error, folded where it is a terminal: asked for when something is said there. */
  static PrintWriter onError(PrintWriter err) {
    return new PrintWriter(new FoldedLines(err, Terminal::widthOfError), true);
  }

  /** The same output, folded where it is a terminal. */
  static PrintWriter on(PrintWriter out) {
    return Terminal.isTerminal()
        ? new PrintWriter(new FoldedLines(out, Terminal::width), true)
        : out;
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    for (int i = from; i < from + length; i++) {
      if (text[i] == '\n') {
        out.write(Folding.fold(line.toString(), width()) + "\n");
        line.setLength(0);
      } else {
        line.append(text[i]);
      }
    }
  }

  private int width() {
    if (width == 0) {
      width = terminal.getAsInt();
    }
    return width;
  }

  @Override
  public void flush() throws IOException {
    out.write(line.toString());
    line.setLength(0);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    flush();
    out.close();
  }
}
