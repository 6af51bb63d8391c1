package dev.bpfgauge.cli;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.mllb.Examples;
import dev.bpfgauge.suite.mllb.Metrics;
import dev.bpfgauge.suite.mllb.Model;
import dev.bpfgauge.suite.mllb.Training;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mllb train}. */
@Command(
    name = "train",
    description = {
      "Train a network on recorded decisions.",
      "Tests it on a random share kept back, on the latest decisions of each scenario, and on each"
          + " scenario it has not seen."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MllbTrain implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files of decisions, raw_TAG.csv or raw_TAG.csv.gz.")
  List<Path> files = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The model file to write.",
      required = true)
  Path output = Path.of("");

  @Option(
      names = "--hidden",
      paramLabel = "UNITS",
      split = ",",
      description = "Units of the hidden layers, one or two numbers. Default: 10, as in MLLB.")
  List<Integer> hidden = List.of(10);

  @Option(
      names = "--dropout",
      paramLabel = "SHARE",
      description = "Share of hidden units left out at each step. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0")
  double dropout;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Examples per step. Default: ${DEFAULT-VALUE}.",
      defaultValue = "256")
  int batch;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "50")
  int epochs;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Adam's step size. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0.001")
  double rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same file. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  long seed;

  @Option(
      names = "--test",
      paramLabel = "SHARE",
      description = "Share of examples kept back for testing. Default: ${DEFAULT-VALUE}.",
      defaultValue = "0.1")
  double test;

  @Option(
      names = "--label",
      paramLabel = "WORD",
      description =
          "imitate: the kernel's decision; outcome: the decision that proved right. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "imitate")
  Examples.Label label = Examples.Label.IMITATE;

  @Option(
      names = "--random-only",
      description =
          "Train no networks for the splits by time and by scenario: faster, but the accuracy is"
              + " flattering.")
  boolean randomOnly;

  @Option(
      names = "--resume",
      description = "Continue from the last epoch of an interrupted training.")
  boolean resume;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    Training.Request request = request();
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw Refusal.usage("-o " + output + ": there is no folder " + folder + "; make it first.");
    }
    DurableFile.requireNoInput(output, files);
    DurableFile.requireWritable("-o", output);
    PrintWriter out = spec.commandLine().getOut();
    Examples examples = Examples.read(files, label);
    Training.Listener listener =
        (split, epoch, all, loss, accuracy) -> {
          if (!json && (epoch % 10 == 0 || epoch == all)) {
            out.printf(
                Locale.ROOT,
                "%s: epoch %d of %d, loss %.4f, right on %.4f of what was kept back%n",
                split,
                epoch,
                all,
                loss,
                accuracy);
            out.flush();
          }
        };
    Model model = new Training(examples, request, output, resume, listener).run();
    if (json) {
      out.print(Json.indented(model));
    } else {
      print(out, model);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private Training.Request request() {
    if (hidden.isEmpty()
        || hidden.size() > 2
        || hidden.stream().anyMatch(units -> units < 1 || units > 1024)) {
      throw Refusal.option("--hidden takes one or two numbers of 1 to 1024, as in --hidden 64,32");
    }
    require(dropout >= 0 && dropout < 1, "--dropout " + dropout + ": at least 0 and below 1");
    require(batch >= 1 && batch <= 1 << 20, "--batch " + batch + ": from 1 to 1048576");
    require(epochs >= 1 && epochs <= 100_000, "--epochs " + epochs + ": from 1 to 100000");
    require(rate > 0 && rate <= 1, "--lr " + rate + ": above 0, and 1 at most");
    require(test > 0 && test < 1, "--test " + test + ": above 0 and below 1");
    return new Training.Request(
        label, hidden, dropout, batch, epochs, rate, seed, test, !randomOnly);
  }

  private static void require(boolean right, String sentence) {
    if (!right) {
      throw Refusal.usage(sentence + " is needed.");
    }
  }

  private void print(PrintWriter out, Model model) {
    Model.Data data = model.data();
    out.printf(
        Locale.ROOT,
        "%n%s, trained on %d decisions of %s: %.1f %% may migrate%n%n",
        model.shape(),
        data.examples(),
        String.join(", ", data.scenarios()),
        100.0 * data.positives() / data.examples());
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "split",
            "tested",
            "majority",
            "accuracy",
            "precision",
            "recall",
            "F1",
            "AUC",
            "duplicates"));
    for (Model.Result result : model.results()) {
      Metrics m = result.metrics();
      rows.add(
          List.of(
              result.split(),
              Long.toString(m.examples()),
              share(m.majority()),
              share(m.accuracy()),
              share(m.precision()),
              share(m.recall()),
              share(m.f1()),
              share(m.auc()),
              Long.toString(result.duplicates())));
    }
    out.print(MllbCommand.table(rows));
    Metrics own = model.results().getFirst().metrics();
    out.printf(
        Locale.ROOT,
        "%nConfusion, random split: %d of %d that may migrate were found, %d of %d that may not.%n",
        own.truePositives(),
        own.truePositives() + own.falseNegatives(),
        own.trueNegatives(),
        own.trueNegatives() + own.falsePositives());
    if (!data.constant().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "Constant, nothing was learnt of: %s.%n",
          String.join(", ", data.constant()));
    }
    for (Model.Leak leak : data.leaking()) {
      out.printf(
          Locale.ROOT,
          "%s alone, above %.3f or not, gives %.2f %% of the labels away.%n",
          leak.feature(),
          leak.threshold(),
          100 * leak.accuracy());
    }
    out.printf(Locale.ROOT, "Written: %s%n", output);
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
