package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.FloorLadder;
import dev.bpfgauge.analysis.OpenVerdicts;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** “Which map?”, answered from this run's intervals alone; where they do not tell, it says so. */
final class Guide {
  private final Evidence evidence;
  private final String arm;

  Guide(Evidence evidence) {
    this.evidence = evidence;
    this.arm = evidence.reference();
  }

  /**
   * One piece of advice.
   *
   * @param question what a reader wonders
   * @param answer what this run says
   * @param evidence the figures behind it
   * @param css the verdict's word
   */
  record Advice(String question, String answer, String evidence, String css) {}

  List<Advice> all() {
    List<Advice> advice = new ArrayList<>();
    contrast(
            "Hash or array for lookups?",
            "lookup",
            "array",
            "hash",
            new Answers(
                "Array is the cheaper read, if keys are small whole numbers.",
                "Hash is the cheaper read here, which is unusual: check the load and the noise.",
                "Time does not decide: choose by your keys and by whether you must delete."))
        .ifPresent(advice::add);
    contrast(
            "Hash or array for updates?",
            "update",
            "array",
            "hash",
            new Answers(
                "Array is the cheaper write.",
                "Hash is the cheaper write here, which is unusual: check the load and the noise.",
                "Time does not decide."))
        .ifPresent(advice::add);
    delete().ifPresent(advice::add);
    perCpu("percpu-hash", "hash").ifPresent(advice::add);
    perCpu("percpu-array", "array").ifPresent(advice::add);
    contrast(
            "What does LRU cost?",
            "lookup",
            "lru-hash",
            "hash",
            new Answers(
                "LRU is the cheaper read here.",
                "A lookup pays for tracking recency.",
                "A lookup costs the same with LRU."))
        .ifPresent(advice::add);
    contrast(
            "Is preallocation worth its memory?",
            "update",
            "hash-no-prealloc",
            "hash",
            new Answers(
                "Without preallocation an update is cheaper here.",
                "Yes, for updates: an allocation at each update costs more.",
                "Not for updates of keys that are there: the cost is the same."))
        .ifPresent(advice::add);
    batch().ifPresent(advice::add);
    floor().ifPresent(advice::add);
    insideTheKernel().forEach(advice::add);
    load().forEach(advice::add);
    return List.copyOf(advice);
  }

  private List<Advice> insideTheKernel() {
    return Stream.of(
            contrast(
                MapsCalled.IN_THE_KERNEL,
                "And inside a BPF program: hash or array for lookups?",
                "lookup",
                "array",
                "hash",
                new Answers(
                    "Array, wherever the keys allow it: no system call hides the difference here.",
                    "Hash is the cheaper read here, which is unusual: check the noise.",
                    "Time does not decide.")),
            contrast(
                MapsCalled.IN_THE_KERNEL,
                "A per-CPU hash for what a program writes?",
                "update",
                "percpu-hash",
                "hash",
                new Answers(
                    "Yes: it writes its own CPU's value in place; a hash inserts a new element.",
                    "No: an update costs more here.",
                    "On one CPU an update costs the same; it saves the waits of other CPUs.")),
            contrast(
                MapsCalled.IN_THE_KERNEL,
                "A per-CPU array for what a program writes?",
                "update",
                "percpu-array",
                "array",
                new Answers(
                    "Yes: an update is cheaper.",
                    "Not on one CPU: an update costs more here.",
                    "On one CPU an update costs the same; it saves the waits of other CPUs.")))
        .flatMap(Optional::stream)
        .toList();
  }

  /** What to say when the subject is faster, slower or equivalent. */
  private record Answers(String faster, String slower, String equivalent) {}

  private Optional<CellSummary> cell(String operation, String map, String onArm) {
    return cell(MapsCalled.FROM_USER_SPACE, operation, map, onArm);
  }

  private Optional<CellSummary> cell(MapsCalled from, String operation, String map, String onArm) {
    return evidence
        .group(from)
        .flatMap(g -> g.cell(operation, map, onArm))
        .filter(c -> c.forks() > 0);
  }

  private Optional<Advice> contrast(
      String question, String operation, String subject, String reference, Answers answers) {
    return contrast(MapsCalled.FROM_USER_SPACE, question, operation, subject, reference, answers);
  }

