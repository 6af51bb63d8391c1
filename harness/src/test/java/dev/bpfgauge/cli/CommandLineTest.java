package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.suite.Suite;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What every command says of itself, and what it says to a wrong command line. */
class CommandLineTest {
  /** Beside the longest name in a list of commands, two lines of 80 columns at most. */
  private static final int LONGEST_FIRST_SENTENCE = 70;

  private record Ended(int code, String out, String err) {}

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandIsListedWithAWholeSentence(List<String> words) {
    String[] description = spec(words).usageMessage().description();
    if (words.equals(List.of("generate-completion"))) {
      description = Arrays.copyOf(description, 1); // picocli's; the rest are commands to type
    }

    assertTrue(description.length > 0, words + " has no description");
    for (String paragraph : description) {
      assertTrue(
          paragraph.isBlank() || paragraph.matches("(?s).*[.:]"), words + " is cut: " + paragraph);
    }
    assertTrue(description[0].length() <= LONGEST_FIRST_SENTENCE, words + ": " + description[0]);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aHintNamesTheWholeCommand(List<String> words) {
    Ended ended = execute(words, "--unheard-of-option");

    assertEquals(2, ended.code, ended.err);
    assertTrue(
        ended.err.contains(
                "See: java -jar harness/target/harness.jar " + String.join(" ", words) + " --help")
            || ended.err.contains("Possible solutions")
            || ended.err.contains("Did you mean"),
        ended.err);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpOfACommandIsItsOwn(List<String> words) {
    if (words.equals(List.of("generate-completion"))) {
      return; // picocli's
    }
    Ended ended = execute(words, "--help");

    assertEquals(0, ended.code, ended.err);
    assertTrue(ended.out.startsWith("Usage: bpfgauge " + String.join(" ", words)), ended.out);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void helpOfAWordThatIsNoCommandIsRefused(List<String> words) {
    Ended ended = execute(words, "wrod", "--help");

    assertEquals(2, ended.code, ended.out);
    assertTrue(ended.err.contains("wrod"), ended.err);
    assertEquals("", ended.out);
  }

  /** A lone percent sign makes picocli complain on the user's terminal. */
  @ParameterizedTest
  @MethodSource("commands")
  void wordsOfHelpAreFormatsThatJavaTakes(List<String> words) {
    UsageMessageSpec help = spec(words).usageMessage();
    Stream.of(help.description(), help.footer())
        .flatMap(Arrays::stream)
        .forEach(line -> assertDoesNotThrow(() -> String.format(line), line));
  }

  /** A line of an example that is broken cannot be copied. */
  @ParameterizedTest
  @MethodSource("commands")
  void everyExampleIsALineAndACommandThatTheProgramTakes(List<String> words) {
    for (String line : spec(words).usageMessage().footer()) {
      assertTrue(line.length() <= 80, line.length() + ": " + line);
      String command = line.strip().replaceFirst(" {2,}.*", "").replaceFirst(" > .*", "");
      boolean remark = line.startsWith("   "); // what the line above does
      if (line.startsWith("  ") && !remark && !command.matches(".*[|$].*")) {
        CommandLine whole = Main.commandLine();
        String[] arguments = shellWords(command);
        assertDoesNotThrow(() -> whole.parseArgs(Main.withCommand(whole, arguments)), line);
      }
    }
  }

  @Test
  void helpIsACommandToo() {
    CommandLine line = Main.commandLine();
    assertArrayEquals(new String[] {"--help"}, Main.withCommand(line, "help"));
    assertArrayEquals(
        new String[] {"kernels", "run", "--help"},
        Main.withCommand(line, "help", "kernels", "run"));
  }

  private static String[] shellWords(String command) {
    return Pattern.compile("'([^']*)'|(\\S+)")
        .matcher(command)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .toArray(String[]::new);
  }

  @Test
  void helpNamesEverySuite() {
    String run = execute(List.of("run"), "--help").out;
    String lab = execute(List.of("kernels", "run"), "--help").out;

    Suite.namedByRun().forEach(suite -> assertTrue(run.contains(suite), suite));
    Suite.measuredInGuests().forEach(suite -> assertTrue(lab.contains(suite), suite));
  }

  /** Every option with a type of its own, given what is not of that type. */
  @ParameterizedTest
  @MethodSource("commands")
  void whatIsOfTheWrongTypeIsToldByOptionValueAndExample(List<String> words) {
    for (var option : spec(words).options()) {
      Class<?> type = option.auxiliaryTypes()[0];
      boolean typed =
          List.of(int.class, Integer.class, long.class, Long.class, double.class, Double.class)
                  .contains(type)
              || type.isEnum();
      if (!typed) {
        continue;
      }

      Ended ended = execute(words, option.longestName() + "=abc");

      assertEquals(2, ended.code, ended.err);
      assertTrue(ended.err.contains(option.longestName() + " takes "), ended.err);
      assertTrue(ended.err.contains("not 'abc'"), ended.err);
      assertTrue(type.isEnum() || ended.err.contains("for example"), ended.err);
      assertFalse(ended.err.contains("is not a"), ended.err);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --rounds 99999999999               | --rounds takes a whole number of at most"
            + " 2147483647",
        "run --rounds 3.5                       | --rounds takes a whole number, not '3.5'",
        "run --margin 2,5                       | a number with a point",
        "run --margin NaN                       | --margin takes",
        "run --threads 99999                    | --threads takes from 1 to",
        "run --threads 0                        | --threads takes from 1 to",
        "run --entries 0                        | --entries takes whole numbers from 1 to",
        "run --entries 64,4294967296            | --entries takes whole numbers from 1 to",
        "run --key-size 0                       | --key-size takes whole numbers from 4 to",
        "run --value-size 7                     | --value-size takes whole numbers from 8 to",
        "run --fill 101                         | --fill takes whole numbers from 1 to 100.",
        "run --batch 0                          | --batch takes whole numbers from 1 to",
        "run --key-size 8 --map array           | key=8",
        "run --suite kernel-maps --key-size 8 --map array,percpu-array --op lookup | key=8",
        "run --map hash --op delete --order zipf | order=zipf",
        "run --measure 500000 --fork-timeout 60 | --fork-timeout takes",
        "run --suite verifier --program-size 0  | --program-size takes",
        "run --program-size 8                   | --program-size is for suite verifier, which is"
            + " not",
        "run --suite hooks --order zipf         | --order is for suite maps, which is not asked"
            + " for",
        "run --suite mpas --order zipf          | maps",
        "diagnose --for 5s irq-stats            | --for is for the whole picture, without a module",
        "diagnose -o x.html                     | -o is for the whole picture",
        "diagnose --for 5s --modules irq-stat   | did you mean",
        "diagnose --for 5s --modules kprobe     | must be told what to look at",
        "diagnose --for 5s --modules kprobs     | unknown module",
        "diagnose irq-stats --watch load 1       | Unknown option: '--watch'",
        "diagnose --for 1ms                      | --for takes a second or more",
        "diagnose --for 5s -p 99999999           | no process 99999999",
        "diagnose --for 0s --modules irq-stats,perf -o x | --for takes a time",
        "diagnose --for 5s --budget 0           | --budget takes",
        "diagnose --for soon                    | --for takes a time",
        "diagnose irq-stats --budget 101        | --budget takes",
        "kernels run --via ringbuf              | --via is for suite events, which is not asked"
            + " for",
        "run --suite verifier --op subprograms --program-size 256 | size 256",
        "trend night --delay -5                 | --delay takes",
        "calibrate --rounds 0                   | --rounds takes",
        "calibrate --delay 0                    | --delay takes",
        "tools overhead --margin NaN            | --margin takes",
        "tools overhead --measure 0             | --measure takes",
        "tools cpudist -p 0                     | no process 0",
        "tools offwaketime -t -1                | no thread -1",
        "tools cpudist 0                        | from 1",
        "top -n 0                               | --iterations takes",
        "top -d 0                               | --delay takes",
        "top --sort cost                        | --sort takes",
        "top --sample -d 1s                     | --sample watches",
        "top --audit --json                     | leave out --json",
        "top --json --openmetrics -             | choose one",
        "mllb collect --scenario cpu -o x.csv --buffer 2147483647 | --buffer takes",
        "mllb collect --scenario cpu -o x.csv --batch 0 | --batch takes",
        "mllb collect --scenario cpu -o x.csv --duration 0 | --duration takes",
        "mllb compare --margin NaN              | --margin takes",
        "mllb compare --rounds 0                | --rounds takes",
        "kernels run --suite maps-seed          | maps-seed",
        "run --entries ,                        | --entries names nothing",
        "run -p ,                               | --profile names nothing",
        "run --map , --op lookup                | --map names nothing",
        "run --for abc                          | --for takes",
        "run --for 0s                           | --for takes",
        "run --for -5m                          | --for takes",
        "run --until 0                          | --until takes",
        "run --until 100%                       | --until takes",
        "run --until 5x                         | --until takes",
        "run --until-decided --until 5%         | ask for different ends",
        "run --resume latest --for 9m           | leave out --for",
        "run --resume latest --rounds 9         | leave out --rounds",
        "run --resume latest --map hash         | leave out --map"
      })
  void whatCannotBeMeasuredIsRefusedBeforeAnythingStarts(String line, String said) {
    List<String> words = List.of(line.strip().split(" +", -1));

    Ended ended = execute(List.of(), words.toArray(String[]::new));

    assertEquals(2, ended.code, ended.out + ended.err);
    assertTrue(ended.err.contains(said.strip()), ended.err);
    assertTrue(!said.contains(" takes") || ended.err.contains("\nSee: "), ended.err);
  }

  /** The suites' own limits, and words that nothing is called by. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run --key-size 8 --map array",
        "run --map hsah",
        "run --op look",
        "run --path x",
        "run --suite nope",
        "run -p nope",
        "run --suite verifier --op subprograms --program-size 256",
        "kernels run --suite nope"
      })
  void aRefusedWordOfAnOptionNamesTheHelpToSee(String line) {
    Ended ended = execute(List.of(), line.split(" ", -1));

    assertEquals(2, ended.code, ended.out + ended.err);
    String command = line.substring(0, line.indexOf(" -"));
    assertTrue(ended.err.stripTrailing().endsWith("harness.jar " + command + " --help"), ended.err);
    assertEquals(2, ended.err.lines().count(), ended.err);
  }

  /** Of the others only what help says of them is read. */
  @ParameterizedTest
  @MethodSource("commands")
  void aCommandIsTheSameWhereOnlyItIsReadWhole(List<String> words) {
    CommandLine whole = Main.commandLine();
    CommandLine named = Main.commandLine(words.toArray(String[]::new));
    assertEquals(whole.getUsageMessage(), named.getUsageMessage());
    for (String word : words) {
      whole = Objects.requireNonNull(whole.getSubcommands().get(word), word);
      named = Objects.requireNonNull(named.getSubcommands().get(word), word);
    }
    assertEquals(whole.getUsageMessage(), named.getUsageMessage());
  }

  private static Stream<List<String>> commands() {
    return all(Main.commandLine(), List.of()).stream().filter(words -> !words.isEmpty());
  }

  /** Those that have commands below them and take no other word, the program itself among them. */
  private static Stream<List<String>> groups() {
    return all(Main.commandLine(), List.of()).stream()
        .filter(words -> !spec(words).subcommands().isEmpty())
        .filter(words -> spec(words).positionalParameters().isEmpty());
  }

  private static List<List<String>> all(CommandLine line, List<String> words) {
    List<List<String>> all = new ArrayList<>(List.of(words));
    line.getSubcommands()
        .forEach((name, below) -> {
          List<String> longer = new ArrayList<>(words);
          longer.add(name);
          all.addAll(all(below, List.copyOf(longer)));
        });
    return all;
  }

  private static CommandSpec spec(List<String> words) {
    CommandLine line = Main.commandLine();
    for (String word : words) {
      line = Objects.requireNonNull(line.getSubcommands().get(word), word);
    }
    return line.getCommandSpec();
  }

  private static Ended execute(List<String> words, String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(words);
    all.addAll(Arrays.asList(more));
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }
}
