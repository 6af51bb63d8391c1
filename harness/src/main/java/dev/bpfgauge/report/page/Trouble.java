package dev.bpfgauge.report.page;

import dev.bpfgauge.model.Capability;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What was missing or failed: nothing the run could not do is passed over in silence. */
public final class Trouble {
  /** Cells named in one row; more are counted. */
  private static final int NAMED = 4;

  private final Evidence evidence;

  public Trouble(Evidence evidence) {
    this.evidence = evidence;
  }

  /** {@code 112 of 120 forks are ok; 6 the kernel cannot do; 2 (1.7 %) were lost: 2 crashed.} */
  public String summary() {
    List<ForkRecord> forks = last();
    long ok = forks.stream().filter(fork -> fork.status() == ForkStatus.OK).count();
    long refused = forks.stream().filter(ForkRecord::isKernelsRefusal).count();
    long lost = forks.size() - ok - refused;
    return "%s of %s forks are ok".formatted(Words.count(ok), Words.count(forks.size()))
        + (refused > 0 ? "; %s the kernel cannot do".formatted(Words.count(refused)) : "")
        + (lost > 0
            ? String.format(
                Locale.ROOT,
                "; %s (%.1f %%) %s lost: %s",
                Words.count(lost),
                100.0 * lost / forks.size(),
                lost == 1 ? "was" : "were",
                Words.list(lost(forks)))
            : "")
        + (unrun() > 0 ? "; %s planned were not run".formatted(Words.count(unrun())) : "")
        + ".";
  }

  /** Planned forks that were not run. */
  int unrun() {
    return Math.max(0, evidence.info().plan().forks() - last().size());
  }

  /** {@code 4 load-not-reached}, {@code 2 crashed}. */
  private static List<String> lost(List<ForkRecord> forks) {
    Map<ForkStatus, Long> counts =
        forks.stream()
            .filter(fork -> fork.status() != ForkStatus.OK && !fork.isKernelsRefusal())
            .collect(
                Collectors.groupingBy(
                    ForkRecord::status,
                    () -> new EnumMap<>(ForkStatus.class),
                    Collectors.counting()));
    List<String> parts = new ArrayList<>();
    counts.forEach((status, count) -> parts.add(Words.count(count) + " " + status.word()));
    return parts;
  }

  /** Forks that ended otherwise, by status and reason. */
  Table forks() {
    Table.Builder table =
        Table.of("failed", "Forks that are not ok", "~Status", "Forks", "~Cells", "~Reason");
    Map<String, List<ForkRecord>> byReason = new LinkedHashMap<>();
    for (ForkStatus status : ForkStatus.values()) {
      for (ForkRecord fork : last()) {
        if (fork.status() == status && status != ForkStatus.OK) {
          byReason
              .computeIfAbsent(status.word() + "\n" + fork.reason(), k -> new ArrayList<>())
              .add(fork);
        }
      }
    }
    byReason
        .values()
        .forEach(forks ->
            table.row(
                forks.getFirst().status().word(),
                Words.count(forks.size()),
                cells(forks),
                Words.sentence(forks.getFirst().reason())));
    return table.build();
  }

  /** Figures that forks could not have, by figure and reason. */
  Table missing() {
    Table.Builder table =
        Table.of("missing", "Figures that are missing", "~Figure", "Forks", "~Cells", "~Reason");
    Map<List<String>, List<ForkRecord>> byReason = new LinkedHashMap<>();
    for (ForkRecord fork : last()) {
      if (fork.measurement() != null && fork.measurement().missing() != null) {
        fork.measurement()
            .missing()
            .forEach((figure, why) ->
                byReason.computeIfAbsent(List.of(figure, why), _ -> new ArrayList<>()).add(fork));
      }
    }
    byReason.forEach((figure, forks) ->
        table.row(
            figure.getFirst(),
            Words.count(forks.size()),
            cells(forks),
            Words.sentence(figure.getLast())));
    return table.build();
  }

  private String cells(List<ForkRecord> forks) {
    List<String> names =
        forks.stream()
            .map(f -> evidence.names().name(f.cell()) + " @ " + f.cell().profile())
            .distinct()
            .sorted()
            .toList();
    return String.join("; ", names.subList(0, Math.min(NAMED, names.size())))
        + (names.size() > NAMED ? "; and " + Words.count(names.size() - NAMED) + " more" : "");
  }

  Table arms() {
    Table.Builder table =
        Table.of("unavailable", "Profiles this machine could not be put in", "~Profile", "~Why");
    for (RunInfo.ArmInfo arm : evidence.arms()) {
      if (!arm.unavailable().isEmpty()) {
        table.row(arm.label(), Words.sentence(arm.unavailable()));
      }
    }
    return table.build();
  }

  Table capabilities() {
    Table.Builder table =
        Table.of(
            "capabilities",
            "What this machine cannot do",
            "~Capability",
            "~State",
            "~What was seen",
            "~What would change it");
    for (Capability capability : evidence.info().capabilities()) {
      if (!capability.isSupported()) {
        table.row(
            capability.name(),
            capability.state().name().toLowerCase(Locale.ROOT),
            capability.detail(),
            capability.fix().isEmpty() ? Words.NONE : capability.fix());
      }
    }
    return table.build();
  }

  /** The journal with repeated plan positions reduced to their last line. */
  private List<ForkRecord> last() {
    Set<Integer> seen = new HashSet<>();
    List<ForkRecord> last = new ArrayList<>();
    for (ForkRecord fork : evidence.analysis().run().forks().reversed()) {
      if (seen.add(fork.seq())) {
        last.addFirst(fork);
      }
    }
    return last;
  }
}
