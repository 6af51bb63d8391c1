package dev.bpfgauge.cli;

import dev.bpfgauge.files.OutputPlace;
import dev.bpfgauge.machine.host.Fingerprint;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.top.Audit;
import dev.bpfgauge.top.AuditPage;
import dev.bpfgauge.top.DispatchCosts;
import dev.bpfgauge.top.Newest;
import dev.bpfgauge.top.ProgramRow;
import dev.bpfgauge.top.RowFilter;
import dev.bpfgauge.top.RowOrder;
import dev.bpfgauge.top.ScreenState;
import dev.bpfgauge.top.Top;
import dev.bpfgauge.top.TopServer;
import dev.bpfgauge.top.TopView;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
          + " looks, and off afterwards. On a terminal h shows the keys."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  top                         until q or Ctrl-C",
      "  top --once                  one table of one second",
      "  top -d 5s -n 12 --json      twelve lines of JSON, one each five seconds",
      "  top --sort memory tcp       programs with tcp in name, hook or owner",
      "  top --sample                watch only one second in ten",
      "  top --calibrate             first measure hooks, on a quiet machine",
      "  top --listen 127.0.0.1:9435 metrics for Prometheus",
      "  top --web 127.0.0.1:8080    the same in a browser",
      "  top --audit -o audit.html   a page, after a minute"
    })
final class TopCommand implements Callable<Integer> {
  private static final Duration SAMPLED_LOOK = Duration.ofSeconds(1);
  private static final String SAMPLED_EVERY = "10s";

  /** That keys may set; no terminal shows more, and no eye sees it. */
  private static final Duration SHORTEST_DELAY = Duration.ofMillis(100);

  private static final String STANDARD_OUTPUT = "-";

  /** Short forks: estimates, which a run of the whole suite betters. */
  private static final List<String> CALIBRATION =
      List.of(
          "run",
          "--suite",
          HooksSuite.NAME,
          "--profile",
          "idle",
          "--body",
          "empty",
          "--rounds",
          "3",
          "--warmup",
          "100",
          "--measure",
          "500",
          "--no-references",
          "--wait");

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

