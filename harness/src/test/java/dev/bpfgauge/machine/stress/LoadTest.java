package dev.bpfgauge.machine.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.os.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loads with the real stress-ng. Other work on the machine may keep a target from being reached, so
 * these tests ask whether the checks tell the truth, not whether the machine is quiet.
 */
class LoadTest {
  private static final int CPUS = AllowedCpus.read().cpus().size();

  @TempDir Path folder;

  @BeforeEach
  void stressNg() {
    Requires.that(SearchPath.find("stress-ng").isPresent(), "stress-ng (apt install stress-ng)");
  }

  @Test
  void cpuLoadIsProvenBeforeAndDuringAndAtTheEnd() throws IOException, InterruptedException {
    var profile = new Profiles(folder).find("cpu80");
    List<Long> processes;
    try (Load load = Load.start(profile, settings())) {
      var before = load.before(new ProcSystemUse());
      assertEquals(80, check(before, "system cpu").wanted());
      assertTrue(check(before, "system cpu").seen() >= 75, before.toString());
      assertTellsTheTruth(check(before, "system cpu"));
      assertEquals(CPUS + 1, check(before, "stressors alive").seen());
      processes = stressors();

      Load.DuringProbe probe = load.during(1);
      burnOneCpu(Duration.ofSeconds(1));
      var during = probe.end();
      assertTrue(check(during, "stressors alive").reached(), during.toString());
      assertTrue(check(during, "stressor cpu demand").reached(), during.toString());
      assertTrue(check(during, "stressor cpu").seen() > 5, during.toString());
      assertTellsTheTruth(check(during, "stressor cpu"));

      var end = load.finish();
      assertEquals(List.of("bogo ops cpu"), end.stream().map(LoadCheck::what).toList());
      assertTrue(end.getFirst().reached() && end.getFirst().seen() > 10, end.toString());
    }
    assertNothingLeft(processes);
  }

  @Test
  void memoryIsTakenAndKept() throws IOException, InterruptedException {
    int percent = (int) Math.ceil(MemoryFigures.read().usedPercent()) + 1;
    Requires.machine(percent < 60, "memory that is mostly free");
    var profile = profile("memory: {used-percent: %d}".formatted(percent));
    List<Long> processes;
    try (Load load = Load.start(profile, settings())) {
      var before = load.before(at(0));
      assertTrue(before.stream().allMatch(LoadCheck::reached), before.toString());
      assertTrue(check(before, "stressor memory").seen() > 100, "MiB, anonymous and resident");
      processes = stressors();

      var during = load.during(1).end();
      assertTrue(check(during, "stressor memory").reached(), during.toString());
      assertTrue(check(during, "stressors alive").reached(), during.toString());
    }
    assertNothingLeft(processes);
  }

  @Test
  void aStressorThatDiesMidwayIsNoticed() throws InterruptedException {
    try (Load load = Load.start(profile("cpu: {load-percent: 20}"), settings())) {
      assertTrue(check(load.before(at(20)), "stressors alive").reached());
      Load.DuringProbe probe = load.during(1);
      ProcessHandle worker =
          ProcessHandle.current()
              .descendants()
              .filter(process -> process.info().command().orElse("").endsWith("stress-ng"))
              .filter(process -> process.children().findAny().isEmpty())
              .findFirst()
              .orElseThrow();
      worker.destroyForcibly();
      worker.onExit().join();
      List<LoadCheck> checks = probe.end();
      assertFalse(check(checks, "stressors alive").reached(), checks.toString());
      assertEquals("", load.lastWords(), "it runs");
      assertFalse(
          check(load.before(at(20)), "stressors alive").reached(),
          "nor is it there for the next fork");
    }
  }

  @Test
  void stressNgThatEndsEarlyIsAReasonInWords() throws IOException, InterruptedException {
    Path broken = folder.resolve("stress-ng");
    Files.writeString(
        broken,
        """
        #!/bin/sh
        [ "$1" = --version ] && echo 'stress-ng, version 0.15.06 (gcc)' && exit
        echo 'stress-ng: error: no such method'
        exit 2
        """);
    assertTrue(broken.toFile().setExecutable(true));
    var settings =
        new LoadSettings(AllowedCpusOf.all(1), Duration.ofSeconds(5), folder, broken.toString());
    try (Load load = Load.start(profile("cpu: {load-percent: 20}"), settings)) {
      List<LoadCheck> checks = load.before(at(20));
      assertFalse(check(checks, "stressors alive").reached());
      assertEquals(
          "stress-ng ended with code 2: stress-ng: error: no such method", load.lastWords());
    }
  }

