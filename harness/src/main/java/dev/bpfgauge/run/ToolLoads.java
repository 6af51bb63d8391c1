package dev.bpfgauge.run;

import dev.bpfgauge.bench.Meter;
import dev.bpfgauge.bench.Outcome;
import dev.bpfgauge.bench.Settings;
import dev.bpfgauge.hook.LoadsMeter;
import dev.bpfgauge.hook.LoadsSuite;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.tool.Biolatency;
import dev.bpfgauge.tool.Biosnoop;
import dev.bpfgauge.tool.Cpudist;
import dev.bpfgauge.tool.Filetop;
import dev.bpfgauge.tool.Offwaketime;
import dev.bpfgauge.tool.Tcpsubnet;
import dev.bpfgauge.tool.Tool;
import dev.bpfgauge.tool.ToolsSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cells of suite {@code loads}: what a kernel takes of hooks, helpers and types ({@link
 * LoadsMeter}), and whether each tracing tool attaches. Its time is that of attaching; which of its
 * ways it took is an extra, {@code by_} and the hooks.
 */
public final class ToolLoads implements Meter {
  private static final String BENCHMARK = LoadsSuite.NAME + ".tool.";

  private final Meter others = new LoadsMeter();

  /**
   * The cells asked for.
   *
   * @param hooks as {@link LoadsSuite#cells}; the tools are among them where it is empty
   */
  public static List<Cell> cells(List<String> hooks) {
    List<Cell> cells = new ArrayList<>(LoadsSuite.cells(hooks));
    if (hooks.isEmpty()) {
      ToolsSuite.TOOLS.forEach(
          tool -> cells.add(new Cell(LoadsSuite.NAME, BENCHMARK + tool, Map.of(), "")));
    }
    return cells;
  }

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    if (!cell.benchmark().startsWith(BENCHMARK)) {
      return others.measure(cell, settings);
    }
    long start = System.nanoTime();
    try (Tool tool = attach(cell.benchmark().substring(BENCHMARK.length()))) {
      double nanos = (double) (System.nanoTime() - start);
      tool.take();
      Map<String, Double> extras = new TreeMap<>();
      extras.put("by_" + tool.hooks().replace(", ", "+"), 1.0);
      extras.put("events_lost", (double) tool.tally().lost());
      return new Outcome.Measured(
          new Measurement(nanos, List.of(nanos), null, 1, null, null).with(extras), null);
    }
  }

  /** As without options. */
  private static Tool attach(String tool) {
    return switch (tool) {
      case "biolatency" ->
          Biolatency.attach(new Biolatency.Options(false, false, Biolatency.Each.ALL, "", 0));
      case "biosnoop" -> Biosnoop.attach(new Biosnoop.Options(false, "", 0, 0));
      case "cpudist" ->
          Cpudist.attach(new Cpudist.Options(false, false, false, Cpudist.Each.ALL, 0, null, 0));
      case "offwaketime" ->
          Offwaketime.attach(
              new Offwaketime.Options(
                  0,
                  0,
                  Offwaketime.Threads.ALL,
                  Offwaketime.Halves.BOTH,
                  -1,
                  1,
                  Long.MAX_VALUE,
                  false,
                  0));
      case "filetop" -> Filetop.attach(new Filetop.Options(false, 0, Filetop.Sort.ALL, 20, 0));
      case "tcpsubnet" ->
          Tcpsubnet.attach(new Tcpsubnet.Options(Tcpsubnet.DEFAULT_SUBNETS, Tcpsubnet.Format.B, 0));
      default -> throw new IllegalArgumentException("no tool " + tool);
    };
  }
}
