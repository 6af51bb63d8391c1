package dev.bpfgauge.report.view;

import dev.bpfgauge.model.ForkRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The forks that had the machine in their arm's state alone, and not in turns with other arms. */
public final class Apart {
  private Apart() {}

  /** Those of some forks, by time. */
  public static List<ForkRecord> of(List<ForkRecord> forks) {
    List<ForkRecord> byTime =
        forks.stream()
            .filter(fork -> fork.endMillis() > fork.startMillis())
            .sorted(Comparator.comparingLong(ForkRecord::startMillis))
            .toList();
    List<ForkRecord> apart = new ArrayList<>();
    for (int from = 0; from < byTime.size(); ) {
      long end = byTime.get(from).endMillis();
      int to = from + 1;
      while (to < byTime.size() && byTime.get(to).startMillis() < end) {
        end = Math.max(end, byTime.get(to).endMillis());
        to++;
      }
      List<ForkRecord> together = byTime.subList(from, to);
      if (together.stream().map(fork -> fork.cell().profile()).distinct().count() == 1) {
        apart.addAll(together);
      }
      from = to;
    }
    return List.copyOf(apart);
  }
}