  @Test
  void aProfileWithoutLoadStartsNothing() throws InterruptedException {
    var idle = new Profiles(folder).find("idle");
    try (Load load = Load.start(idle, settings())) {
      assertEquals(List.of(), load.describe().command());
      assertEquals(
          List.of(new LoadCheck("system cpu", "before", 0, 5, 3, "%", true)), load.before(at(3)));
      assertEquals(List.of(), load.during(1).end());
      assertEquals(List.of(), load.finish());
    }
  }

  @Test
  void saysWhatToInstallWhereStressNgIsMissing() {
    var settings =
        new LoadSettings(AllowedCpusOf.all(1), Duration.ofSeconds(5), folder, "no-such-program");
    var profile = profile("cpu: {load-percent: 20}");
    var reason = "stress-ng is missing; install it: apt install stress-ng";
    assertEquals(reason, Load.unavailable(profile, settings).orElseThrow());
    var refusal = assertThrows(ProfileException.class, () -> Load.start(profile, settings));
    assertEquals(reason, refusal.getMessage());
    assertTrue(Load.unavailable(new Profiles(folder).find("idle"), settings).isEmpty());
  }

  @Test
  void aKilledHarnessLeavesNothingThatCannotBeFound() throws Exception {
    Process harness = dyingHarness();
    List<Leftover> left =
        killAndLookAround(
            harness,
            () -> {
              ProcessHandle guard =
                  harness
                      .children()
                      .filter(child -> child.info().commandLine().orElse("").contains(" guard "))
                      .findFirst()
                      .orElseThrow();
              guard.destroyForcibly();
              guard.onExit().join();
            });
    assertEquals(1, left.size(), left.toString());
    List<Long> processes = left.getFirst().pids();
    assertEquals(2, processes.size(), left.toString());

    left.getFirst().end();
    assertNothingLeft(processes);
    assertEquals(List.of(), leftoversOf(harness.pid()));
  }

  @Test
  void stressorsDieWithTheHarness() throws Exception {
    Process harness = dyingHarness();
    killAndLookAround(harness, () -> {});
    Patience.until("the guard's work", () -> leftoversOf(harness.pid()).isEmpty());
  }

  @Test
  void aLiveHarnessIsNoLeftover() {
    try (Load load = Load.start(profile("cpu: {load-percent: 10}"), settings())) {
      assertTrue(load.describe().command().contains("--cpu-load"));
      assertEquals(List.of(), leftoversOf(ProcessHandle.current().pid()));
    }
  }

  @Test
  void processesAreFoundByTheirEnvironmentWhereThereIsNoCgroup() throws Exception {
    var marked = new Containment.Marked(Owner.self() + "-999", "this is a test");
    var builder = new ProcessBuilder("sh", "-c", "sleep 30 & wait");
    builder.environment().put(Containment.MARK, marked.name());
    Process process = builder.start();
    while (marked.pids().size() < 2) {
      Thread.sleep(5);
    }
    marked.end(Duration.ofSeconds(10));
    assertEquals(List.of(), marked.pids());
    assertEquals(128 + 9, process.waitFor());
  }

