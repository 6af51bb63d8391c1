package dev.bpfgauge.top;

import java.util.Comparator;
import java.util.Locale;

/** By what rows are sorted; the largest first, names and ids ascending. */
public enum RowOrder {
  CPU,
  RUNS,
  NS,
  MISSED,
  MEMORY,
  JIT,
  ID,
  NAME;

  private double figure(ProgramRow row) {
    return switch (this) {
      case CPU -> row.totalPercent();
      case RUNS -> row.runsPerSecond();
      case NS -> row.nanosPerRun();
      case MISSED -> (double) row.missed().orElse(-1);
      case MEMORY -> (double) row.mapBytes();
      case JIT -> (double) row.program().jitedBytes();
      case ID -> -row.id();
      case NAME -> 0;
    };
  }

  /** What is not known comes last, equals by their id. */
  public Comparator<ProgramRow> comparator() {
    Comparator<ProgramRow> byId = Comparator.comparingInt(ProgramRow::id);
    if (this == NAME) {
      return Comparator.comparing((ProgramRow row) -> row.program().name().toLowerCase(Locale.ROOT))
          .thenComparing(byId);
    }
    return Comparator.comparingDouble(
            (ProgramRow row) -> {
              double value = figure(row);
              return Double.isNaN(value) ? Double.POSITIVE_INFINITY : -value;
            })
        .thenComparing(byId);
  }

  /** {@code cpu}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
