package dev.bpfgauge.cli;

import dev.bpfgauge.results.Json;
import dev.bpfgauge.results.Refusal;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.tool.Findings;
import dev.bpfgauge.tool.Tool;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What all tools have: interval and count, text or JSON lines, and a clean end. */
abstract class ToolCommand implements Callable<Integer> {
  private static final int FOR_EVER = 99_999_999;

  /** After Ctrl-C thousands of stacks may still have to be named. */
  private static final Duration LAST_OUTPUT = Duration.ofMinutes(1);

  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "interval",
      description = "Seconds between outputs. Default: until Ctrl-C.")
  int interval = FOR_EVER;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "count",
      description = "Number of outputs. Default: until Ctrl-C.")
  int count = FOR_EVER;

  @Option(names = "--json", description = "A line of JSON for each output.")
  boolean json;

  @Option(names = "--inject-ns", hidden = true)
  int injectNanos;

  /**
   * For the experiment: each line on standard input asks for a line with what was seen and lost.
   */
  @Option(names = "--tallies", hidden = true)
  boolean tallies;

  /** Attaches the tool, as its options say. */
  abstract Tool attach();

  @Override
  public Integer call() {
    if (interval < 1 || count < 1) {
      throw Refusal.usage("interval and count are whole numbers from 1: tools cpudist 5 3");
    }
    try (Cancellation cancellation = new Cancellation(LAST_OUTPUT)) {
      try (Tool tool = attach()) {
        trace(tool, spec.commandLine().getOut());
      }
      cancellation.finished();
    }
    return ExitCode.DONE;
  }

  private void trace(Tool tool, PrintWriter out) {
    begin(tool, out);
    if (tallies) {
      Thread.ofPlatform().daemon().name("tallies").start(() -> answer(tool, out));
    }
    try {
      for (int i = 0; i < count; i++) {
        tool.follow(Duration.ofSeconds(interval), rows -> show(tool, rows, out));
        show(tool, tool.take(), out);
      }
    } catch (InterruptedException e) {
      show(tool, tool.take(), out); // Ctrl-C: what there is by now
    }
    end(tool, out);
  }

  private void begin(Tool tool, PrintWriter out) {
    if (json) {
      Map<String, Object> line = head(tool);
      line.put("attached", tool.hooks());
      println(line, out);
    } else {
      out.println(tool.greeting() + " by " + tool.hooks() + "... Hit Ctrl-C to end.");
    }
    out.flush();
  }

  private void show(Tool tool, Findings findings, PrintWriter out) {
    if (json) {
      Map<String, Object> line = head(tool);
      line.putAll(findings.json());
      println(line, out);
    } else {
      findings.print(out);
    }
    out.flush();
    if (System.out.checkError()) {
      Thread.currentThread().interrupt(); // Nobody reads on, as behind head(1): as by Ctrl-C.
    }
  }

  private static void answer(Tool tool, PrintWriter out) {
    try {
      while (System.in.read() >= 0) {
        println(tally(tool), out);
      }
    } catch (IOException | IllegalStateException e) {
      // The tool has ended: nobody asks any more.
    }
  }

  private static void println(Map<String, Object> line, PrintWriter out) {
    synchronized (out) {
      out.println(Json.line(line));
      out.flush();
    }
  }

  private static Map<String, Object> tally(Tool tool) {
    Tool.Tally tally = tool.tally();
    Map<String, Object> line = head(tool);
    line.put("seen", tally.seen());
    line.put("lost", tally.lost());
    return line;
  }

  /** What was seen and lost altogether; in text only where something was lost. */
  private void end(Tool tool, PrintWriter out) {
    Tool.Tally tally = tool.tally();
    if (json) {
      println(tally(tool), out);
    } else if (tally.lost() > 0) {
      out.printf(
          "%d of %d events were lost: a map or a buffer was full.%n",
          tally.lost(), tally.lost() + tally.seen());
    }
    out.flush();
  }

  private static Map<String, Object> head(Tool tool) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("tool", tool.name());
    line.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    return line;
  }
}
