package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.OpenVerdicts;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Evidence.Group;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of two kinds of maps is cheaper, on the first arm, in a sentence each: {@code From user
 * space, array is cheaper than hash: lookup 0.80× [0.79, 0.82] and update 0.74× [0.73, 0.75].}
 */
public final class Choices {
  private final Evidence evidence;

  public Choices(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Empty where no two kinds of maps were measured. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.addAll(sentences("From user space, ", MapsCalled.FROM_USER_SPACE));
    sentences.addAll(sentences("Inside the kernel, ", MapsCalled.IN_THE_KERNEL));
    return sentences;
  }

  private List<String> sentences(String from, MapsCalled called) {
    return evidence.group(called).stream()
        .flatMap(g -> OpenVerdicts.CHOICES.stream().map(pair -> sentence(g, pair)))
        .filter(sentence -> !sentence.isEmpty())
        .map(sentence -> from + sentence)
        .toList();
  }

  /** Empty where there is nothing to compare. */
  private String sentence(Group group, List<String> pair) {
    Map<Verdict, List<String>> operations = new EnumMap<>(Verdict.class);
    for (String operation : group.operations()) {
      Optional<CellSummary> left = cell(group, operation, pair.get(0));
      Optional<CellSummary> right = cell(group, operation, pair.get(1));
      if (left.isPresent() && right.isPresent()) {
        PairedComparison compared = evidence.compare(left.get().cell(), right.get().cell());
        operations
            .computeIfAbsent(compared.verdict(), _ -> new ArrayList<>())
            .add(
                operation
                    + " "
                    + Words.against(compared, evidence.unit())
                    + more(compared, left.get(), right.get()));
      }
    }
    List<String> parts = new ArrayList<>();
    operations.forEach((verdict, all) ->
        parts.add(words(verdict, pair.get(0), pair.get(1)) + ": " + Words.list(all)));
    return parts.isEmpty() ? "" : String.join("; ", parts) + ".";
  }

  /** {@code , 24.5 ns less}: of costs as small as those inside the kernel a ratio says little. */
  private String more(PairedComparison compared, CellSummary left, CellSummary right) {
    double more = left.mean() - right.mean();
    boolean decided = compared.verdict() == Verdict.SLOWER || compared.verdict() == Verdict.FASTER;
    return decided && compared.difference() == null && SuiteWords.isNetCost(left.cell())
        ? ", %s%s%s %s"
            .formatted(
                Words.nanos(Math.abs(more)),
                Words.THIN,
                evidence.unit(),
                more > 0 ? "more" : "less")
        : "";
  }

  private Optional<CellSummary> cell(Group group, String operation, String map) {
    return group.cell(operation, map, evidence.reference()).filter(c -> c.forks() > 0);
  }

  private static String words(Verdict verdict, String subject, String reference) {
    return switch (verdict) {
      case SLOWER -> subject + " is dearer than " + reference;
      case FASTER -> subject + " is cheaper than " + reference;
      case EQUIVALENT -> subject + " and " + reference + " cost the same";
      case INCONCLUSIVE -> "not decided between " + subject + " and " + reference;
    };
  }
}
