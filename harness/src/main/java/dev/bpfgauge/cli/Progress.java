package dev.bpfgauge.cli;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.run.SessionListener;
import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A session on the screen: a bar with the time left, or plain lines where nobody looks on. */
final class Progress implements SessionListener {
  private static final int PLAIN_LINE_EVERY = 10;

  /** To the line's first column, and nothing right of it. */
  private static final String ERASED = "\r\u001b[K";

  private final PrintWriter out;
  private final PrintWriter folded;
  private final int already;
  private final long startNanos = System.nanoTime();
  private final @Nullable ProgressBar bar;

  /** A reason is said once, however many forks in a row share it. */
  private String lastReason = "";

  private int lastRound = -1;

  /**
   * @param total forks in the plan
   * @param already forks of it that an earlier session finished
   */
  Progress(PrintWriter out, int total, int already) {
    this.out = out;
    this.folded = FoldedLines.on(out);
    this.already = already;
    this.bar =
        Terminal.isInteractive()
            ? new ProgressBarBuilder()
                .setTaskName("forks")
                .setInitialMax(total)
                .startsFrom(already, Duration.ZERO)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(500)
                .setConsumer(new LastLine(out))
                .build()
            : null;
  }

  @Override
  public void note(String sentence) {
    line(sentence);
  }

  @Override
  public void arm(int round, ArmInfo arm) {
    if (bar == null && round != lastRound) {
      line("round " + (round + 1));
      lastRound = round;
    } else if (bar != null) {
      bar.setExtraMessage(arm.label());
    }
  }

  @Override
  public void work(String arm, LoadCheck bogoOperations) {
    if (!bogoOperations.reached()) {
      line(arm + ": " + bogoOperations.what() + ": the stressors did nothing");
    }
  }

  @Override
  public void fork(ForkRecord fork, int done, int total) {
    boolean sound = fork.status() == ForkStatus.OK || fork.isKernelsRefusal();
    if (!sound && !fork.reason().equals(lastReason)) {
      line(fork.cell().id() + ": " + fork.status().word() + ": " + fork.reason());
    }
    lastReason = fork.reason();
    if (bar != null) {
      bar.maxHint(total); // More, where a run goes on.
      bar.stepTo(done);
    } else if (done % PLAIN_LINE_EVERY == 0 || done == total) {
      line(
          "%d of %d forks%s"
              .formatted(
                  done, total, done < total ? ", %s left".formatted(left(done, total)) : ""));
    }
  }

  private String left(int done, int total) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long remaining = Math.round(seconds / Math.max(1, done - already) * (total - done));
    return remaining / 60 + " min " + remaining % 60 + " s";
  }

  private void line(String foreign) {
    String text = Shown.text(foreign);
    if (bar == null) {
      folded.println(text);
      folded.flush();
    } else {
      out.print(ERASED); // The bar redraws itself below.
      folded.println(text);
      folded.flush();
      bar.refresh();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /**
   * The terminal's last line, where the bar is. The library's own way opens the terminal by JLine,
   * which takes over SIGINT, SIGTSTP and others with the system's default: Ctrl-C then ends this
   * JVM at once, without its shutdown hooks.
   */
  private record LastLine(PrintWriter out) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return Terminal.width() - 1; // A full line would wrap.
    }

    @Override
    public void accept(String bar) {
      out.print(ERASED + bar.substring(0, Math.min(bar.length(), getMaxRenderedLength())));
      out.flush();
    }

    @Override
    public void close() {
      out.println();
      out.flush();
    }
  }
}
