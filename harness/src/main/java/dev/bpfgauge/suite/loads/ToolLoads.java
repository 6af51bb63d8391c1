package dev.bpfgauge.suite.loads;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.hooks.HookLoads;
import dev.bpfgauge.suite.hooks.LoadsMeter;
import dev.bpfgauge.suite.tools.Biolatency;
import dev.bpfgauge.suite.tools.Biosnoop;
import dev.bpfgauge.suite.tools.Cpudist;
import dev.bpfgauge.suite.tools.Filetop;
import dev.bpfgauge.suite.tools.Offwaketime;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Tcpsubnet;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolsSuite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cells of suite {@code loads}: what a kernel takes of hooks, helpers and types ({@link
 * LoadsMeter}), and whether each tracing tool attaches. Its time is that of attaching; which of its
 * ways it took is an extra, {@code by_} and the hooks. filetop has to count calls of a known size
 * as well: which way it takes, and so what it sees, differs from kernel to kernel.
 */
public final class ToolLoads implements Meter {
  private static final String BENCHMARK = HookLoads.NAME + ".tool.";

  private static final int BLOCKS = 300;
  private static final int BLOCK_BYTES = 4096;

  private final Meter others = new LoadsMeter();

  /**
   * The cells asked for.
   *
   * @param hooks as {@link HookLoads#cells}; the tools are among them where it is empty
   */
  public static List<Cell> cells(List<String> hooks) {
    List<Cell> cells = new ArrayList<>(HookLoads.cells(hooks));
    if (hooks.isEmpty()) {
      ToolsSuite.TOOLS.forEach(
          tool -> cells.add(new Cell(HookLoads.NAME, BENCHMARK + tool, Map.of(), "")));
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
      Map<String, Double> extras = new TreeMap<>();
      if (tool instanceof Filetop) {
        extras.put("bytes_counted", (double) counted(tool));
      } else {
        tool.take();
      }
      extras.put("by_" + tool.hooks().replace(", ", "+"), 1.0);
      extras.put("events_lost", (double) tool.tally().lost());
      return new Outcome.Measured(
          new Measurement(nanos, List.of(nanos), null, 1, null, null).with(extras), null);
    }
  }

  /**
   * Writes and reads a file, and holds filetop's count against that.
   *
   * @return bytes of both
   * @throws IllegalStateException where it counted something else
   */
  private static long counted(Tool tool) {
    try {
      Path file = Files.createTempFile(Scratch.folder(), "filetop", "");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int i = 0; i < BLOCKS; i++) {
          channel.write(block.clear(), (long) i * BLOCK_BYTES);
          channel.read(block.clear(), (long) i * BLOCK_BYTES);
        }
        Rows rows = (Rows) tool.take();
        String name = String.valueOf(file.getFileName());
        String seen =
            Stream.of("writes", "reads", "written_kb", "read_kb")
                .map(column -> Long.toString(sum(rows, name, column)))
                .collect(Collectors.joining(" "));
        String truth = "%1$d %1$d %2$d %2$d".formatted(BLOCKS, BLOCKS * BLOCK_BYTES / 1024);
        if (!seen.equals(truth)) {
          throw new IllegalStateException(
              "filetop by %s counted %s writes, reads, KiB written and read; there were %s"
                  .formatted(tool.hooks(), seen, truth));
        }
        return 2L * BLOCKS * BLOCK_BYTES;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException("no file to read and write: " + e.getMessage(), e);
    }
  }

  private static long sum(Rows rows, String file, String column) {
    int at = rows.columns().stream().map(Rows.Column::key).toList().indexOf(column);
    return rows.rows().stream()
        .filter(row -> row.contains(file))
        .mapToLong(row -> ((Number) row.get(at)).longValue())
        .sum();
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
                  Offwaketime.USUAL_STACKS,
                  false,
                  0));
      case "filetop" ->
          Filetop.attach(
              new Filetop.Options(
                  false, (int) ProcessHandle.current().pid(), Filetop.Sort.ALL, 20, 0));
      case "tcpsubnet" ->
          Tcpsubnet.attach(new Tcpsubnet.Options(Tcpsubnet.DEFAULT_SUBNETS, Tcpsubnet.Format.B, 0));
      default -> throw new IllegalArgumentException("no tool " + tool);
    };
  }
}
