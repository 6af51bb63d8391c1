package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.suite.events.EventsSuite;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.suite.kernelmaps.KernelMapsSuite;
import dev.bpfgauge.suite.maps.CallPath;
import dev.bpfgauge.suite.maps.KeyOrder;
import dev.bpfgauge.suite.maps.MapKind;
import dev.bpfgauge.suite.maps.MapOperation;
import dev.bpfgauge.suite.mllb.MllbSuite;
import dev.bpfgauge.suite.verifier.VerifierSuite;
import java.io.PrintWriter;
import java.nio.file.Path;
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

  /**
   * What there is to choose from.
   *
   * @param profiles name → description
   * @param runs ids, newest first
   */
  record Choices(
      List<String> suites,
      List<String> maps,
      List<String> operations,
      List<String> kernelMaps,
      List<String> kernelOperations,
      List<String> hooks,
      List<String> bodies,
      List<String> verifierPrograms,
      List<String> eventOperations,
      List<String> eventWays,
      List<String> mllbOperations,
      List<String> paths,
      List<String> orders,
      Map<String, String> profiles,
      List<String> runs) {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Choices choices = choices();
    if (json) {
      out.println(Json.indented(choices));
    } else {
      print(FoldedLines.on(out), choices);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private Choices choices() {
    Profiles profiles = new Profiles(Path.of(""));
    Map<String, String> described = new TreeMap<>();
    profiles.names().forEach(name -> described.put(name, profiles.find(name).description()));
    return new Choices(
        Runs.SUITES,
        MapKind.words(),
        MapOperation.words(),
        KernelMapsSuite.maps(),
        KernelMapsSuite.operations(),
        HooksSuite.hooks(),
        HooksSuite.bodies(),
        VerifierSuite.shapes(),
        EventsSuite.operations(),
        EventsSuite.ways(),
        MllbSuite.operations(),
        words(CallPath.values(), CallPath::word),
        words(KeyOrder.values(), KeyOrder::word),
        described,
        RunFolder.ids(results.folder));
  }

  private static <E> List<String> words(E[] all, java.util.function.Function<E, String> word) {
    return List.of(all).stream().map(word).toList();
  }

  private static void print(PrintWriter out, Choices choices) {
    line(out, "--suite", choices.suites());
    line(out, "--map", choices.maps());
    line(out, "--op", choices.operations());
    line(out, "  in suite kernel-maps: --map", choices.kernelMaps());
    line(out, "  in suite kernel-maps: --op", choices.kernelOperations());
    line(out, "--hook", choices.hooks());
    line(out, "--body", choices.bodies());
    line(out, "  in suite verifier: --op", choices.verifierPrograms());
    line(out, "  in suite events: --op", choices.eventOperations());
    line(out, "  in suite mllb: --op", choices.mllbOperations());
    line(out, "--via", choices.eventWays());
    line(out, "--path", choices.paths());
    line(out, "--order", choices.orders());
    out.println("--profile");
    choices.profiles().forEach((name, text) -> out.printf("  %-14s %s%n", name, text));
    out.println("runs");
    choices.runs().forEach(id -> out.println("  " + Shown.name(id)));
    if (choices.runs().isEmpty()) {
      out.println("  none yet; `run` makes one");
    }
  }

  private static void line(PrintWriter out, String option, List<String> words) {
    out.printf("%-10s %s%n", option, String.join(", ", words));
  }
}
