package dev.bpfgauge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.os.Shown;
import dev.bpfgauge.run.Cancellation;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code bpfgauge}: {@code java -jar harness.jar -p cpu80} is its {@code run}. */
@Command(
    name = "bpfgauge",
    description = "What eBPF costs, on your kernel, under your load.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples, after java -jar harness/target/harness.jar:%n",
    footer = {
      "  -p cpu80        idle and cpu80, interleaved, with a report",
      "  run --quick     short forks, two minutes",
      "  doctor          what this machine can do, and the fix for the rest",
      "  report latest   write the newest run's report again",
      "  help run        what run takes; help COMMAND is COMMAND --help",
      "",
      "Options without a command belong to run. Exit codes: 0 done, 1 a gate failed,",
      "2 usage, 3 this machine cannot do it, 4 partial results, 130, 143 and 129",
      "interrupted by Ctrl-C, SIGTERM and a closed terminal."
    })
public final class Main implements Runnable {
  private static final String HELP = "help";
  private static final String RUN = "run";

  /** In the order of help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          ListCommand.class,
          DoctorCommand.class,
          ReportCommand.class,
          CompareRunsCommand.class,
          ExportCommand.class,
          TrendCommand.class,
          CalibrateCommand.class,
          KernelsCommand.class,
          ProgCommand.class,
          AbCommand.class,
          ToolsCommand.class,
          DiagnoseCommand.class,
          TopCommand.class,
          MllbCommand.class,
          CleanCommand.class,
          RestoreCommand.class,
          GenerateCompletion.class);

  private static final Set<String> OF_MAIN = Set.of("-h", "--help", "-V", "--version");

  /** What stands for bytes that are no character. */
  private static final char NOT_UTF_8 = '\ufffd';

  @Spec CommandSpec spec;

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    Locale.setDefault(Locale.ROOT); // Files and messages are the same bytes in every country.
    System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
    StandardOutput output = StandardOutput.watched();
    Optional<String> few = OpenFiles.tooFew();
    if (few.isPresent()) {
      System.err.println("bpfgauge: " + few.get());
      System.exit(ExitCode.ENVIRONMENT);
    }
    int code;
    try {
      code = output.judge(execute(args));
    } finally {
      Cancellation.commandEnded();
    }
    System.exit(code);
  }

  /** Runs one command and returns its exit code. */
  static int execute(String... args) {
    CommandLine line = commandLine(args);
    for (String word : args) {
      if (word.indexOf(NOT_UTF_8) >= 0) {
        line.getErr()
            .println(
                "bpfgauge: the argument '%s' is not UTF-8, and names are: give the file another name."
                    .formatted(word));
        return ExitCode.USAGE;
      }
    }
    try {
      return line.execute(withCommand(line, args));
    } catch (Error e) {
      return Failures.report(e, line);
    }
  }

  /** Every command with its options. */
  static CommandLine commandLine() {
    return commandLine(_ -> true);
  }

  /**
   * The commands that these words may mean with their options, of the others what help says of
   * them: to read all options of all commands is most of what a short command takes.
   */
  static CommandLine commandLine(String... args) {
    List<String> words = List.of(args);
    if (words.contains(annotation(GenerateCompletion.class).name())) {
      return commandLine();
    }
    boolean runIsLeftOut = args.length > 0 && args[0].startsWith("-") && !OF_MAIN.contains(args[0]);
    return commandLine(command ->
        words.contains(command.name())
            || !Collections.disjoint(words, List.of(command.aliases()))
            || (runIsLeftOut && command.name().equals(RUN)));
  }

  private static CommandLine commandLine(Predicate<Command> withOptions) {
    CommandLine line = new CommandLine(new Main());
    for (Class<?> type : COMMANDS) {
      Command command = annotation(type);
      line.addSubcommand(withOptions.test(command) ? new CommandLine(type) : named(command));
    }
    return line.setOut(Shown.on(line.getOut()))
        .setErr(FoldedLines.onError(Shown.on(line.getErr())))
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setHelpFactory(Main::help)
        .setExecutionStrategy(Main::executeKnown)
        .setParameterExceptionHandler(BadUsage::report)
        .setExecutionExceptionHandler(Failures::report);
  }

  private static Command annotation(Class<?> command) {
    return Objects.requireNonNull(command.getAnnotation(Command.class));
  }

  /** A command without its options. */
  private static CommandSpec named(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name()).aliases(command.aliases());
    spec.usageMessage()
        .header(command.header())
        .description(command.description())
        .hidden(command.hidden());
    return spec;
  }

  /**
   * Puts {@code run} in front of options that stand alone: {@code -p cpu80}; {@code help run} is
   * {@code run --help}.
   */
  static String[] withCommand(CommandLine line, String... args) {
    if (args.length > 0 && args[0].equals(HELP)) {
      return Stream.concat(Arrays.stream(args).skip(1), Stream.of("--help")).toArray(String[]::new);
    }
    if (args.length == 0
        || OF_MAIN.contains(args[0])
        || !args[0].startsWith("-")
        || line.getSubcommands().containsKey(args[0])) {
      return args;
    }
    List<String> all = new ArrayList<>(List.of(RUN));
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

  private static int executeKnown(ParseResult parsed) {
    BadUsage.refuseUnknownWords(parsed);
    BadUsage.refuseEmptyLists(parsed);
    return new CommandLine.RunLast().execute(parsed);
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