  @Option(names = "--once", description = "One table, the same as -n 1 | cat.")
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
      description = "Watch only one second in ten, so that statistics cost a tenth.")
  boolean sample;

  @Option(
      names = "--openmetrics",
      paramLabel = "FILE",
      description = "Replace this file by metrics at each output; - is standard output.")
  String openmetrics = "";

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description = "Serve metrics to Prometheus, for example at 127.0.0.1:9435.")
  String listen = "";

  @Option(
      names = "--web",
      paramLabel = "ADDRESS",
      description = "Serve a live page to a browser, for example at 127.0.0.1:8080.")
  String web = "";

  @Option(
      names = "--audit",
      description = "Watch for a minute and write a page of what stands out.")
  boolean audit;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long an audit watches. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1m")
  String length = "1m";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The audit's page. Default: ${DEFAULT-VALUE}.",
      defaultValue = "top-audit.html")
  Path output = Path.of("top-audit.html");

  @Option(
      names = "--calibrate",
      description =
          "First measure what the hooks of these programs cost, where no run has. Takes seconds for"
              + " each kind of hook, and a quiet machine: at most 5 %% of the CPUs in use.")
  boolean calibrate;

  @Mixin ResultsOption results;

  /** What rows are sorted by. */
  static final class Orders implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(RowOrder.values()).map(RowOrder::word).iterator();
    }
  }

  @Override
  public Integer call() {
    Top.Pace pace = pace();
    RowOrder order = order();
    Duration audited = Durations.parse("--for", length);
    check();
    DispatchCosts costs = costs();
    if (calibrate) {
      int code = calibrate(costs);
      if (code != ExitCode.DONE && code != ExitCode.PARTIAL) {
        return code;
      }
      costs = costs();
    }
    try (Cancellation _ = new Cancellation()) {
      if (audit) {
        audit(costs, pace, audited);
      } else {
        follow(costs, pace, order);
      }
    } catch (InterruptedException e) {
      // Ctrl-C, or nobody reads on: what was to be seen was seen.
    }
    return ExitCode.DONE;
  }

  private DispatchCosts costs() {
    return DispatchCosts.read(results.folder, Fingerprint.read(Roots.SYSTEM));
  }

  /** A run of suite hooks as any other, of what is missing; said where errors are. */
  private int calibrate(DispatchCosts costs) {
    Set<String> hooks = Top.hooksToMeasure(costs, HooksSuite.hooks());
    PrintWriter out = spec.commandLine().getErr();
    if (hooks.isEmpty()) {
      out.println("There is no hook here that still has to be measured.");
      return ExitCode.DONE;
    }
    Optional<String> busy;
    try (Cancellation _ = new Cancellation()) {
      busy = QuietMachine.reason();
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED;
    }
    if (busy.isPresent()) {
      FoldedLines.on(out)
          .println("--calibrate measured nothing: " + busy.get() + " top goes on without.");
      out.flush();
      return ExitCode.DONE;
    }
    out.println("Measuring " + String.join(", ", hooks) + " ...");
    out.flush();
    List<String> run = new ArrayList<>(CALIBRATION);
    run.addAll(List.of("--hook", String.join(",", hooks), "--results", results.folder.toString()));
    String[] words = run.toArray(String[]::new);
    return Main.commandLine(words).setOut(out).execute(words);
  }

  private void check() {
    if (count < 1) {
      throw Refusal.option("--iterations takes a whole number from 1, for example 12.");
    }
    for (String option : List.of("--for", "--output")) {
      if (!audit && spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw Refusal.option(option + " is for --audit: give that as well, or leave it out.");
      }
    }
    if (audit && count != Long.MAX_VALUE) {
      throw Refusal.option("--audit watches for as long as --for says: leave out --iterations.");
    }
    if (json && openmetrics.equals(STANDARD_OUTPUT)) {
      throw Refusal.option("--json and --openmetrics - both write to standard output: choose one.");
    }
    boolean others = json || sample || once || isServing() || !openmetrics.isEmpty();
    if (audit && others) {
      throw Refusal.option(
          "--audit writes a page of its own: leave out --json, --once, --sample, --openmetrics,"
              + " --listen and --web.");
    }
  }

  private boolean isServing() {
    return !listen.isEmpty() || !web.isEmpty();
  }

  private RowOrder order() {
    for (RowOrder order : RowOrder.values()) {
      if (order.word().equals(sort)) {
        return order;
      }
    }
    throw Refusal.option(
        "--sort takes one of %s, not '%s'.".formatted(String.join(", ", new Orders()), sort));
  }

  private Top.Pace pace() {
    Duration every =
        Durations.parse("--delay", delay.isEmpty() ? sample ? SAMPLED_EVERY : "1s" : delay);
    if (sample && every.compareTo(SAMPLED_LOOK) <= 0) {
      throw Refusal.option("--sample watches for one second: --delay must be longer, such as 10s.");
    }
    return new Top.Pace(every, sample ? SAMPLED_LOOK : every);
  }

  /** Standard output may be JSON or metrics, so the addresses stand where errors do. */
  private void serve(List<TopServer> servers, Newest newest) {
    PrintWriter out = spec.commandLine().getErr();
    if (!listen.isEmpty()) {
      servers.add(TopServer.metrics("--listen", listen, newest::metrics));
      out.println("Metrics: " + servers.getLast().url() + "metrics" + servers.getLast().reach());
    }
    if (!web.isEmpty()) {
      servers.add(TopServer.page("--web", web, newest::json));
      out.println("Page: " + servers.getLast().url() + servers.getLast().reach());
    }
    out.flush();
  }

  /** What takes what it is given last is tried first. */
  private void follow(DispatchCosts costs, Top.Pace pace, RowOrder order)
      throws InterruptedException {
    boolean quiet = isServing() || isToFile();
    boolean live = !quiet && !json && !once && openmetrics.isEmpty() && Terminal.isInteractive();
    List<TopServer> servers = new ArrayList<>();
    Newest newest = new Newest();
    try (@Nullable OutputPlace metrics =
            isToFile() ? OutputPlace.of("--openmetrics", Path.of(openmetrics)) : null;
        Top top = Top.open(costs);
        Suspension suspension = new Suspension()) {
      serve(servers, newest);
      if (live) {
        live(top, pace, order, suspension);
        return;
      }
      Consumer<TopView> each = quiet && !json ? _ -> {} : view -> show(view, order);
      if (isServing()) {
        each = each.andThen(newest::set);
      }
      if (metrics != null) {
        each = each.andThen(view -> write(metrics, view, order));
      }
      top.follow(suspension.steady(pace), once ? 1 : count, each);
    } finally {
      servers.forEach(TopServer::close);
    }
  }

  private boolean isToFile() {
    return !openmetrics.isEmpty() && !openmetrics.equals(STANDARD_OUTPUT);
  }

  private void live(Top top, Top.Pace pace, RowOrder order, Suspension suspension)
      throws InterruptedException {
    Duration sampled = sample ? SAMPLED_LOOK : Duration.ZERO;
    ScreenState state = ScreenState.of(order, words, pace.every(), sampled.plus(SHORTEST_DELAY));
    try (TopScreen screen = new TopScreen(state, sampled, suspension)) {
      top.follow(screen, count, screen);
    }
  }

  private void write(OutputPlace metrics, TopView view, RowOrder order) {
    if (!metrics.write(Top.metrics(view, rows(view, order)))) {
      Thread.currentThread().interrupt(); // Nobody reads the pipe on.
    }
  }

  private List<ProgramRow> rows(TopView view, RowOrder order) {
    return Top.rows(view, order, new RowFilter(words));
  }

  private void show(TopView view, RowOrder order) {
    PrintWriter out = spec.commandLine().getOut();
    List<ProgramRow> rows = rows(view, order);
    if (json) {
      out.println(Top.json(view, rows));
    } else if (openmetrics.equals(STANDARD_OUTPUT)) {
      out.print(Top.metrics(view, rows));
    } else {
      PrintWriter folded = FoldedLines.on(out);
      Top.text(view, order, new RowFilter(words), Terminal.width()).forEach(folded::println);
      folded.println();
      folded.flush();
    }
    out.flush();
    if (System.out.checkError()) {
      Thread.currentThread().interrupt(); // Nobody reads on, as behind head(1).
    }
  }

  private void audit(DispatchCosts costs, Top.Pace pace, Duration audited)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long looks = Math.max(1, audited.dividedBy(pace.every()));
    Audit seen;
    try (OutputPlace page = OutputPlace.of("-o", output);
        Top top = Top.open(costs);
        Suspension suspension = new Suspension()) {
      out.println("Watching for %d s ...".formatted(audited.toSeconds()));
      out.flush();
      seen = top.audit(suspension.steady(pace), looks, _ -> {});
      page.write(AuditPage.render(seen, HostName.read(), Main.Version.text(), Path.of("")));
    }
    List<Audit.Standout> standouts = seen.standouts();
    PrintWriter folded = FoldedLines.on(out);
    standouts.forEach(one ->
        folded.println("%s: %s %s".formatted(one.kind().word(), one.subject(), one.sentence())));
    folded.println(
        standouts.isEmpty()
            ? "Nothing stands out."
            : standouts.size() == 1 ? "1 finding." : standouts.size() + " findings.");
    folded.println("Page: " + output);
    folded.flush();
  }
}
