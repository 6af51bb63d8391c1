package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.RunState;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.suite.Suite;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code list}: every word that the other commands take. */
@Command(
    name = "list",
    description = "Show suites, maps, operations, profiles and runs.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  list", "  list --json"})
final class ListCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin ResultsOption results;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.indented(json()));
    } else {
      print(FoldedLines.on(out));
    }
    out.flush();
    return ExitCode.DONE;
  }

  /** What there is to choose from, by its key in JSON. */
  private Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("suites", Suite.namedByRun());
    choices().forEach(choice -> all.put(choice.key(), choice.words()));
    all.put("profiles", profiles());
    Map<String, String> states = states();
    all.put("runs", List.copyOf(states.keySet()));
    all.put("states", states);
    return all;
  }

  private static List<Suite.Choice> choices() {
    return Suite.all().stream().flatMap(suite -> suite.choices().stream()).toList();
  }

  /** Name → description. */
  private static Map<String, String> profiles() {
    Profiles profiles = new Profiles(Path.of(""));
    Map<String, String> described = new TreeMap<>();
    profiles.names().forEach(name -> described.put(name, profiles.find(name).description()));
    return described;
  }

  /** Id → how far that run came, the newest first; see {@link RunState}. */
  private Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    RunFolder.ids(results.folder)
        .forEach(
            id -> states.put(id, RunState.of(RunFolder.open(results.folder.resolve(id))).word()));
    return states;
  }

  private void print(PrintWriter out) {
    line(out, "--suite", Suite.namedByRun());
    choices().forEach(choice -> line(out, choice.option(), choice.words()));
    out.println("--profile");
    profiles().forEach((name, text) -> out.printf("  %-14s %s%n", name, text));
    out.println("runs");
    Map<String, String> states = states();
    states.forEach((id, state) -> out.printf("  %-14s %s%n", Shown.name(id), state));
    if (states.isEmpty()) {
      out.println("  none yet; `run` makes one");
    }
  }

  private static void line(PrintWriter out, String option, List<String> words) {
    out.printf("%-10s %s%n", option, String.join(", ", words));
  }
}
