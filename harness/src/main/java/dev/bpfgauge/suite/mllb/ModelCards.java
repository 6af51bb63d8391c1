package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.NetworkCard;
import dev.bpfgauge.model.NetworkCard.Result;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The networks that a run used: what they learned from, and how far that carries. */
public final class ModelCards {
  private static final String UNSEEN = "without ";

  /** With fewer a share says nothing. */
  private static final long FEW_EXAMPLES = 100;

  private final List<NetworkCard> cards;

  public ModelCards(Evidence evidence) {
    this.cards = evidence.analysis().run().networks();
  }

  /** In plain words, one a network: how it did on what it had not seen. */
  public List<String> sentences() {
    return cards.stream().map(ModelCards::sentence).toList();
  }

  private static String sentence(NetworkCard card) {
    List<Result> unseen =
        card.results().stream()
            .filter(result -> result.split().startsWith(UNSEEN))
            .filter(result -> result.metrics().examples() >= FEW_EXAMPLES)
            .sorted(Comparator.comparingDouble(result -> result.metrics().accuracy()))
            .toList();
    StringBuilder text = new StringBuilder("The network that ").append(learned(card));
    card.results().stream()
        .filter(result -> result.split().equals("random"))
        .forEach(result ->
            text.append(
                " answers %s of a random share of its data rightly, a constant answer %s"
                    .formatted(
                        Words.percent(result.metrics().accuracy(), 1),
                        Words.percent(result.metrics().majority(), 1))));
    if (!unseen.isEmpty()) {
      text.append(
          "; of scenarios it never saw from %s (%s) to %s (%s)"
              .formatted(
                  Words.percent(unseen.getFirst().metrics().accuracy(), 1),
                  scenario(unseen.getFirst()),
                  Words.percent(unseen.getLast().metrics().accuracy(), 1),
                  scenario(unseen.getLast())));
    }
    List<String> worse =
        unseen.stream()
            .filter(result -> result.metrics().accuracy() < result.metrics().majority())
            .map(ModelCards::scenario)
            .toList();
    if (!worse.isEmpty()) {
      text.append("; worse than a constant answer on ").append(Words.list(worse));
    }
    return text.append('.').toString();
  }

  private static String scenario(Result result) {
    return result.split().substring(UNSEEN.length());
  }

  private static String learned(NetworkCard card) {
    return card.label().equals("imitate") ? "imitates the kernel" : "learned from outcomes";
  }

  private static String scheduler(NetworkCard card) {
    return card.label().equals("imitate") ? "scx-ml" : "scx-ml-outcome";
  }

  /** The cards side by side, then each one's splits; nothing where the run used no network. */
  public List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    if (!cards.isEmpty()) {
      tables.add(card());
      cards.forEach(card -> tables.add(splits(card)));
    }
    return tables;
  }

  private Table card() {
    List<String> heads = new ArrayList<>(List.of("~What"));
    cards.forEach(card -> heads.add("~" + scheduler(card)));
    Table.Builder table =
        Table.of("networks", "The networks of this run", heads.toArray(String[]::new));
    row(table, "Learned", card -> learned(card) + " (" + card.label() + ")");
    row(table, "Units", NetworkCard::shape);
    row(
        table,
        "Data",
        card ->
            card.data().files().stream()
                .map(file ->
                    "%s (%s of %s decisions, sha256 %.12s…)"
                        .formatted(
                            file.file(),
                            Words.count(file.used()),
                            Words.count(file.decisions()),
                            file.sha256()))
                .collect(Collectors.joining("; ")));
    row(table, "Kernels that decided", card -> Words.list(card.data().kernels()));
    row(table, "Scenarios", card -> Words.list(card.data().scenarios()));
    row(
        table,
        "Examples",
        card ->
            "%s, %s of them with the answer yes"
                .formatted(
                    Words.count(card.data().examples()),
                    Words.percent((double) card.data().positives() / card.data().examples(), 1)));
    row(table, "Inputs", card -> Words.list(card.features()));
    row(table, "Constant inputs", card -> orNone(card.data().constant()));
    row(
        table,
        "Inputs that give the answer away alone",
        card ->
            orNone(
                card.data().leaking().stream()
                    .map(leak ->
                        leak.feature() + " (" + Words.percent(leak.accuracy(), 1) + " right)")
                    .toList()));
    row(
        table,
        "Training",
        card ->
            "%s epochs in batches of %s, rate %s, dropout %s, seed %d; %s kept back"
                .formatted(
                    Words.count(card.options().epochs()),
                    Words.count(card.options().batch()),
                    Words.axis(card.options().rate()),
                    Words.axis(card.options().dropout()),
                    card.options().seed(),
                    Words.margin(card.testShare())));
    return table.build();
  }

  private void row(Table.Builder table, String what, Function<NetworkCard, String> value) {
    List<String> row = new ArrayList<>(List.of(what));
    cards.forEach(card -> row.add(value.apply(card)));
    table.row(row.toArray());
  }

  private static String orNone(List<String> names) {
    return names.isEmpty() ? "none" : Words.list(names);
  }

  private static Table splits(NetworkCard card) {
    Table.Builder table =
        Table.of(
            "network-splits-" + card.label(),
            "How the network that " + learned(card) + " does on examples it had not seen",
            "~Kept back",
            "Trained on",
            "Tested",
            "Of them trained on in other rows",
            "A constant answer, %",
            "Accuracy, %",
            "Precision, %",
            "Recall, %",
            "F1, %",
            "Area under the curve");
    for (Result result : card.results()) {
      NetworkCard.Scores scores = result.metrics();
      table.row(
          kept(result),
          Words.count(result.trained()),
          Words.count(scores.examples()) + (scores.examples() < FEW_EXAMPLES ? "*" : ""),
          Words.count(result.duplicates()),
          percent(scores.majority()),
          percent(scores.accuracy()),
          percent(scores.precision()),
          percent(scores.recall()),
          percent(scores.f1()),
          Words.decimals(scores.auc(), 3));
    }
    return table.build();
  }

  private static String kept(Result result) {
    return switch (result.split()) {
      case "random" -> "a random share";
      case "time" -> "the latest of each scenario";
      default -> "the scenario " + scenario(result);
    };
  }

  private static String percent(double share) {
    return Words.decimals(100 * share, 1);
  }
}
