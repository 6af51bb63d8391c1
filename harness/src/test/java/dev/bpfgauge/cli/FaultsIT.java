package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong is said in one sentence with its fix, and nothing is lost or left behind. */
class FaultsIT {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-p cpu08                     | cpu80",
        "--map hahs                   | hash",
        "--op lokup                   | lookup",
        "--suite mapz                 | maps",
        "--order rnadom               | random",
        "--entries 4294967296         | entries",
        "--entries many               | --entries",
        "--entries 0                  | entries",
        "--threads 0                  | threads",
        "--threads 9999               | --threads",
        "--map array --key-size 8     | 4 bytes",
        "--fill 101                   | fill",
        "--margin 0                   | --margin",
        "--rounds -1                  | --rounds",
        "--quick --thorough           | --thorough",
        "-p ../stress-profiles/idle   | idle",
        "-p 'idle;reboot'             | profile name",
        "--resume yesterday           | run",
        "--unheard-of                 | --unheard-of"
      })
  void badUsageIsOneSentenceAndExitCode2(String options, String named) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("run"));
    for (String option : options.strip().split(" +", -1)) {
      arguments.add(option.replace("'", ""));
    }

    Jar.Ended ended = new Jar(folder).run(arguments.toArray(String[]::new));

    assertEquals(2, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().startsWith("bpfgauge: "), ended.err());
    assertTrue(ended.err().contains(named), ended.err());
    assertFalse(ended.err().contains("\tat "), ended.err());
    assertFalse(Files.exists(folder.resolve("results")), "nothing was to be created");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: x\ncpu:\n  percent: 180\n",
        "description: x\nshell: $(reboot)\n",
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"
      })
  void aBadProfileFileIsNamedWithItsLine(String yaml) throws Exception {
    Files.writeString(folder.resolve("mine.yaml"), yaml);

    Jar.Ended ended = new Jar(folder).run("-p", "./mine.yaml");

    assertEquals(2, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("mine.yaml:"), ended.err());
  }

  @Test
  void aProfileFileOfTenMegabytesIsRefusedAtOnce() throws Exception {
    Files.write(folder.resolve("mine.yaml"), new byte[10 << 20]);

    Jar.Ended ended = new Jar(folder).run("-p", "./mine.yaml");

    assertEquals(2, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("mine.yaml"), ended.err());
  }

  /** All that the machine was asked for, it could do; another hour has the load. */
  @Test
  void aRunThatLostAllForWantOfLoadIsPartialAndNotBeyondThisMachine() throws Exception {
    Requires.bpf();
    Files.writeString(
        folder.resolve("mine.yaml"), "description: never there\ncpu:\n  load-percent: 1\n");

    Jar.Ended ended =
        new Jar(folder)
            .with("JAVA_TOOL_OPTIONS", "-Dbpfgauge.load-tolerance=-1") // what no load reaches
            .tiny("-p", "./mine.yaml,./mine.yaml");

    assertEquals(4, ended.exitCode(), ended.out() + ended.err());
    assertTrue(
        latest().forks().stream().allMatch(f -> f.status() == ForkStatus.LOAD_NOT_REACHED),
        ended.out());
  }

  @Test
  void withoutRootTheMissingCapabilityIsNamed() throws Exception {
    Requires.root();
    Jar nobody =
        new Jar(readableByAll()).through("setpriv", "--reuid=65534", "--clear-groups", "--");

    Jar.Ended ended = nobody.tiny("-p", "idle");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("CAP_BPF"), ended.err());
  }

  @Test
  void rootWithoutCapBpfIsToldSo() throws Exception {
    Requires.root();
    Jar bounded =
        new Jar(folder)
            .through(
                "setpriv", "--bounding-set=-bpf,-sys_admin", "--inh-caps=-bpf,-sys_admin", "--");

    Jar.Ended ended = bounded.tiny("-p", "idle");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("CAP_BPF"), ended.err());
  }

  @Test
  void withoutLibbpfThePackageIsNamed() throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .with("JAVA_TOOL_OPTIONS", "-Dbpfgauge.libbpf=/nonexistent/libbpf.so.1")
            .tiny("-p", "idle");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("libbpf"), ended.err());
  }

  @Test
  void withoutStressNgItsArmIsUnavailableAndIdleIsMeasured() throws Exception {
    Requires.bpf();

    Jar.Ended ended =
        new Jar(folder).onABusyMachine().with("PATH", "/nonexistent").tiny("-p", "cpu80");

    assertEquals(4, ended.exitCode(), ended.out() + ended.err());
    List<ForkRecord> loaded =
        latest().forks().stream().filter(f -> f.cell().profile().equals("cpu80")).toList();
    assertEquals(5, loaded.size());
    for (ForkRecord fork : loaded) {
      assertEquals(ForkStatus.UNAVAILABLE, fork.status());
      assertTrue(fork.reason().contains("stress-ng"), fork.reason());
    }
  }

  /** The kernel's own answer; the cell says it, and the run is not lost. */
  @ParameterizedTest
  @CsvSource({"hash,1024,33554432", "percpu-hash,1024,40000"})
  void aMapThatTheKernelRefusesIsACellThatSaysSo(String map, String entries, String value)
      throws Exception {
    Requires.bpf();

    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .tiny("-p", "idle", "--map", map, "--entries", entries, "--value-size", value);

    ForkRecord lookup =
        latest().forks().stream()
            .filter(fork -> fork.cell().benchmark().equals("maps.lookup"))
            .filter(fork -> map.equals(fork.cell().params().get("map")))
            .findFirst()
            .orElseThrow();
    assertEquals(ForkStatus.REFUSED, lookup.status(), lookup.reason() + ended.out());
    assertFalse(lookup.reason().isEmpty());
  }

  @Test
  void resultsThatCannotBeWrittenAreNamed() throws Exception {
    Requires.bpf();
    Jar.Ended ended = new Jar(folder).tiny("-p", "idle", "--results", "/proc/results");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("/proc/results"), ended.err());
  }

  @Test
  void aFullDiskWhileJournalingKeepsWhatWasWritten() throws Exception {
    Requires.bpf();
    Path disk = Files.createDirectory(folder.resolve("disk"));
    execute("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
    try {
      Jar jar = new Jar(folder).onABusyMachine();
      Process run =
          jar.start(Jar.tinyArguments("-p", "idle", "--rounds", "40", "--results", "disk"));
      try {
        await(() -> journalLines(disk) >= 2, run);
        fill(disk.resolve("filler"));
        assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
        assertEquals(3, run.exitValue(), jar.output());
        assertTrue(jar.output().contains("No space left"), jar.output());
      } finally {
        run.destroyForcibly().waitFor();
      }
      Files.delete(disk.resolve("filler"));
      assertTrue(RunFolder.resolve(disk, "latest").read().forks().size() >= 2);
    } finally {
      execute("umount", disk.toString());
    }
  }

  @Test
  void aForkKilledBySigkillIsARowAndTheRestGoesOn() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).onABusyMachine();
    Process run =
        jar.start(
            "run",
            "-p",
            "idle",
            "--map",
            "hash",
            "--op",
            "lookup",
            "--rounds",
            "1",
            "--warmup",
            "500",
            "--measure",
            "100",
            "--no-references");
    try {
      await(() -> forkOf(run).isPresent(), run);
      forkOf(run).orElseThrow().destroyForcibly();
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
      assertEquals(4, run.exitValue(), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    List<ForkRecord> forks = latest().forks();
    assertEquals(1, forks.stream().filter(f -> f.status() == ForkStatus.CRASHED).count());
    assertEquals(5, forks.size());
  }

  @Test
  void ctrlCEndsWithAValidPartialRunThatResumes() throws Exception {
    Requires.bpf();
    // A background job of a shell ignores SIGINT, and so would everything it starts.
    Jar jar = new Jar(folder).onABusyMachine().through("env", "--default-signal=INT");
    Process run = jar.start(Jar.tinyArguments("-p", "cpu80"));
    try {
      // The rows of cells in turns, which are most, come all at once.
      await(() -> journalLines(folder.resolve("results")) >= 1, run);
      execute("kill", "-INT", Long.toString(run.pid()));
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
      assertEquals(130, run.exitValue(), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    RunData partial = latest();
    assertEquals(RunInfo.Status.INTERRUPTED, partial.info().status());
    assertTrue(partial.forks().size() < 10);
    assertNothingLeft();

    Jar.Ended resumed = jar.run("run", "--resume", "latest");

    assertTrue(resumed.exitCode() == 0 || resumed.exitCode() == 4, resumed.err());
    assertEquals(10, latest().forks().size());
    assertEquals(partial.info().id(), latest().info().id());
  }

  @Test
  void anotherMachinesRunIsNotResumed() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder);
    jar.tiny("-p", "idle");
    RunFolder run = RunFolder.resolve(folder.resolve("results"), "latest");
    Path info = run.path().resolve("run.json");
    String kernel = run.readInfo().fingerprint().get("kernel");
    Files.writeString(info, Files.readString(info).replace(kernel, "5.4.0-other"));

    Jar.Ended ended = jar.run("run", "--resume", "latest");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("5.4.0-other"), ended.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle", "cpu80", "cstates-off", "./some-memory.yaml"})
  void aHarnessKilledBySigkillLeavesNothingAfterCleanAndRestore(String profile) throws Exception {
    Requires.bpf();
    Files.writeString(
        folder.resolve("some-memory.yaml"),
        "description: a little more memory\nmemory:\n  used-percent: 30\n");
    Map<Path, String> settings = settings();
    Jar jar = new Jar(folder);
    Process run =
        jar.start(
            "run",
            "-p",
            profile + "," + profile,
            "--map",
            "hash",
            "--op",
            "lookup",
            "--warmup",
            "20000",
            "--no-references");
    try {
      await(() -> forkOf(run).isPresent() || run.toHandle().children().count() > 0, run);
      Thread.sleep(1_000);
    } finally {
      run.destroyForcibly().waitFor();
    }

    jar.run("clean");
    jar.run("restore");

    assertEquals(settings, settings());
    assertNothingLeft();
  }

  @Test
  void aSecondHarnessIsRefusedWithThePidOfTheFirst() throws Exception {
    Requires.bpf();
    Jar first = new Jar(folder).onABusyMachine();
    Process run = first.start(Jar.tinyArguments("-p", "idle", "--rounds", "30"));
    try {
      await(() -> journalLines(folder.resolve("results")) >= 1, run);
      Path other = Files.createDirectory(folder.resolve("other"));

      Jar.Ended second = new Jar(other).tiny("-p", "idle");

      assertEquals(3, second.exitCode(), second.out() + second.err());
      assertTrue(second.err().contains("pid " + run.pid()), second.err());
      assertTrue(second.err().contains("`run --map hash"), second.err());
      assertTrue(second.err().contains("--wait"), second.err());
      assertFalse(second.err().contains("kill"), second.err());
    } finally {
      run.destroyForcibly().waitFor();
    }
  }

  @Test
  void aStressorThatDiesMidwayTakesTheVerdictAway() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).onABusyMachine();
    Process run =
        jar.start(
            "run",
            "-p",
            "cpu80,cpu80",
            "--map",
            "hash",
            "--op",
            "lookup",
            "--rounds",
            "1",
            "--warmup",
            "1500",
            "--measure",
            "300",
            "--no-references");
    try {
      await(() -> forkOf(run).isPresent(), run);
      stressWorkers(run).findFirst().orElseThrow().destroyForcibly();
      await(() -> journalLines(folder.resolve("results")) >= 2, run);
      run.destroy();
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    ForkRecord first = latest().forks().getFirst();
    assertEquals(ForkStatus.LOAD_NOT_REACHED, first.status());
    assertTrue(first.reason().contains("stressors alive during"), first.reason());
  }

  @Test
  void aKilledForkOfAMeterIsARowAndTheNextOnesHaveANewJvm() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).onABusyMachine();
    Process run =
        jar.start(
            "run",
            "-p",
            "idle",
            "--suite",
            "kernel-maps",
            "--map",
            "hash",
            "--op",
            "lookup,update",
            "--no-references",
            "--rounds",
            "2",
            "--warmup",
            "20",
            "--measure",
            "500");
    try {
      await(() -> journalLines(folder.resolve("results")) >= 1, run);
      ProcessHandle jvm = childOf(run, "run.Suites").orElseThrow();
      jvm.destroyForcibly();
      assertTrue(run.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
    } finally {
      run.destroyForcibly().waitFor();
    }
    List<ForkRecord> forks = latest().forks();
    assertEquals(6, forks.size());
    // Killed while it waited for its question, it is nobody's failure.
    assertTrue(forks.stream().filter(f -> f.status() == ForkStatus.CRASHED).count() <= 1);
    assertTrue(forks.stream().filter(f -> f.status() == ForkStatus.OK).count() >= 5);
  }

  private RunData latest() {
    return RunFolder.resolve(folder.resolve("results"), "latest").read();
  }

  private Path readableByAll() throws IOException {
    execute("chmod", "777", folder.toString());
    return folder;
  }

  private static Stream<ProcessHandle> stressWorkers(Process run) {
    return run.descendants()
        .filter(p -> p.info().command().orElse("").endsWith("stress-ng"))
        .filter(p -> p.children().findAny().isEmpty());
  }

  static java.util.Optional<ProcessHandle> forkOf(Process run) {
    return childOf(run, "ForkedMain");
  }

  private static java.util.Optional<ProcessHandle> childOf(Process run, String main) {
    return run.toHandle()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(main))
        .findFirst();
  }

  static void await(BooleanSupplier condition, Process process) throws Exception {
    Patience.until("a running program's doing", condition, process::isAlive);
  }

  static int journalLines(Path results) {
    if (!Files.isDirectory(results)) {
      return 0;
    }
    try (Stream<Path> found = Files.find(results, 2, (p, a) -> p.endsWith("journal.jsonl"))) {
      Path journal = found.findFirst().orElse(null);
      return journal == null ? 0 : (int) Files.readString(journal).lines().count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // a file was renamed while the folder was walked: the caller looks again
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[512];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.toString());
    }
  }

  static void execute(String... command) throws IOException {
    try {
      assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), command[0]);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The settings that profiles change. */
  private static Map<Path, String> settings() throws IOException {
    Map<Path, String> settings = new TreeMap<>();
    try (Stream<Path> found =
        Files.find(
            Path.of("/sys/devices/system/cpu"),
            5,
            (p, a) -> p.endsWith("disable") || p.endsWith("scaling_governor"))) {
      for (Path file : found.toList()) {
        settings.put(file, Files.readString(file));
      }
    }
    return settings;
  }

  /** The harness's; the user's own stress-ng may run beside the tests. */
  private static Stream<ProcessHandle> stressors() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/stress-ng"))
        .filter(FaultsIT::isOurs);
  }

  /** As {@code machine.stress.Containment} marks them. */
  private static boolean isOurs(ProcessHandle process) {
    try {
      Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
      return Files.readString(environment, StandardCharsets.ISO_8859_1).contains("BPFGAUGE_LOAD=");
    } catch (IOException e) {
      return false; // It has ended meanwhile.
    }
  }

  /** No stressor, no cgroup of a harness. */
  private static void assertNothingLeft() throws IOException {
    assertEquals(List.of(), stressors().map(ProcessHandle::info).toList());
    try (Stream<Path> groups =
        Files.find(Path.of("/sys/fs/cgroup"), 3, (p, a) -> p.toString().contains("bpfgauge-"))) {
      assertEquals(List.of(), groups.toList());
    }
  }
}
