package dev.bpfgauge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.measure.AnswerChannel;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.OwnCost;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A tool as a subcommand. Its options are its own; what all have is here: interval and count, text
 * or JSON lines, and a clean end.
 */
final class ToolCommand implements Callable<Integer> {
  private static final int FOR_EVER = 99_999_999;

  /** Five seconds each. */
  private static final int MOST_STRETCHES_ABOVE = 2;

  /** After Ctrl-C thousands of stacks may still have to be named. */
  static final Duration LAST_OUTPUT = Duration.ofMinutes(1);

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

  @Option(
      names = "--budget",
      paramLabel = "PERCENT",
      description =
          "End where this takes more of this machine's CPU time for ten seconds, its programs'"
              + " included, e.g. 2.")
  @Nullable Double budget;

  @Option(names = "--inject-ns", hidden = true)
  int injectNanos;

  /**
   * For the experiment: each line on standard input asks for a line with what was seen and lost.
   */
  @Option(names = "--tallies", hidden = true)
  boolean tallies;

  private final boolean isModule;
  private final ToolSpec.Options options;
  private final StacksFile stacks;
  private final AtomicReference<OwnCost.Took> tooMuch = new AtomicReference<>();
  private int stretchesAbove;

  private ToolCommand(boolean isModule, ToolSpec.Options options, StacksFile stacks) {
    this.isModule = isModule;
    this.options = options;
    this.stacks = stacks;
  }

  static CommandSpec of(ToolSpec tool) {
    ToolSpec.Options options = tool.options();
    StacksFile stacks = new StacksFile(tool.name(), tool.graphUnit().orElse(""));
    CommandSpec command =
        CommandSpec.forAnnotatedObject(
                new ToolCommand(tool.family() == ToolSpec.Family.DIAGNOSE, options, stacks))
            .name(tool.name())
            .addMixin("own options", CommandSpec.forAnnotatedObjectLenient(options));
    if (tool.graphUnit().isPresent()) {
      command.addMixin("stacks' file", CommandSpec.forAnnotatedObject(stacks));
    }
    command.mixinStandardHelpOptions(true);
    command
        .usageMessage()
        .sortOptions(false)
        .description(tool.description().toArray(String[]::new));
    return command;
  }

