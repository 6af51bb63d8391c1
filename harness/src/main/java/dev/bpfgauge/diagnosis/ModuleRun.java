package dev.bpfgauge.diagnosis;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One module of the picture, in a thread of its own from {@link #begin} to {@link #end}. */
final class ModuleRun implements AutoCloseable {
  /** Of what is shown as it happens; the rest is counted. */
  private static final int MOST_LIVE = 200;

  private final ToolSpec spec;
  private final @Nullable Tool tool;
  private final String refused;
  private final List<Findings> live = new ArrayList<>();
  private long more;
  private @Nullable Thread thread;
  private @Nullable Result result;
  private String ended = "";
  private long begunNanos = System.nanoTime();

  /**
   * What came of it.
   *
   * @param spec which module
   * @param hooks it was attached to; empty where it was not
   * @param why it was not attached, or ended before the others; else empty
   * @param live what it showed as it happened, the first of it
   * @param more how much of that is left out
   * @param seconds that it counted
   * @param taken what it counted; null where it was not attached
   * @param tally what it saw and lost; null where it was not attached
   */
  record Result(
      ToolSpec spec,
      String hooks,
      String why,
      List<Findings> live,
      long more,
      double seconds,
      @Nullable Findings taken,
      Tool.@Nullable Tally tally) {
    Result {
      live = List.copyOf(live);
    }
  }

  private ModuleRun(ToolSpec spec, @Nullable Tool tool, String refused) {
    this.spec = spec;
    this.tool = tool;
    this.refused = refused;
  }

  /** Attaches it; where this kernel does not take it, that is its result. */
  static ModuleRun of(ToolSpec spec, ToolSpec.Options options) {
    try {
      return new ModuleRun(spec, options.attach(0), "");
    } catch (Refusal refusal) {
      return new ModuleRun(spec, null, String.valueOf(refusal.getMessage()));
    }
  }

  /** What it has shown by now goes to nobody; what comes is kept. */
  void begin(Duration time) {
    Tool attached = tool;
    if (attached != null) {
      attached.take();
      begunNanos = System.nanoTime();
      thread =
          Thread.ofPlatform()
              .daemon()
              .name(spec.name())
              .start(() -> {
                try {
                  attached.follow(time, this::keep);
                } catch (InterruptedException e) {
                  // Ended: what was counted is still there.
                }
              });
    }
  }

  private synchronized void keep(Findings shown) {
    if (live.size() < MOST_LIVE) {
      live.add(shown);
    } else {
      more++;
    }
  }

  /** Events so far; 0 where it does not run. */
  long seen() {
    return tool == null || result != null ? 0 : tool.tally().seen();
  }

  /**
   * Ends it before the others.
   *
   * @param why a clause
   */
  void end(String why) throws InterruptedException {
    ended = why;
    end();
  }

  /** Ends it, and detaches its programs. */
  Result end() throws InterruptedException {
    Result had = result;
    if (had != null) {
      return had;
    }
    Tool attached = tool;
    Result made;
    if (attached == null) {
      made = new Result(spec, "", refused, List.of(), 0, 0, null, null);
    } else {
      if (thread != null) {
        thread.interrupt();
        thread.join();
      }
      Findings taken = attached.take();
      double seconds = (System.nanoTime() - begunNanos) / 1e9;
      synchronized (this) {
        made =
            new Result(spec, attached.hooks(), ended, live, more, seconds, taken, attached.tally());
      }
      attached.close();
    }
    result = made;
    return made;
  }

  @Override
  public void close() {
    if (tool != null && result == null) {
      if (thread != null) {
        thread.interrupt();
      }
      tool.close();
    }
  }
}