  private Process dyingHarness() throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            DyingHarness.class.getName(),
            folder.toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static List<Leftover> killAndLookAround(Process harness, Runnable first)
      throws Exception {
    try (var out =
        new BufferedReader(
            new InputStreamReader(harness.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("standing", out.readLine());
      assertEquals(List.of(), leftoversOf(harness.pid()), "it lives");
      first.run();
    } finally {
      harness.destroyForcibly().waitFor();
    }
    return leftoversOf(harness.pid());
  }

  private static List<Leftover> leftoversOf(long pid) {
    return Load.leftovers().stream().filter(leftover -> leftover.ownerPid() == pid).toList();
  }

  @Test
  void aQuotaBelowTheCpusIsNoPlaceForALoad() {
    AllowedCpus whole = AllowedCpusOf.all(2);
    Profile idle = new Profiles(folder).find("idle");
    var throttled = new AllowedCpus(whole.cpus(), whole.online(), OptionalDouble.of(0.5));
    var settings = LoadSettings.of(throttled, Duration.ofSeconds(5), folder);
    String reason = Load.unavailable(profile("cpu: {load-percent: 80}"), settings).orElseThrow();
    assertTrue(reason.contains("0.50 CPUs for 2"), reason);
    assertEquals(Optional.empty(), Load.unavailable(idle, settings), "idle only has a note");
    assertTrue(Load.leftOut(idle, throttled).orElseThrow().contains("pauses"));
    var enough = new AllowedCpus(whole.cpus(), whole.online(), OptionalDouble.of(2));
    assertEquals(Optional.empty(), Load.leftOut(idle, enough));
  }

  @Test
  void whatTasksetLeavesIsLoadedAndSaid() {
    var one = new AllowedCpus(List.of(1), List.of(0, 1), OptionalDouble.empty());
    var settings = LoadSettings.of(one, Duration.ofSeconds(5), folder);
    Profile cpu80 = profile("cpu: {load-percent: 80}");
    assertEquals(
        "loaded and proven is CPU 1 of 0-1 alone, which this process may use (taskset or a cpuset)",
        Load.leftOut(cpu80, one).orElseThrow());
    List<String> command =
        new StressNg(Path.of("stress-ng"), "0.15.06").command(cpu80, settings, 0, 0, folder);
    assertEquals("1", command.get(command.indexOf("--cpu") + 1), command.toString());
  }

  /** A slice of 10 ms is a long cycle at a few percent: nothing of a turn would count. */
  @Test
  void aSmallLoadTakesNoTurnsAndSaysWhy() {
    for (int percent = 1; percent <= 100; percent++) {
      Optional<String> why = Load.inOnePiece(profile("cpu: {load-percent: %d}".formatted(percent)));
      assertEquals(percent <= 5, why.isPresent(), percent + " %: " + why);
    }
    String why = Load.inOnePiece(profile("cpu: {load-percent: 4}")).orElseThrow();
    assertTrue(why.contains("265 ms after a pause"), why);
    assertTrue(Load.inOnePiece(profile("memory: {used-percent: 75}")).isPresent());
    assertEquals(Optional.empty(), Load.inOnePiece(profile("churn: {files: yes}")));
  }

  private LoadSettings settings() {
    return LoadSettings.of(AllowedCpus.read(), Duration.ofSeconds(20), folder);
  }

  private static Profile profile(String yaml) {
    return ProfileFile.parse("description: d\n" + yaml, "test.yaml", "test");
  }

  /** A system that stands at that CPU use, its memory as it really is. */
  private static SystemUse at(double cpuPercent) {
    var real = new ProcSystemUse();
    return new SystemUse() {
      @Override
      public double cpuPercent(Duration window) throws InterruptedException {
        Thread.sleep(50);
        return cpuPercent;
      }

      @Override
      public double memoryUsedPercent() {
        return real.memoryUsedPercent();
      }
    };
  }

  private static void assertTellsTheTruth(LoadCheck check) {
    boolean within = Math.abs(check.seen() - check.wanted()) <= check.tolerance();
    assertEquals(within, check.reached(), check.toString());
  }

  private static List<Long> stressors() {
    return ProcessHandle.current().descendants().map(ProcessHandle::pid).toList();
  }

  private static void assertNothingLeft(List<Long> processes) throws IOException {
    assertFalse(processes.isEmpty());
    for (long pid : processes) {
      assertTrue(Proc.stat(pid).isEmpty(), "stressor " + pid + " still runs");
    }
    String own = Owner.self().toString();
    Optional<Path> parent = Cgroups.read().unified();
    if (parent.isPresent()) {
      try (Stream<Path> groups = Files.list(parent.get())) {
        assertFalse(groups.anyMatch(group -> group.toString().contains(own)), "a cgroup is left");
      }
    }
  }

  private static void burnOneCpu(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private static LoadCheck check(List<LoadCheck> checks, String what) {
    return checks.stream().filter(check -> check.what().equals(what)).findFirst().orElseThrow();
  }
}
