package dev.bpfgauge.suite.loads;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.suite.hooks.HookLoads;
import dev.bpfgauge.suite.hooks.LoadsMeter;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cells of suite {@code loads}: what a kernel takes of hooks, helpers and types ({@link
 * LoadsMeter}), and whether each tracing tool attaches. Its time is that of attaching; which of its
 * ways it took is an extra, {@code by_} and the hooks. Each then shows that it works, as its
 * description says ({@link ToolSpec#prove}).
 */
public final class ToolLoads implements Meter {
  private static final String BENCHMARK = HookLoads.NAME + ".tool.";

  private final Meter others = new LoadsMeter();

  /**
   * The cells asked for.
   *
   * @param hooks as {@link HookLoads#cells}; the tools are among them where it is empty
   */
  public static List<Cell> cells(List<String> hooks) {
    List<Cell> cells = new ArrayList<>(HookLoads.cells(hooks));
    if (hooks.isEmpty()) {
      ToolSpec.everyName()
          .forEach(tool -> cells.add(new Cell(HookLoads.NAME, BENCHMARK + tool, Map.of(), "")));
    }
    return cells;
  }

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    if (!cell.benchmark().startsWith(BENCHMARK)) {
      return others.measure(cell, settings);
    }
    ToolSpec spec = ToolSpec.of(cell.benchmark().substring(BENCHMARK.length()));
    spec.prepare();
    long start = System.nanoTime();
    try (Tool tool = spec.attach()) {
      double nanos = (double) (System.nanoTime() - start);
      Map<String, Double> extras = new TreeMap<>(spec.prove(tool));
      extras.put("by_" + tool.hooks().replace(", ", "+"), 1.0);
      extras.put("events_lost", (double) tool.tally().lost());
      return new Outcome.Measured(
          new Measurement(nanos, List.of(nanos), null, 1, null, null).with(extras), null);
    }
  }
}
