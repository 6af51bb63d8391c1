package dev.bpfgauge.cli;

import dev.bpfgauge.os.Shown;
import dev.bpfgauge.suite.ab.KnownSetting;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ab list}: settings with a short name. */
@Command(
    name = "list",
    description = {
      "Show settings that an arm can name, and what is in force now.",
      "Changes nothing."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  ab list", "  ab --b thp-never -- ./load.sh"})
final class AbList implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (KnownSetting setting : KnownSetting.values()) {
      out.println(setting.word() + ": " + setting.words());
      out.println(
          String.format(
              Locale.ROOT,
              "    %s (%s)",
              setting.text(),
              setting.now().map(now -> "now " + Shown.name(now)).orElse("not on this kernel")));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
