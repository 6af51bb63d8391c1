package dev.bpfgauge.cli;

import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.run.Leftovers;
import dev.bpfgauge.run.MachineLock;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code restore}: puts back the machine settings that a killed harness had changed. */
@Command(
    name = "restore",
    description = "Put back the settings that a killed run had changed.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = "  restore      idle states, governors and frequencies exactly as they were found")
final class RestoreCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    try (InstanceLock _ =
        MachineLock.refusing("It puts its settings back itself when it ends.").take()) {
      return restore(out);
    }
  }

  private static int restore(PrintWriter out) {
    SavedState.Restored restored = Leftovers.restoreSettings();
    restored.notes().forEach(out::println);
    restored.restored().forEach(what -> out.println("restored " + what));
    restored.failed().forEach(what -> out.println("NOT restored: " + what));
    if (restored.restored().isEmpty() && restored.failed().isEmpty()) {
      out.println("Nothing to restore.");
    }
    out.flush();
    return restored.failed().isEmpty() ? ExitCode.DONE : ExitCode.ENVIRONMENT;
  }
}
