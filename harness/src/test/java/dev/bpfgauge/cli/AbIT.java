package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.os.ForeignText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ab} as users type it. */
class AbIT {
  private static final Path SETTING = Path.of("/proc/sys/kernel/printk_ratelimit_burst");

  @TempDir Path folder;

  private static String setting() throws Exception {
    return ForeignText.read(SETTING).strip();
  }

  private List<ForkRecord> forks() {
    return RunFolder.resolve(folder.resolve("results"), "latest").read().forks();
  }

  /** The command itself says what was in force. */
  @Test
  void aSettingIsInForceOnItsArmAlone() throws Exception {
    Requires.root();
    String before = setting();
    Jar.Ended ended =
        new Jar(folder)
            .run(
                "ab",
                "--b",
                "sysctl:kernel.printk_ratelimit_burst=123",
                "--b",
                "env:MINE=456",
                "--metric",
                "set=^set ([0-9]+)$",
                "--metric",
                "mine=mine ([0-9]+)",
                "--rounds",
                "3",
                "--measure",
                "1",
                "--",
                "echo set $(cat " + SETTING + "); echo mine ${MINE:-0} >&2");

    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    assertEquals(before, setting());
    assertEquals(6, forks().size());
    Map<String, List<Double>> seen =
        forks().stream()
            .collect(
                Collectors.groupingBy(
                    fork -> fork.cell().profile(),
                    Collectors.mapping(fork -> extra(fork, "metric_set"), Collectors.toList())));
    double usual = Double.parseDouble(before);
    assertEquals(
        Map.of(
            "a", List.of(usual, usual, usual),
            "b", List.of(123.0, 123.0, 123.0)),
        seen);
    assertTrue(ended.out().contains("b against a, wall clock: "), ended.out());
    assertTrue(ended.out().contains("Metric mine"), ended.out());
    Path run = RunFolder.resolve(folder.resolve("results"), "latest").path();
    String page = Files.readString(run.resolve("report.html"));
    assertTrue(page.contains("One setting against another"), "the section is there");
    assertTrue(page.contains("sysctl:kernel.printk_ratelimit_burst=123"), "and the arms");
  }

  @Test
  void settingsThatHaveANameAreListedAndTaken() throws Exception {
    Requires.root();
    Path stats = Path.of("/proc/sys/kernel/bpf_stats_enabled");
    String before = ForeignText.read(stats).strip();
    Jar.Ended list = new Jar(folder).run("ab", "list");
    assertEquals(0, list.exitCode(), list.err());
    assertTrue(
        list.out().contains("sysctl:kernel.bpf_stats_enabled=1 (now " + before + ")"), list.out());
    Jar.Ended ended =
        new Jar(folder)
            .run(
                "ab",
                "--b",
                "bpf-stats",
                "--rounds",
                "2",
                "--measure",
                "1",
                "--metric",
                "now=^([0-9])$",
                "--",
                "cat " + stats);

    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    forks().stream()
        .filter(fork -> fork.cell().profile().equals("b"))
        .forEach(fork -> assertEquals(1.0, extra(fork, "metric_now")));
    assertEquals(before, ForeignText.read(stats).strip());
  }

