package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.suite.mllb.Agreement;
import dev.bpfgauge.suite.mllb.Examples;
import dev.bpfgauge.suite.mllb.InferenceTimes;
import dev.bpfgauge.suite.mllb.Metrics;
import dev.bpfgauge.suite.mllb.Model;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mllb eval}. */
@Command(
    name = "eval",
    description = "Say what a model gets right, and what a decision costs in BPF.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {MllbEval.Accuracy.class, MllbEval.Time.class})
final class MllbEval implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code mllb eval accuracy}. */
  @Command(
      name = "accuracy",
      description = {
        "Compute a model in three ways on the same inputs.",
        "In floating point, in integers and in BPF, on at least 100 000 inputs. Ends with 1 if BPF"
            + " and Java differ in a bit, with 4 if BPF is not available."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Accuracy implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file of mllb train.")
    Path model = Path.of("");

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "FILE",
        description = "Files of decisions to answer. Default: random inputs over the whole ranges.")
    List<Path> files = List.of();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() {
      Model read = Model.read(model);
      @Nullable Examples examples = files.isEmpty() ? null : Examples.read(files, label(read));
      Agreement agreement = Agreement.of(read, examples);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.print(Json.indented(agreement));
      } else {
        print(out, agreement);
      }
      out.flush();
      return !agreement.isExact()
          ? ExitCode.GATE
          : agreement.bpf().isEmpty() ? ExitCode.DONE : ExitCode.PARTIAL;
    }

    private static Examples.Label label(Model model) {
      return Examples.Label.valueOf(model.label().toUpperCase(Locale.ROOT));
    }

    private static void print(PrintWriter out, Agreement agreement) {
      out.printf(
          Locale.ROOT,
          "%s: %d decisions, and %d random inputs%n",
          agreement.shape(),
          agreement.examples(),
          agreement.vectors() - agreement.examples());
      if (!agreement.trainedOn().isEmpty()) {
        out.printf(
            "Warning: the model was trained on %s; its accuracy there says nothing about other"
                + " decisions.%n",
            String.join(", ", agreement.trainedOn()));
      }
      Metrics labels = agreement.labels();
      if (labels != null) {
        out.printf(
            Locale.ROOT,
            "Float against the labels: accuracy %.5f, precision %.4f, recall %.4f, F1 %.4f, AUC"
                + " %.4f; a constant answer %.5f%n",
            labels.accuracy(),
            labels.precision(),
            labels.recall(),
            labels.f1(),
            labels.auc(),
            labels.majority());
      }
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("", "right", "as float", "as float, random too", "unlike Java"));
      for (Agreement.Computation way : agreement.ways()) {
        rows.add(
            List.of(
                way.name(),
                percent(way.accuracy()),
                percent(way.agreement()),
                percent(way.agreementOfAll()),
                way.differentFromJava() == null ? "" : way.differentFromJava() + " outputs"));
      }
      out.print(MllbCommand.table(rows));
      if (!agreement.bpf().isEmpty()) {
        out.println("BPF: unavailable: " + agreement.bpf());
      }
    }

    private static String percent(double share) {
      return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.4f %%", 100 * share);
    }
  }

  /** {@code mllb eval time}. */
  @Command(
      name = "time",
      description = {
        "Time a decision inside BPF.",
        "In each form that computes the network, and the other usual shape."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Time implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file of mllb train.")
    Path model = Path.of("");

    @Option(
        names = "--rounds",
        paramLabel = "N",
        description = "Interleaved rounds of all programs. Default: ${DEFAULT-VALUE}.",
        defaultValue = "20")
    int rounds;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() {
      RunOptions.check(
          spec, rounds >= 2 && rounds <= 1000, "--rounds", "from 2 to 1000: one has no error");
      InferenceTimes times = InferenceTimes.of(Model.read(model), rounds);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.print(Json.indented(times));
      } else {
        print(out, times);
      }
      out.flush();
      return ExitCode.DONE;
    }

    private static void print(PrintWriter out, InferenceTimes times) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("network, form", "ns", "95 %", "p50", "p99", "instructions", "code bytes"));
      for (InferenceTimes.Time time : times.times()) {
        rows.add(
            List.of(
                time.shape() + " " + time.form() + (time.madeUp() ? " (random weights)" : ""),
                nanos(time.nanos()),
                time.interval95() == null ? "" : "± " + nanos(time.interval95().halfWidth()),
                nanos(time.p50()),
                nanos(time.p99()),
                Long.toString(time.instructions()),
                Long.toString(time.jitedBytes())));
      }
      out.print(MllbCommand.table(rows));
      out.printf(
          Locale.ROOT,
          "%nOf one decision, %d rounds; subtracted: %.1f ns, the same loop without a network."
              + " Instructions: in the program, not executed.%n%nOthers' figures, other"
              + " machines:%n",
          times.rounds(),
          times.floorNanos());
      for (InferenceTimes.Published published : times.published()) {
        out.printf("  %s: %s (%s)%n", published.what(), published.figure(), published.source());
      }
    }

    private static String nanos(double nanos) {
      return String.format(Locale.ROOT, "%.1f", nanos);
    }
  }
}