  private Optional<Advice> contrast(
      MapsCalled from,
      String question,
      String operation,
      String subject,
      String reference,
      Answers answers) {
    Optional<CellSummary> left = cell(from, operation, subject, arm);
    Optional<CellSummary> right = cell(from, operation, reference, arm);
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    PairedComparison compared = evidence.compare(left.get().cell(), right.get().cell());
    return Optional.of(
        new Advice(
            question,
            answer(compared, left.get().cell(), answers),
            figures(operation, subject, reference, left.get(), right.get(), compared),
            compared.verdict().word()));
  }

  private String answer(PairedComparison compared, Cell subject, Answers answers) {
    return switch (compared.verdict()) {
      case FASTER -> answers.faster();
      case SLOWER -> answers.slower();
      case EQUIVALENT -> answers.equivalent();
      case INCONCLUSIVE -> undecided(compared, subject);
    };
  }

  private String undecided(PairedComparison compared, Cell subject) {
    if (compared.indicative()) {
      return "Inconclusive: %s are too few; at least %d are needed."
          .formatted(Words.plural(compared.pairs(), "pair"), ForkStatistics.ENOUGH_FORKS);
    }
    if (compared.difference() != null) {
      return "Inconclusive: one cost is %s; more --rounds or a longer --measure narrow it down."
          .formatted(VerdictRule.BELOW_RESOLUTION);
    }
    return "Inconclusive: with %s the interval is too wide; %s."
        .formatted(Words.plural(compared.pairs(), "pair"), evidence.wouldDecide(compared, subject));
  }

  private String figures(
      String operation,
      String subject,
      String reference,
      CellSummary left,
      CellSummary right,
      PairedComparison compared) {
    return "On %s, %s on %s costs %s, on %s %s; %s %s: %s%s."
        .formatted(
            arm,
            operation,
            subject,
            Words.cost(left, evidence.unit()),
            reference,
            Words.cost(right, evidence.unit()),
            compared.difference() == null ? "ratio" : "difference",
            Words.against(compared, evidence.unit()),
            Words.verdict(compared.verdict(), evidence.unit()),
            compared.indicative() ? ", indicative only" : "");
  }

  private Optional<Advice> perCpu(String subject, String plain) {
    return contrast(
            "What does reading " + subject + " from user space cost?",
            "lookup",
            subject,
            plain,
            new Answers(
                "Less than " + plain + " here, which is unusual: check the load and the noise.",
                "More than " + plain + ".",
                "On this machine no more than " + plain + "."))
        .map(advice ->
            new Advice(
                advice.question(),
                advice.answer()
                    + " A read copies one value for each possible CPU, so its cost grows with their"
                    + " number: do not transfer this ratio to a larger machine.",
                advice.evidence(),
                advice.css()));
  }

  private Optional<Advice> delete() {
    List<CellSummary> refused =
        evidence
            .cells(c ->
                c.profile().equals(arm)
                    && Evidence.isOperation(c)
                    && CellNames.operation(c).equals("delete"))
            .stream()
            .filter(c -> c.notOk().containsKey(ForkStatus.REFUSED))
            .toList();
    if (refused.isEmpty()) {
      return Optional.empty();
    }
    List<String> maps = refused.stream().map(c -> c.cell().param("map")).distinct().toList();
    return Optional.of(
        new Advice(
            "Must keys go away?",
            "Then a hash kind: "
                + Words.list(maps)
                + (maps.size() == 1 ? " has" : " have")
                + " no delete.",
            Words.sentence("The kernel's answer: " + refused.getFirst().reason()),
            "none"));
  }

  private Optional<Advice> batch() {
    for (String map : List.of("hash", "array", "percpu-hash", "percpu-array")) {
      Optional<CellSummary> single = cell("lookup", map, arm);
      Optional<CellSummary> batch = cell("batch-lookup", map, arm);
      if (single.isPresent() && batch.isPresent()) {
        PairedComparison compared = evidence.compare(batch.get().cell(), single.get().cell());
        return Optional.of(
            new Advice(
                "Many keys at once?",
                compared.verdict() == Verdict.FASTER
                    ? "Read in batches: one system call serves many elements."
                    : answer(
                        compared,
                        batch.get().cell(),
                        new Answers("", "Batches cost more here.", "Batches gain nothing here.")),
                figures(
                    "reading an element",
                    map + " in batches",
                    map + " one by one",
                    batch.get(),
                    single.get(),
                    compared),
                compared.verdict().word()));
      }
    }
    return Optional.empty();
  }

