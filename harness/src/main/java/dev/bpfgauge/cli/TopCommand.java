package dev.bpfgauge.cli;

import dev.bpfgauge.machine.host.Fingerprint;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.top.DispatchCosts;
import dev.bpfgauge.top.ProgramRow;
import dev.bpfgauge.top.RowFilter;
import dev.bpfgauge.top.RowOrder;
import dev.bpfgauge.top.Top;
import dev.bpfgauge.top.TopView;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code top}: every BPF program on this host, live. */
@Command(
    name = "top",
    description = {
      "Show every BPF program on this host, live.",
      "Its hook and owner, runs a second, time a run, and %% of a CPU with the hook's own cost, by"
          + " this machine's newest figures of suite hooks. Run-time statistics are on while it"
          + " looks, and off afterwards."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  top                       until q or Ctrl-C",
      "  top --once                one table of one second",
      "  top -d 5s -n 12 --json    twelve lines of JSON, one each five seconds",
      "  top --sort memory tcp     programs with tcp in name, hook or owner",
      "  top --sample              look for one second in ten"
    })
final class TopCommand implements Callable<Integer> {
  private static final Duration SAMPLED_LOOK = Duration.ofSeconds(1);
  private static final String SAMPLED_EVERY = "10s";

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "WORD",
      arity = "0..*",
      description = "Show programs with every WORD in id, name, type, hook, owner or pin.")
  List<String> words = List.of();

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "TIME",
      description = "Time between outputs, such as 500ms or 5s. Default: 1s; with --sample 10s.")
  String delay = "";

  @Option(
      names = {"-n", "--iterations"},
      paramLabel = "N",
      description = "Number of outputs. Default: until Ctrl-C.")
  long count = Long.MAX_VALUE;

  @Option(names = "--once", description = "One output, the same as -n 1.")
  boolean once;

  @Option(names = "--json", description = "A line of JSON for each output.")
  boolean json;

  @Option(
      names = "--sort",
      paramLabel = "BY",
      description = "Sort by ${COMPLETION-CANDIDATES}. Default: cpu.",
      completionCandidates = Orders.class)
  String sort = "cpu";

  @Option(
      names = "--sample",
      description = "Look for one second in ten, so that statistics cost a tenth.")
  boolean sample;

  @Mixin ResultsOption results;

  /** What rows are sorted by. */
  static final class Orders implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of(RowOrder.values()).stream().map(RowOrder::word).iterator();
    }
  }

  @Override
  public Integer call() {
    Top.Pace pace = pace();
    RowOrder order = order();
    if (count < 1) {
      throw Refusal.usage("--iterations takes a whole number from 1, for example 12.");
    }
    DispatchCosts costs = DispatchCosts.read(results.folder, Fingerprint.read(Roots.SYSTEM));
    try (Cancellation cancellation = new Cancellation();
        Top top = Top.open(costs)) {
      top.follow(pace, once ? 1 : count, view -> show(view, order));
      cancellation.safe("");
    } catch (InterruptedException e) {
      // Ctrl-C, or nobody reads on: what was to be seen was seen.
    }
    return ExitCode.DONE;
  }

  private RowOrder order() {
    for (RowOrder order : RowOrder.values()) {
      if (order.word().equals(sort)) {
        return order;
      }
    }
    throw Refusal.usage(
        "--sort takes one of %s, not '%s'.".formatted(String.join(", ", new Orders()), sort));
  }

  private Top.Pace pace() {
    Duration every =
        Durations.parse("--delay", delay.isEmpty() ? sample ? SAMPLED_EVERY : "1s" : delay);
    if (sample && every.compareTo(SAMPLED_LOOK) <= 0) {
      throw Refusal.usage("--sample looks for one second: --delay must be longer, such as 10s.");
    }
    return new Top.Pace(every, sample ? SAMPLED_LOOK : every);
  }

  private void show(TopView view, RowOrder order) {
    PrintWriter out =
        json ? spec.commandLine().getOut() : FoldedLines.on(spec.commandLine().getOut());
    List<ProgramRow> rows = Top.rows(view, order, new RowFilter(words));
    if (json) {
      out.println(Top.json(view, rows));
    } else {
      Top.text(view, rows, Terminal.width()).forEach(out::println);
      out.println();
    }
    out.flush();
    if (System.out.checkError()) {
      Thread.currentThread().interrupt(); // Nobody reads on, as behind head(1).
    }
  }
}
