package dev.bpfgauge.cli;

import dev.bpfgauge.run.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bpfgauge}: {@code java -jar harness.jar -p cpu80} is its {@code run}. */
@Command(
    name = "bpfgauge",
    description = "What eBPF costs, on your kernel, under your load.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      ListCommand.class,
      DoctorCommand.class,
      ReportCommand.class,
      CompareRunsCommand.class,
      ExportCommand.class,
      TrendCommand.class,
      CalibrateCommand.class,
      KernelsCommand.class,
      ToolsCommand.class,
      MllbCommand.class,
      CleanCommand.class,
      RestoreCommand.class,
      GenerateCompletion.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  java -jar harness.jar -p cpu80        idle and cpu80, interleaved, with a report",
      "  java -jar harness.jar run --quick     two minutes, indicative only",
      "  java -jar harness.jar doctor          what this machine can do, and the fix for the rest",
      "  java -jar harness.jar report latest   write the newest run's report again",
      "",
      "Options without a command belong to run. Exit codes: 0 done, 1 a gate failed, 2 usage,",
      "3 this machine cannot do it, 4 partial results, 130 interrupted."
    })
public final class Main implements Runnable {
  private static final Set<String> OF_MAIN = Set.of("-h", "--help", "-V", "--version");

  @Spec CommandSpec spec;

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    StandardOutput output = StandardOutput.watched();
    int code = output.judge(execute(args));
    Cancellation.commandEnded();
    System.exit(code);
  }

  /** Runs one command and returns its exit code. */
  static int execute(String... args) {
    CommandLine line = commandLine();
    return line.execute(withCommand(line, args));
  }

  /** Every command with its options. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setHelpFactory(Main::help)
        .setParameterExceptionHandler(Main::onBadUsage)
        .setExecutionExceptionHandler(Failures::report);
  }

  /** Puts {@code run} in front of options that stand alone: {@code -p cpu80}. */
  static String[] withCommand(CommandLine line, String... args) {
    if (args.length == 0
        || OF_MAIN.contains(args[0])
        || !args[0].startsWith("-")
        || line.getSubcommands().containsKey(args[0])) {
      return args;
    }
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(List.of(args));
    return all.toArray(String[]::new);
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /** Asked for when help is printed: only then it matters how wide the terminal is. */
  private static Help help(CommandSpec spec, Help.ColorScheme colours) {
    spec.usageMessage().width(Terminal.widthOfHelp());
    return new Help(spec, Terminal.helpColours());
  }

  private static int onBadUsage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    line.getErr().println(Terminal.complaint() + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
      line.getErr()
          .println("See: java -jar harness.jar " + commandName(line.getCommandSpec()) + "--help");
    }
    return ExitCode.USAGE;
  }

  private static String commandName(CommandSpec spec) {
    return spec.parent() == null ? "" : spec.name() + " ";
  }

  /** The version from the jar's manifest. */
  static final class Version implements IVersionProvider {

    static String text() {
      @Nullable String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {
        "bpfgauge " + text(), "JDK " + Runtime.version() + ", " + System.getProperty("os.arch")
      };
    }
  }
}