  /** How much of a lookup the choice of a map can change at all. */
  private Optional<Advice> floor() {
    Optional<FloorLadder> ladder =
        cell("lookup", "hash", arm)
            .or(() -> cell("lookup", "array", arm))
            .flatMap(c -> new Ladders(evidence).of(c.cell()));
    if (ladder.isEmpty() || ladder.get().steps().size() < 2) {
      return Optional.empty();
    }
    FloorLadder.Step lookup = ladder.get().steps().getLast();
    FloorLadder.Step below = ladder.get().steps().get(ladder.get().steps().size() - 2);
    return Optional.of(
        new Advice(
            "How much can the map matter?",
            ("From user space, %s of a %s is spent before any map is touched. Inside the kernel"
                    + " that part falls away and maps differ more"
                    + (cell(MapsCalled.IN_THE_KERNEL, "lookup", "hash", arm).isPresent()
                        ? ", as the next answers show."
                        : ": --suite kernel-maps measures there."))
                .formatted(
                    Words.percent(below.nanosPerOp() / lookup.nanosPerOp()),
                    evidence.names().name(lookup.cell())),
            "On %s, %s costs %s, %s %s; the difference is %s%s, in %s."
                .formatted(
                    arm,
                    Ladders.layer(below.cell()),
                    Words.nanos(below.nanosPerOp()),
                    evidence.names().name(lookup.cell()),
                    Words.nanos(lookup.nanosPerOp()),
                    Words.nanos(lookup.incrementNanos()),
                    lookup.increment95() == null ? "" : " " + Words.nanos(lookup.increment95()),
                    evidence.unit()),
            "none"));
  }

  /** Whether the order of the maps on another arm is the one on the first. */
  private List<Advice> load() {
    List<Advice> advice = new ArrayList<>();
    for (String other : evidence.armLabels().stream().skip(1).toList()) {
      List<String> parts = new ArrayList<>();
      boolean contrary = false;
      boolean decided = false;
      for (List<String> pair : OpenVerdicts.CHOICES) {
        Optional<PairedComparison> here = lookups(pair, arm);
        Optional<PairedComparison> there = lookups(pair, other);
        if (here.isPresent() && there.isPresent()) {
          decided |= isDecided(here.get()) && isDecided(there.get());
          contrary |= isContrary(here.get().verdict(), there.get().verdict());
          parts.add(
              "%s against %s %s, on %s %s"
                  .formatted(
                      pair.get(0), pair.get(1), words(here.get()), other, words(there.get())));
        }
      }
      if (!parts.isEmpty()) {
        advice.add(
            new Advice(
                "Does " + other + " change the choice?",
                contrary
                    ? "Yes: at least one pair of maps changes places."
                    : decided
                        ? "No pair of maps changes places, as far as this run can tell."
                        : "Inconclusive.",
                "Lookups: " + String.join("; ", parts) + ".",
                "none"));
      }
    }
    return advice;
  }

  private Optional<PairedComparison> lookups(List<String> maps, String onArm) {
    Optional<CellSummary> left = cell("lookup", maps.get(0), onArm);
    Optional<CellSummary> right = cell("lookup", maps.get(1), onArm);
    return left.isPresent() && right.isPresent()
        ? Optional.of(evidence.compare(left.get().cell(), right.get().cell()))
        : Optional.empty();
  }

  private static boolean isDecided(PairedComparison comparison) {
    return comparison.verdict() != Verdict.INCONCLUSIVE;
  }

  private static boolean isContrary(Verdict here, Verdict there) {
    return (here == Verdict.SLOWER && there == Verdict.FASTER)
        || (here == Verdict.FASTER && there == Verdict.SLOWER);
  }

  private String words(PairedComparison comparison) {
    return Words.against(comparison, evidence.unit())
        + " "
        + Words.verdict(comparison.verdict(), evidence.unit());
  }
}
