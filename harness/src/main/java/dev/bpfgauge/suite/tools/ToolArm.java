package dev.bpfgauge.suite.tools;

import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.tools.ToolProcess.NotStartedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tools of one arm of suite {@code tools}, attached until it is closed. */
final class ToolArm implements Held {
  private final List<ToolProcess> tools;
  private final OverheadMeter meter;

  private ToolArm(List<ToolProcess> tools, Path folder) {
    this.tools = List.copyOf(tools);
    this.meter = new OverheadMeter(tools, folder);
  }

  /**
   * Starts them.
   *
   * @param label of the arm, see {@link ToolsSuite#arms}
   * @param all what {@link ToolsSuite#ALL} stands for
   * @param injectNanos deliberate delay of each event of ours, in nanoseconds
   * @param folder where loads put their files
   * @param log what tools and loads complain
   * @throws UnavailableException where one of them does not start; none is left
   */
  static ToolArm attach(String label, List<String> all, long injectNanos, Path folder, Path log)
      throws UnavailableException, InterruptedException {
    List<ToolProcess> tools = new ArrayList<>();
    try {
      for (String tool : ToolsSuite.toolsOf(label, all)) {
        tools.add(
            label.startsWith(ToolsSuite.PEER)
                ? ToolProcess.peer(
                    ToolSpec.withPeer(tool).flatMap(ToolSpec::peer).orElseThrow(), log)
                : ToolProcess.ours(ToolSpec.of(tool), injectNanos, log));
      }
      return new ToolArm(tools, folder);
    } catch (NotStartedException e) {
      tools.forEach(ToolProcess::close);
      throw new UnavailableException(String.valueOf(e.getMessage()));
    } catch (InterruptedException | RuntimeException e) {
      tools.forEach(ToolProcess::close);
      throw e;
    }
  }

  @Override
  public Outcome attempt(Cell cell, Settings settings) {
    return meter.attempt(cell, settings);
  }

  @Override
  public void close() {
    tools.forEach(ToolProcess::close);
  }
}
