package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Fingerprint;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.suite.tools.EventCost;
import dev.bpfgauge.suite.tools.ForecastText;
import dev.bpfgauge.suite.tools.HostEvents;
import dev.bpfgauge.suite.tools.HostForecast;
import dev.bpfgauge.suite.tools.HostRates;
import dev.bpfgauge.suite.tools.ToolSpec;
import dev.bpfgauge.suite.tools.ToolsSuite;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * {@code tools overhead --here}: what tools would take of this host as it is. What an event costs
 * is from the newest runs of this machine; how many there are is counted for some seconds.
 */
final class OverheadHere {
  private static final String MEASURES = Program.command("tools", "overhead");

  private final Path results;
  private final PrintWriter out;
  private final PrintWriter err;

  OverheadHere(Path results, PrintWriter out, PrintWriter err) {
    this.results = results;
    this.out = out;
    this.err = err;
  }

  /**
   * Counts and prints.
   *
   * @param named tools by name
   * @throws Refusal where no run of this machine says what an event of one of them costs
   */
  int show(List<String> named, int seconds, boolean json) {
    List<ToolSpec> tools = named.stream().map(ToolSpec::of).toList();
    Map<String, EventCost> costs = costs(tools);
    Set<HostEvents> kinds =
        tools.stream().flatMap(tool -> tool.hostEvents().stream()).collect(Collectors.toSet());
    HostForecast forecast;
    try {
      forecast =
          HostForecast.of(
              seconds,
              tools,
              HostRates.count(kinds, seconds),
              costs,
              "no run of this machine measured it; `" + MEASURES + "` does");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED;
    }
    out.print(
        json ? Json.indented(forecast) : text(ForecastText.of(forecast), Terminal.widthOfTable()));
    out.flush();
    return forecast.tools().stream().allMatch(HostForecast.OfTool::isThere)
        ? ExitCode.DONE
        : ExitCode.PARTIAL;
  }

  /** Plain lines, none wider than {@code width}. */
  static String text(ForecastText forecast, int width) {
    StringBuilder out = new StringBuilder();
    if (!forecast.rows().isEmpty()) {
      TerminalTable.wrap(out, forecast.lead(), width);
      out.append('\n');
      TerminalTable.print(
          out,
          forecast.rows().stream()
              .map(row -> row.stream().map(TerminalTable::plain).toList())
              .toList(),
          width,
          ForecastText.EXPENDABLE);
      out.append('\n');
    }
    forecast.sentences().forEach(sentence -> TerminalTable.wrap(out, sentence, width));
    return out.toString();
  }

  /** Of each tool the newest; runs of another fingerprint say nothing of this machine. */
  private Map<String, EventCost> costs(List<ToolSpec> tools) {
    SortedMap<String, String> here = Fingerprint.read(Roots.SYSTEM);
    Map<String, EventCost> costs = new LinkedHashMap<>();
    String other = "";
    for (String id : RunFolder.ids(results)) {
      RunFolder folder = RunFolder.open(results.resolve(id));
      try {
        RunInfo info = folder.readInfo();
        if (costs.size() == tools.size()
            || info.inLab()
            || !info.plan().suites().contains(ToolsSuite.NAME)) {
          continue;
        }
        List<FingerprintDifference> differences =
            FingerprintDifference.between(here, info.fingerprint());
        if (!differences.isEmpty()) {
          other = other.isEmpty() ? words(info, differences) : other;
          continue;
        }
        RunData run = folder.read();
        for (ToolSpec tool : tools) {
          EventCost.of(run, tool).ifPresent(cost -> costs.putIfAbsent(tool.name(), cost));
        }
      } catch (Refusal damaged) {
        err.println("left out: " + damaged.getMessage());
      }
    }
    if (costs.isEmpty()) {
      throw Refusal.usage(
          "no run in %s says what an event costs these tools on this machine%s; `%s` measures it, and with --here --fresh forecasts as well."
              .formatted(results, other, MEASURES));
    }
    return costs;
  }

  private static String words(RunInfo run, List<FingerprintDifference> differences) {
    return " (%s is not comparable: %s)"
        .formatted(
            run.id(),
            differences.stream()
                .map(FingerprintDifference::words)
                .collect(Collectors.joining("; ")));
  }
}