  @Override
  public Integer call() {
    if (interval < 1 || count < 1) {
      throw Refusal.usage(
          "interval and count are whole numbers from 1: %s %s 5 3"
              .formatted(spec.parent().name(), spec.name()));
    }
    spec.parent().commandLine().getParseResult().matchedOptions().stream()
        .findFirst()
        .ifPresent(option -> {
          throw Refusal.option(
              "%s is for the whole picture, without a module: leave out %s, or put its own options behind it."
                  .formatted(option.longestName(), spec.name()));
        });
    RunOptions.check(
        spec, budget == null || (budget > 0 && budget <= 100), "--budget", "above 0, up to 100 %");
    try (stacks;
        Cancellation _ = new Cancellation(LAST_OUTPUT)) {
      stacks.open(options);
      try (Tool tool = options.attach(injectNanos);
          OwnCost cost = ownCost()) {
        trace(
            tool,
            cost,
            tallies
                ? new PrintWriter(AnswerChannel.open(), false, UTF_8)
                : spec.commandLine().getOut());
      }
    } catch (IOException e) {
      throw Refusal.option("--tallies is for the experiment tools overhead: " + e.getMessage());
    }
    return tooMuch.get() == null ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  /** What the tool takes itself; null where nobody asks, for the kernel's statistics cost time. */
  private @Nullable OwnCost ownCost() {
    if (tallies || (!isModule && budget == null)) {
      return null;
    }
    Thread tracing = Thread.currentThread();
    return new OwnCost(took -> watch(took, tracing));
  }

  private void watch(OwnCost.Took took, Thread tracing) {
    boolean isAbove = budget != null && took.percent() > budget;
    stretchesAbove = isAbove ? stretchesAbove + 1 : 0;
    if (stretchesAbove == MOST_STRETCHES_ABOVE) {
      tooMuch.set(took);
      tracing.interrupt();
    }
  }

  private void trace(Tool tool, @Nullable OwnCost cost, PrintWriter out) {
    PrintWriter aside = json || !tool.isForPrograms() ? out : spec.commandLine().getErr();
    tool.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
    begin(tool, aside);
    if (tallies) {
      Thread tracing = Thread.currentThread();
      Thread.ofPlatform().daemon().name("tallies").start(() -> answer(tool, out, tracing));
    }
    try {
      for (int i = 0; i < count; i++) {
        tool.follow(Duration.ofSeconds(interval), rows -> show(rows, out));
        show(tool.take(), out);
      }
    } catch (InterruptedException e) {
      if (Terminal.isTerminal() && tooMuch.get() == null) {
        print(new StringBuilder("\n"), out); // The terminal wrote ^C where the cursor was.
      }
      show(tool.take(), out); // Ctrl-C, or the budget: what there is by now
    }
    end(tool, cost, aside);
    stacks.write().ifPresent(said -> spec.commandLine().getErr().println(said));
  }

  private void begin(Tool tool, PrintWriter out) {
    StringBuilder text = new StringBuilder();
    if (json) {
      end(head(text).field("attached", tool.hooks()), text);
    } else {
      text.append(tool.greeting()).append(" by ").append(tool.hooks());
      text.append("... Hit Ctrl-C to end.\n");
    }
    print(text, out);
  }

  private void show(Findings findings, PrintWriter out) {
    if (stacks.isWanted()) {
      findings.addTo(stacks.tree());
      return;
    }
    StringBuilder text = new StringBuilder();
    if (json) {
      JsonText line = head(text);
      findings.json(line);
      end(line, text);
    } else {
      findings.print(text);
    }
    print(text, out);
    if (System.out.checkError()) {
      Thread.currentThread().interrupt(); // Nobody reads on, as behind head(1): as by Ctrl-C.
    }
  }

  private void answer(Tool tool, PrintWriter out, Thread tracing) {
    try {
      while (System.in.read() >= 0) {
        print(tally(tool), out);
      }
      tracing.interrupt(); // Who asks is gone, so nobody reads on either.
    } catch (IOException | IllegalStateException e) {
      // The tool has ended: nobody asks any more.
    }
  }

  private static void print(StringBuilder text, PrintWriter out) {
    synchronized (out) {
      out.append(text);
      out.flush();
    }
  }

  private StringBuilder tally(Tool tool) {
    return tally(tool, null);
  }

  private StringBuilder tally(Tool tool, OwnCost.@Nullable Took took) {
    Tool.Tally tally = tool.tally();
    StringBuilder text = new StringBuilder();
    JsonText line = head(text).field("seen", tally.seen()).field("lost", tally.lost());
    if (!tally.losses().isEmpty()) {
      line.key("lost_by").object();
      new TreeMap<>(tally.losses()).forEach((loss, events) -> line.field(loss.word(), events));
      line.endObject();
    }
    tally
        .missed()
        .ifPresentOrElse(
            missed -> line.field("missed", missed),
            () -> line.field("missed_unavailable", "this kernel does not count them (Linux 5.12)"));
    if (took != null) {
      line.key("own_user_cpu_percent").value(took.userPercent());
      took.programsPercent()
          .ifPresentOrElse(
              percent -> line.key("own_programs_cpu_percent").value(percent),
              () -> line.field("own_programs_unavailable", took.unavailable()));
      took.nanosPerRun().ifPresent(nanos -> line.key("own_ns_a_run").value(nanos));
      took.peakBytes().ifPresent(bytes -> line.field("own_peak_bytes", bytes));
    }
    end(line, text);
    return text;
  }

  /** What was seen and lost altogether; in text only where something was lost. */
  private void end(Tool tool, @Nullable OwnCost cost, PrintWriter out) {
    OwnCost.Took took = cost == null ? null : cost.end();
    Tool.Tally tally = tool.tally();
    StringBuilder text = new StringBuilder();
    if (json) {
      text = tally(tool, took);
    } else {
      if (isModule) {
        text.append("Seen: ").append(tally.seen());
        text.append(tally.lost() > 0 ? " events.\n" : " events, none lost.\n");
      }
      if (tally.lost() > 0) {
        text.append(tally.lostEvents()).append('\n');
      }
      if (tally.missed().orElse(0) > 0) {
        text.append("The kernel left out ").append(tally.missed().getAsLong());
        text.append(" runs of this tool's programs, which were running on that CPU already:");
        text.append(" up to as many events were not counted.\n");
      }
      if (took != null) {
        text.append(took.sentence()).append('\n');
      }
    }
    OwnCost.Took above = tooMuch.get();
    if (above != null) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "Ended: it took %.2f %% of this machine's CPU time, and --budget allows %s %%.%n",
              above.percent(),
              budget);
    }
    print(text, out);
  }

  private JsonText head(StringBuilder text) {
    return new JsonText(text)
        .object()
        .field("tool", spec.name())
        .field("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static void end(JsonText line, StringBuilder text) {
    line.endObject();
    text.append('\n');
  }
}