  /** The command itself says which arm runs. */
  @Test
  void armsOfAShortCommandTakeTurns() throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .run(
                "ab",
                "--b",
                "env:ARM=b",
                "--rounds",
                "2",
                "--measure",
                "250",
                "--",
                "echo ${ARM:-a} >> seen");

    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    List<String> seen = Files.readAllLines(folder.resolve("seen"));
    seen = seen.subList(2, seen.size()); // those before were tried once
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < seen.size(); i += 2) {
      turns.add(String.join(" ", seen.subList(i, i + 2)));
    }
    assertEquals(Set.of("a b", "b a"), Set.copyOf(turns));
    assertEquals(turns.size() / 2, Collections.frequency(turns, "a b"), turns.toString());
    double runs = forks().stream().mapToDouble(fork -> extra(fork, "runs")).sum();
    assertEquals(seen.size(), runs);
    assertTrue(ended.out().replaceAll("\\s+", " ").contains("run by run"), ended.out());
  }

  /** The kernel says which one the command is in; the script puts it there as well. */
  @Test
  void aCommandRunsInTheControlGroupOfItsArm() throws Exception {
    Requires.root();
    Path group =
        Cgroups.read()
            .unified()
            .orElseThrow()
            .resolve("bpfgauge-ab-test-" + ProcessHandle.current().pid());
    Files.createDirectory(group);
    try {
      List<String> words =
          List.of(
              "--b",
              "cgroup:" + group,
              "--rounds",
              "2",
              "--measure",
              "1",
              "--metric",
              "inside=^([01])$",
              "--",
              "grep -c " + group.getFileName() + " /proc/self/cgroup | tee -a seen");
      List<String> arguments = new ArrayList<>(List.of("ab"));
      arguments.addAll(words);
      Jar.Ended ended = new Jar(folder).run(arguments.toArray(String[]::new));

      assertEquals(0, ended.exitCode(), ended.out() + ended.err());
      forks()
          .forEach(fork ->
              assertEquals(
                  fork.cell().profile().equals("b") ? 1 : 0, extra(fork, "metric_inside")));
      Files.delete(folder.resolve("seen"));
      arguments.add(1, "--script");
      Jar.Ended script = new Jar(folder).run(arguments.toArray(String[]::new));
      Path file = Files.writeString(folder.resolve("ab.sh"), script.out());
      Process shell = new ProcessBuilder("sh", file.toString()).directory(folder.toFile()).start();
      String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, shell.waitFor(), said);
      assertEquals(
          List.of("0", "0", "1", "1"),
          Files.readAllLines(folder.resolve("seen")).stream().sorted().toList());
    } finally {
      Files.delete(group);
    }
  }

  /** A file that was empty, and one whose numbers the kernel divides by tabs. */
  @Test
  void settingsThatReadOtherwiseAreSetAndPutBack() throws Exception {
    Requires.root();
    Path ports = Path.of("/proc/sys/net/ipv4/ip_local_reserved_ports");
    Path range = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    String portsBefore = ForeignText.read(ports);
    String rangeBefore = ForeignText.read(range);
    Jar.Ended ended =
        new Jar(folder)
            .run(
                "ab",
                "--b",
                "sysctl:net.ipv4.ip_local_reserved_ports=8080",
                "--b",
                "sysctl:net.ipv4.ip_local_port_range=32769 60998",
                "--rounds",
                "2",
                "--measure",
                "1",
                "--metric",
                "low=low ([0-9]+)",
                "--metric",
                "ports=ports ([0-9]+)",
                "--",
                "echo low $(cat " + range + "); echo ports 0$(cat " + ports + ")");

    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    assertEquals(portsBefore, ForeignText.read(ports));
    assertEquals(rangeBefore, ForeignText.read(range));
    forks()
        .forEach(fork -> {
          boolean isB = fork.cell().profile().equals("b");
          assertEquals(isB, extra(fork, "metric_low") == 32769, fork.toString());
          assertEquals(isB, extra(fork, "metric_ports") == 8080, fork.toString());
        });
  }

  /** Ctrl-C before anything is measured ends the command as well. */
  @Test
  void anInterruptedTrialLeavesNothing() throws Exception {
    Jar jar = new Jar(folder).through("env", "--default-signal=INT");
    Process run = jar.start("ab", "--", "echo there > there; sleep 601");
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.SECONDS);
      while (!Files.exists(folder.resolve("there")) && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      new ProcessBuilder("kill", "-INT", Long.toString(run.pid())).start().waitFor();
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
      assertEquals(ExitCode.INTERRUPTED, run.exitValue(), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    assertEquals(
        0,
        ProcessHandle.allProcesses()
            .filter(p -> p.info().commandLine().orElse("").contains("sleep 601"))
            .count());
  }

  /** It does what it says, and puts back what it set. */
  @Test
  void theScriptDoesTheSame() throws Exception {
    Requires.root();
    String before = setting();
    Jar.Ended ended =
        new Jar(folder)
            .run(
                "ab",
                "--script",
                "--rounds",
                "3",
                "--b",
                "sysctl:kernel.printk_ratelimit_burst=125",
                "--b",
                "cpus:0",
                "--b",
                "env:MINE=it is",
                "--",
                "echo $(cat " + SETTING + ") $(nproc) ${MINE:-none} >> seen");

    assertEquals(0, ended.exitCode(), ended.err());
    Path script = Files.writeString(folder.resolve("ab.sh"), ended.out());
    Process shell =
        new ProcessBuilder("sh", script.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, shell.waitFor(), said);
    assertEquals(before, setting());
    assertEquals(6, said.lines().filter(line -> line.matches("[ab] \\d+ us")).count(), said);
    List<String> seen = Files.readAllLines(folder.resolve("seen"));
    int cpus = Runtime.getRuntime().availableProcessors();
    assertEquals(3, seen.stream().filter((before + " " + cpus + " none")::equals).count(), said);
    assertEquals(3, seen.stream().filter("125 1 it is"::equals).count(), seen.toString());
  }

  @Test
  void whatSigkillLeftIsPutBackAndTheRunGoesOn() throws Exception {
    Requires.root();
    String before = setting();
    Jar jar = new Jar(folder);
    Process run =
        jar.start(
            "ab",
            "--b",
            "sysctl:kernel.printk_ratelimit_burst=124",
            "--rounds",
            "2",
            "--measure",
            "1",
            "--",
            "if [ -e go ]; then sleep 0.01; else [ $(cat "
                + SETTING
                + ") != 124 ] || sleep 600; fi");
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.SECONDS);
      while (!setting().equals("124") && run.isAlive() && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertEquals("124", setting(), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    assertEquals("124", setting());
    Files.createFile(folder.resolve("go"));

    Jar.Ended ended = new Jar(folder).run("run", "--resume", "latest");

    assertEquals(before, setting());
    assertEquals(0, ended.exitCode(), ended.out() + ended.err());
    assertEquals(4, forks().stream().filter(f -> f.status() == ForkStatus.OK).count());
    assertEquals(
        0,
        ProcessHandle.allProcesses()
            .filter(p -> p.info().commandLine().orElse("").contains("sleep 600"))
            .count());
  }

  @Test
  void aCommandThatFailsOnOneArmIsNoFigureThere() throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .run(
                "ab",
                "--b",
                "env:FAILS_FROM_NOW=1",
                "--rounds",
                "2",
                "--measure",
                "1",
                "--",
                "n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) > n; [ -z \"$FAILS_FROM_NOW\" ] ||"
                    + " [ $n -lt 2 ] || { echo no luck >&2; exit 7; }");

    assertEquals(ExitCode.PARTIAL, ended.exitCode(), ended.out() + ended.err());
    for (ForkRecord fork : forks()) {
      boolean isB = fork.cell().profile().equals("b");
      assertEquals(isB ? ForkStatus.CRASHED : ForkStatus.OK, fork.status(), fork.toString());
      assertEquals(isB ? "the command ended with exit code 7: no luck" : "", fork.reason());
    }
    assertTrue(ended.out().contains("b against a: nothing to compare."), ended.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-command | there is no program no-such-command on the PATH",
        "exit 3 # no shell without blanks | the command ended with exit code 3",
        "--metric rate=([0-9]+)/s -- true | the command printed nothing that --metric",
        "--metric rate=(x -- true | is not a regular expression",
        "--metric =x -- true | --metric takes NAME=REGEX",
        "--b env:A=1 --b env:A=2 -- true | is set twice on this arm",
        "--b env:A -- true | env takes env:NAME=VALUE",
        "--b sysctl:no.such=1 -- true | this kernel has no /proc/sys/no/such",
        "--for 1s -- sleep 1 | 16 rounds of this command take about",
        "--for soon -- true | --for takes a time above 0, like 90s or 5m",
      })
  void whatMakesNoExperimentIsRefusedBeforeAnythingStarts(String words, String sentence)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("ab"));
    if (words.startsWith("--")) {
      arguments.addAll(List.of(words.split(" ", -1)));
    } else {
      arguments.addAll(List.of("--", words));
    }
    Jar.Ended ended = new Jar(folder).run(arguments.toArray(String[]::new));

    assertEquals(ExitCode.USAGE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().replaceAll("\\s+", " ").contains(sentence), ended.err());
    assertFalse(Files.exists(folder.resolve("results")));
  }

  private static double extra(ForkRecord fork, String name) {
    return Objects.requireNonNull(
        Objects.requireNonNull(Objects.requireNonNull(fork.measurement()).extras()).get(name));
  }
}
