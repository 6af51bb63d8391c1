package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.suite.diagnose.HighOrder.Asked;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link HighOrder}. */
public final class HighOrderSpec implements ToolSpec {
  private static final int USUAL_ORDER = 3;
  private static final int OWN_ORDER = 4;
  private static final int OWN_REQUESTS = 50;

  @Override
  public String name() {
    return HighOrder.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Who asks for 2^order contiguous pages, how often in vain, how long.",
        "Time is the wall's, while the request itself reclaimed and compacted memory.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public List<LostTime> lostTimes(Findings taken, double seconds) {
    Rows rows = (Rows) taken;
    return rows.rows().stream()
        .map(row -> {
          double millis =
              rows.number(row, "reclaim_wall_ms") + rows.number(row, "compaction_wall_ms");
          return new LostTime(
              millis / 1_000 / seconds,
              String.format(
                  Locale.ROOT,
                  "%s (%s) waited %.0f ms for memory in one piece (order %s), which failed %s"
                      + " times.",
                  rows.value(row, "comm"),
                  rows.value(row, "pid"),
                  millis,
                  rows.value(row, "order"),
                  rows.value(row, "failed")));
        })
        .toList();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SEND;
  }

  /** Asks for rows of pages, and holds the count against that. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    HighOrder module = (HighOrder) tool;
    var _ = module.since();
    LargeReads.request(OWN_ORDER, OWN_REQUESTS, LibC.getpagesize());
    long counted =
        module.since().stream()
            .filter(asked -> asked.pid() == ProcessHandle.current().pid())
            .filter(asked -> asked.order() == OWN_ORDER)
            .filter(asked -> LargeReads.isGfp(asked.gfp()))
            .mapToLong(Asked::requests)
            .sum();
    if (counted != OWN_REQUESTS) {
      throw new IllegalStateException(
          "counted %d requests of order %d; there were %d"
              .formatted(counted, OWN_ORDER, OWN_REQUESTS));
    }
    return Map.of();
  }

  /** {@code diagnose high-order}. */
  private static final class Given implements Options {
    @Option(
        names = "--order",
        paramLabel = "N",
        description = "The least that counts. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + USUAL_ORDER)
    private int order = USUAL_ORDER;

    @Option(
        names = {"-k", "--stacks"},
        description = "A row for each of the kernel's stacks.")
    private boolean stacks;

    @Mixin private final RowsOption rows = new RowsOption();

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return HighOrder.attach(
          new HighOrder.Options(order, stacks, only.orAll(), rows.most(), injectNanos));
    }
  }
}
