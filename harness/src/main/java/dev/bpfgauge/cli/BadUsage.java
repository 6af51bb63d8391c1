package dev.bpfgauge.cli;

import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.Shown;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a wrong command line is told: one sentence, and which help says more. */
final class BadUsage {
  private static final String WHOLE_NUMBER = "[+-]?\\d+";

  private BadUsage() {}

  static int report(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    Optional<String> unknown = unknownOption(e, args);
    line.getErr()
        .println(
            Terminal.complaint()
                + Shown.text(unknown.map("Unknown option: '%s'"::formatted).orElse(sentence(e))));
    if (!UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
      nameHelp(line);
    }
    return ExitCode.USAGE;
  }

  /**
   * An option that the command does not have, where picocli stumbles over the word behind it, which
   * it takes for a parameter.
   */
  private static Optional<String> unknownOption(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    return e.getArgSpec() instanceof PositionalParamSpec
        ? Arrays.stream(args)
            .skip(Arrays.asList(args).indexOf(command.name()) + 1L)
            .filter(word -> word.matches("--?[A-Za-z].*"))
            .map(word -> word.startsWith("--") ? word.split("=", 2)[0] : word.substring(0, 2))
            .filter(name -> command.findOption(name) == null)
            .findFirst()
        : Optional.empty();
  }

  /** Says which help has what the options take. */
  static void nameHelp(CommandLine line) {
    line.getErr().println("See: " + Program.command(words(line.getCommandSpec())));
  }

  /**
   * A request for help makes picocli overlook whatever it does not know: {@code anchor --help}
   * would print the general help and succeed.
   *
   * @throws UnmatchedArgumentException where there is such a word
   */
  static void refuseUnknownWords(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      if (!at.unmatched().isEmpty()) {
        throw new UnmatchedArgumentException(at.commandSpec().commandLine(), at.unmatched());
      }
    }
  }

  /**
   * {@code --entries ,} names nothing, and would mean whatever the default is.
   *
   * @throws ParameterException where a list has nothing in it
   */
  static void refuseEmptyLists(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      for (OptionSpec option : at.matchedOptions()) {
        boolean empty =
            !option.splitRegex().isEmpty()
                && option.originalStringValues().stream().anyMatch(BadUsage::namesNothing);
        if (empty) {
          throw new ParameterException(
              at.commandSpec().commandLine(),
              option.longestName()
                  + " names nothing: give one value or more, with commas between.");
        }
      }
    }
  }

  private static boolean namesNothing(String list) {
    return list.chars().allMatch(c -> c == ',' || Character.isWhitespace(c));
  }

  private static String[] words(CommandSpec spec) {
    String qualified = spec.qualifiedName() + " --help";
    return qualified.substring(spec.root().name().length()).strip().split(" ", -1);
  }

  private static String sentence(ParameterException e) {
    ArgSpec option = e.getArgSpec();
    boolean wrongType =
        e.getCause() instanceof TypeConversionException
            || e.getCause() instanceof IllegalArgumentException;
    if (option != null && option.typeInfo().isMap() && e.getValue() != null && !wrongType) {
      return "%s takes %s, not '%s'."
          .formatted(
              option instanceof OptionSpec named ? named.longestName() : option.paramLabel(),
              option.paramLabel(),
              e.getValue());
    }
    return option != null && wrongType && e.getValue() != null
        ? typeSentence(option, e.getValue())
        : String.valueOf(e.getMessage());
  }

  /** {@code --rounds takes a whole number, not 'abc': for example --rounds 5.} */
  private static String typeSentence(ArgSpec argument, String given) {
    Class<?> type = argument.auxiliaryTypes()[0];
    String name =
        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    String example = example(argument, type);
    return "%s takes %s, not '%s'%s."
        .formatted(
            name,
            wanted(type, given),
            given,
            example == null
                ? ""
                : ": for example "
                    + (argument instanceof OptionSpec ? name + " " + example : example));
  }

  private static String wanted(Class<?> type, String given) {
    if (type.isEnum()) {
      return "one of " + constants(type);
    }
    if (type == int.class || type == Integer.class) {
      return given.matches(WHOLE_NUMBER)
          ? "a whole number of at most " + Integer.MAX_VALUE
          : "a whole number";
    }
    if (type == long.class || type == Long.class) {
      return given.matches(WHOLE_NUMBER)
          ? "a whole number of at most " + Long.MAX_VALUE
          : "a whole number";
    }
    return type == double.class || type == Double.class
        ? "a number with a point for its fraction"
        : "a " + type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String example(ArgSpec argument, Class<?> type) {
    String usual = argument.defaultValue();
    if (usual != null && !usual.isEmpty()) {
      return usual;
    }
    if (type.isEnum()) {
      return null;
    }
    return type == double.class || type == Double.class
        ? "2.5"
        : type == int.class || type == Integer.class || type == long.class || type == Long.class
            ? "5"
            : null;
  }

  private static String constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
