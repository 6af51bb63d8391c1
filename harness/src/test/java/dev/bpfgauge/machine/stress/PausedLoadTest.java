package dev.bpfgauge.machine.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.machine.host.ChildCgroup;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loads of the real stress-ng that are stopped where they are: frozen, or by SIGSTOP. */
class PausedLoadTest {
  /** A worker that stops has its last instructions counted when it leaves its CPU. */
  private static final long NOTHING = TimeUnit.MILLISECONDS.toNanos(1);

  /** Longer than what a worker at 80 % sleeps, many times over. */
  private static final Duration WINDOW = Duration.ofMillis(400);

  /** What holds a load together. */
  enum Kind {
    V2("cgroup v2", ""),
    FREEZER("cgroup v1 freezer", "cgroup2"),
    MARK("process environment", "cgroup2,cgroup");

    private final String words;

    /** The file systems that a machine with nothing better does not have. */
    private final String lacking;

    Kind(String words, String lacking) {
      this.words = words;
      this.lacking = lacking;
    }
  }

  @TempDir Path folder;

  @BeforeEach
  void stressNg() {
    Requires.that(SearchPath.find("stress-ng").isPresent(), "stress-ng (apt install stress-ng)");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPausedWantsNoCpuUntilItGoesOn(Kind kind) throws Exception {
    Containment containment = containment(kind);
    Process process = stressNg(containment);
    try {
      Patience.until("a worker at work", () -> works(containment), process::isAlive);
      for (int i = 0; i < 3; i++) {
        pause(containment);
        Set<Long> paused = Set.copyOf(containment.pids());
        long demand = containment.demandNanos().orElseThrow();
        long cpu = containment.cpuNanos();
        Thread.sleep(WINDOW);
        assertTrue(containment.demandNanos().orElseThrow() - demand < NOTHING, "demand");
        assertTrue(containment.cpuNanos() - cpu <= tick(kind), "CPU time");

        containment.go();
        Patience.until("work after a pause", () -> works(containment), process::isAlive);
        assertEquals(paused, Set.copyOf(containment.pids()), "nobody died of it");
      }
      pause(containment);
    } finally {
      containment.end(Duration.ofSeconds(Patience.SECONDS));
      process.waitFor();
    }
    assertEquals(List.of(), containment.pids());
    assertFalse(Files.exists(Path.of(containment.cgroupFolder(), "cgroup.procs")));
  }

  @Test
  void aPausedLoadIsClosed() throws Exception {
    Load load = Load.start(cpu80(), settings());
    try {
      standing(load);
      pause(load);
    } finally {
      load.close();
    }
    assertEquals(0, load.alive());
    assertEquals(List.of(), groups(), "a cgroup is left");
    assertEquals(Set.of(), guards(), "a guard is left");
  }

  @Test
  void aPausedLoadThatEndsGivesItsFigures() throws Exception {
    try (Load load = Load.start(cpu80(), settings())) {
      standing(load);
      Load.DuringProbe probe = load.during(1);
      Patience.until("some work", () -> seen(probe.end(), "stressor cpu") > 1);
      pause(load);
      List<LoadCheck> end = load.finish();
      assertEquals(List.of("bogo ops cpu"), end.stream().map(LoadCheck::what).toList());
      assertTrue(end.getFirst().reached(), end.toString());
      assertEquals(0, load.alive());
    }
  }

  /** What it works half of the time is its due for that half alone. */
  @Test
  void aLoadIsProvenByTheTimeItWorked() throws Exception {
    try (Load load = Load.start(cpu80(), settings())) {
      standing(load);
      pause(load);
      Load.DuringProbe probe = load.during(1);
      long worked = 0;
      for (int i = 0; i < 8; i++) {
        long start = System.nanoTime();
        load.go();
        Thread.sleep(150);
        worked += System.nanoTime() - start;
        pause(load);
        Thread.sleep(150);
      }
      List<LoadCheck> half = probe.end(Duration.ofNanos(worked));
      assertTrue(check(half, "stressor cpu demand").reached(), half.toString());
      assertTrue(check(half, "stressors alive").reached(), half.toString());

      List<LoadCheck> whole = probe.end();
      assertFalse(check(whole, "stressor cpu demand").reached(), whole.toString());
    }
  }

  /** The last case's counterpart: the same turns, but nobody works in them. */
  @Test
  void aLoadWhoseWorkersDiedWhilePausedIsNotProven() throws Exception {
    try (Load load = Load.start(cpu80(), settings())) {
      standing(load);
      Load.DuringProbe probe = load.during(1);
      pause(load);
      List<ProcessHandle> workers =
          stressors().filter(process -> process.children().findAny().isEmpty()).toList();
      workers.forEach(ProcessHandle::destroyForcibly);
      Patience.until("their end", () -> load.alive() <= 1);
      assertTrue(load.pause(), "what is dead has stopped");
      load.go();
      List<LoadCheck> checks = probe.end(Duration.ofSeconds(2));
      assertFalse(check(checks, "stressor cpu demand").reached(), checks.toString());
      assertFalse(check(checks, "stressors alive").reached(), checks.toString());
    }
  }

  @Test
  void aLoadThatIsGoneCanBePausedAndGoOn() throws Exception {
    Containment containment = containment(Kind.V2);
    containment.end(Duration.ofSeconds(Patience.SECONDS));
    assertTrue(containment.pause());
    containment.go();
  }

  /** Its guard ends them, whichever way they were stopped; a shell's Ctrl-C leaves the guard. */
  @ParameterizedTest
  @EnumSource
  void aHarnessKilledWhileItsLoadIsPausedLeavesNothing(Kind kind) throws Exception {
    long dead;
    List<Long> paused;
    try (ChildJvm harness = dyingHarness(kind)) {
      dead = harness.pid();
      assertEquals("paused", harness.line());
      ProcessHandle guard = guardOf(dead);
      assertEquals(0, new ProcessBuilder("kill", "-INT", "" + guard.pid()).start().waitFor());
      assertTrue(
          Files.readString(folder.resolve("stress-ng.log")).contains("containment: " + kind.words));
      paused = pidsOf(dead);
      assertTrue(paused.size() >= 2, paused.toString());
      harness.kill();
    }
    Patience.until(
        "the guard's work",
        () -> paused.stream().allMatch(pid -> Proc.stat(pid).isEmpty()) && ofDead(dead).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPausedAndHasNoGuardLeftIsFoundAndEnded(Kind kind) throws Exception {
    long dead;
    try (ChildJvm harness = dyingHarness(kind)) {
      dead = harness.pid();
      assertEquals("paused", harness.line());
      ProcessHandle guard = guardOf(dead);
      guard.destroyForcibly();
      Patience.until("the guard's end", () -> Proc.stat(guard.pid()).isEmpty());
      harness.kill();
    }
    List<Leftover> left = ofDead(dead);
    assertEquals(1, left.size(), left.toString());
    List<Long> paused = left.getFirst().pids();
    assertTrue(paused.size() >= 2, paused.toString());
    assertTrue(paused.stream().allMatch(pid -> Proc.stat(pid).isPresent()), "as they were");
    left.getFirst().end();
    assertEquals(List.of(), ofDead(dead));
    // One that exits has no environment any more, by which it would be found.
    Patience.until("their exit", () -> paused.stream().allMatch(pid -> Proc.stat(pid).isEmpty()));
  }

  private ChildJvm dyingHarness(Kind kind) throws IOException {
    if (kind == Kind.V2) {
      return ChildJvm.start(DyingHarness.class, folder.toString(), "paused");
    }
    Requires.root();
    requireFreezer(kind);
    String without = "umount --lazy --all --types %s; exec \"$@\"".formatted(kind.lacking);
    return ChildJvm.startBy(
        List.of("unshare", "--mount", "sh", "-c", without, "sh"),
        DyingHarness.class,
        folder.toString(),
        "paused");
  }

  private static void requireFreezer(Kind kind) throws IOException {
    Requires.machine(
        kind != Kind.FREEZER || Cgroups.read().freezerV1().isPresent(),
        "the freezer hierarchy of cgroup v1");
  }

  private static ProcessHandle guardOf(long harness) {
    return ProcessHandle.of(harness)
        .orElseThrow()
        .children()
        .filter(PausedLoadTest::isGuard)
        .findFirst()
        .orElseThrow();
  }

  private static Set<Long> guards() {
    return ProcessHandle.current()
        .children()
        .filter(PausedLoadTest::isGuard)
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  private static boolean isGuard(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(" guard ");
  }

  private static List<Long> pidsOf(long harness) {
    return ProcessHandle.of(harness)
        .orElseThrow()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("stress-ng"))
        .map(ProcessHandle::pid)
        .toList();
  }

  private static List<Leftover> ofDead(long pid) {
    return Load.leftovers().stream().filter(leftover -> leftover.ownerPid() == pid).toList();
  }

  private static Containment containment(Kind kind) throws IOException {
    requireFreezer(kind);
    Containment best = Containment.create(Owner.self());
    if (kind == Kind.V2) {
      return best;
    }
    best.remove();
    return kind == Kind.MARK
        ? new Containment.Marked(best.name(), "this is a test")
        : new Containment.Frozen(
            assertInstanceOf(ChildCgroup.Made.class, ChildCgroup.makeFreezer(best.name())).folder(),
            "this is a test");
  }

  private static Process stressNg(Containment containment) throws IOException {
    var builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "[ -z \"$1\" ] || echo $$ > \"$1/cgroup.procs\"; shift; exec \"$@\"",
            "sh",
            containment.cgroupFolder(),
            "stress-ng",
            "--keep-name",
            "--cpu",
            "2",
            "--cpu-load",
            "80");
    builder.environment().put(Containment.MARK, containment.name());
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Whether CPU time goes into it now, more than starting takes. */
  private static boolean works(Containment containment) {
    long before = containment.cpuNanos();
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return containment.pids().size() >= 3 && containment.cpuNanos() - before > 2 * tick(Kind.MARK);
  }

  /** What /proc/PID/stat tells may turn over once for each process. */
  private static long tick(Kind kind) {
    return kind == Kind.V2 ? NOTHING : TimeUnit.MILLISECONDS.toNanos(10);
  }

  private static void pause(Containment containment) throws InterruptedException {
    Patience.until("a standstill", containment::pause);
  }

  private static void pause(Load load) throws InterruptedException {
    Patience.until("a standstill", load::pause);
  }

  private static void standing(Load load) throws InterruptedException {
    SystemUse there =
        new SystemUse() {
          @Override
          public double cpuPercent(Duration window) {
            return 80;
          }

          @Override
          public double memoryUsedPercent() {
            return 0;
          }
        };
    Patience.until("all workers", () -> load.alive() == AllowedCpus.read().cpus().size() + 1);
    assertTrue(load.before(there).stream().allMatch(LoadCheck::reached));
  }

  private LoadSettings settings() {
    return LoadSettings.of(AllowedCpus.read(), Duration.ofSeconds(Patience.SECONDS), folder);
  }

  private static Profile cpu80() {
    return ProfileFile.parse("description: d\ncpu: {load-percent: 80}", "test.yaml", "test");
  }

  private static Stream<ProcessHandle> stressors() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("stress-ng"));
  }

  private static List<Path> groups() throws IOException {
    String own = Owner.self().toString();
    Path parent = Cgroups.read().unified().orElse(Path.of("/nonexistent"));
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (var all = Files.list(parent)) {
      return all.filter(group -> group.toString().contains(own)).toList();
    }
  }

  private static double seen(List<LoadCheck> checks, String what) {
    return check(checks, what).seen();
  }

  private static LoadCheck check(List<LoadCheck> checks, String what) {
    return checks.stream().filter(check -> check.what().equals(what)).findFirst().orElseThrow();
  }
}
