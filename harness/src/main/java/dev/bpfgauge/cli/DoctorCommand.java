package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.machine.host.Capabilities;
import dev.bpfgauge.machine.host.Environment;
import dev.bpfgauge.machine.host.Fingerprint;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Capability;
import dev.bpfgauge.os.Shown;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what this machine can do, what is missing, and the fix for each. */
@Command(
    name = "doctor",
    description = "Show what this machine can do, and the fix for the rest.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  doctor",
      "  doctor --json",
      "Changes nothing. Ends with 3 if maps cannot be measured."
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** What {@code --json} prints. */
  record Findings(
      Map<String, String> fingerprint,
      Map<String, String> environment,
      List<Capability> capabilities) {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Findings findings =
        new Findings(Fingerprint.read(Roots.SYSTEM), Environment.here(), Capabilities.probe());
    if (json) {
      out.println(Json.indented(findings));
    } else {
      print(FoldedLines.on(out), findings);
    }
    out.flush();
    return canMeasure(findings) ? ExitCode.DONE : ExitCode.ENVIRONMENT;
  }

  private static boolean canMeasure(Findings findings) {
    return findings.capabilities().stream()
        .filter(capability -> capability.name().startsWith("bpf.map."))
        .anyMatch(Capability::isSupported);
  }

  private static void print(PrintWriter out, Findings findings) {
    findings
        .fingerprint()
        .forEach((name, value) -> out.printf("%-18s %s%n", name, Shown.name(value)));
    out.println();
    Set<String> said = new HashSet<>();
    for (Capability capability : findings.capabilities()) {
      out.printf(
          "%s %-24s %s%n",
          mark(capability.state()), capability.name(), Shown.name(capability.detail()));
      if (!capability.fix().isEmpty() && said.add(capability.fix())) {
        out.printf("%30s fix: %s%n", "", Shown.name(capability.fix()));
      }
    }
  }

  private static String mark(Capability.State state) {
    return Terminal.colours()
        .string(
            switch (state) {
              case SUPPORTED -> "@|green ok    |@";
              case DENIED -> "@|red denied|@";
              case ABSENT -> "@|yellow absent|@";
            });
  }
}
