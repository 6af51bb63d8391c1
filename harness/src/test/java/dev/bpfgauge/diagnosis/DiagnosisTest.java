package dev.bpfgauge.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.machine.host.ChildCgroup;
import dev.bpfgauge.os.CpuTicks;
import dev.bpfgauge.report.page.Chromium;
import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The whole picture of this machine, with a load that the test makes. */
class DiagnosisTest {
  @TempDir(cleanup = CleanupMode.ALWAYS)
  Path folder;

  private static List<Diagnosis.Chosen> all() {
    return ToolSpec.of(ToolSpec.Family.DIAGNOSE).stream()
        .filter(ToolSpec::isInTheWholePicture)
        .map(module -> new Diagnosis.Chosen(module, module.options()))
        .toList();
  }

  private static Process spinning(String how) throws Exception {
    return new ProcessBuilder("sh", "-c", how + "exec -a '<b>spin' sh -c 'while :; do :; done'")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Each module shows its part, a browser takes the page, and whose name is HTML stays a name. */
  @Test
  void everyModuleHasItsPartInThePage() throws Exception {
    Requires.bpf();
    Requires.root();
    Diagnosis diagnosis;
    Process load = spinning("");
    try {
      diagnosis = Diagnosis.look(all(), Duration.ofSeconds(3), 100);
    } finally {
      load.destroyForcibly().waitFor();
    }

    assertTrue(diagnosis.each().size() >= 2, diagnosis.each().toString());
    assertTrue(diagnosis.whole().busy() > 0 && diagnosis.whole().busy() <= 100);
    assertTrue(diagnosis.isWhole());
    assertEquals(all().size(), diagnosis.modules().size());
    String page = DiagnosisPage.render(diagnosis, "<i>host</i>", "1", folder);
    for (ModuleRun.Result each : diagnosis.modules()) {
      String name = each.spec().name();
      assertTrue(
          each.taken() == null
              ? page.contains(name + " cannot be attached")
              : page.contains("id=\"" + name + "\""),
          name);
    }
    assertFalse(page.contains("<b>spin") || page.contains("<i>host"), "names are text");
    assertTrue(DiagnosisPage.text(diagnosis).getLast().startsWith("Its own cost: "));
    assertTrue(diagnosis.cost().programsPercent().orElseThrow() > 0, "of programs with links");

    Requires.that(Chromium.binary() != null, "chromium");
    Path file = Files.writeString(folder.resolve("diagnosis.html"), page);
    try (Chromium browser = Chromium.start(Objects.requireNonNull(Chromium.binary()), folder)) {
      browser.open(file, 1240, 800);
      assertTrue(
          browser
              .evaluate(
                  "document.querySelector('iframe').contentDocument.querySelectorAll('#frames"
                      + " g').length > 1")
              .asBoolean(),
          "the flame graph is drawn");
      assertEquals(List.of(), browser.complaints);
      browser.open(file, 390, 800);
      assertTrue(
          browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth").asBoolean(),
          "a phone shows it without scrolling to the side");
    }
  }

  /** What the kernel says that a group lost is what the page says. */
  @Test
  void aControlGroupThatItsQuotaHoldsBackIsNamed() throws Exception {
    Requires.root();
    ChildCgroup made = ChildCgroup.make("quota-" + ProcessHandle.current().pid());
    Requires.machine(made instanceof ChildCgroup.Made, "cgroup v2: " + made);
    Path group = ((ChildCgroup.Made) made).folder();
    try {
      Requires.machine(Files.exists(group.resolve("cpu.max")), "the cpu controller");
      Files.writeString(group.resolve("cpu.max"), "10000 100000");
      Process held = spinning("echo 0 > " + group.resolve("cgroup.procs") + "; ");
      try {
        double before = throttled(group);
        Diagnosis diagnosis = Diagnosis.look(List.of(), Duration.ofSeconds(1), Double.NaN);
        double after = throttled(group);

        Map.Entry<String, Double> lost =
            diagnosis.throttled().entrySet().stream()
                .filter(each -> group.endsWith(each.getKey().substring(1)))
                .findFirst()
                .orElseThrow();
        assertTrue(lost.getValue() > 0 && lost.getValue() <= after - before, lost.toString());
        assertTrue(
            diagnosis.lostTimes().stream()
                .map(LostTime::sentence)
                .anyMatch(said -> said.contains("CPU quota of control group " + lost.getKey())),
            diagnosis.lostTimes().toString());
      } finally {
        held.destroyForcibly().waitFor();
      }
    } finally {
      Files.delete(group);
    }
  }

  private static double throttled(Path group) throws Exception {
    return Files.readAllLines(group.resolve("cpu.stat")).stream()
        .filter(line -> line.startsWith("throttled_usec "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)) / 1e6)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMomentIsWhatProcSays() throws Exception {
    Path proc = Files.createDirectories(folder.resolve("proc"));
    Files.createDirectories(proc.resolve("pressure"));
    Files.writeString(proc.resolve("loadavg"), "3.25 1.00 0.50 4/300 12345\n");
    Files.writeString(
        proc.resolve("pressure/cpu"), "some avg10=1.00 avg60=0 avg300=0 total=1000\n");
    Files.writeString(
        proc.resolve("stat"),
        """
        cpu  0 0 0 0 0 0 0 0 0 0
        cpu0 100 0 0 100 0 0 0 0 0 0
        cpu1 0 0 0 0 0 0 0 0 0 0
        procs_running 6
        procs_blocked 2
        """);
    HostMoment from = HostMoment.read(proc);
    Files.writeString(
        proc.resolve("stat"),
        """
        cpu  0 0 0 0 0 0 0 0 0 0
        cpu0 150 0 0 120 10 5 5 10 0 0
        cpu1 0 0 0 100 0 0 0 0 0 0
        procs_running 6
        procs_blocked 2
        """);
    HostMoment to = HostMoment.read(proc);
    HostStretch stretch = HostStretch.between(from, to);

    assertEquals(3.25, stretch.load());
    assertEquals(5, stretch.running(), "without the one that looks");
    assertEquals(2, stretch.blocked());
    assertEquals(30, stretch.busy(), 1e-9);
    assertEquals(5, stretch.iowait(), 1e-9);
    assertEquals(5, stretch.steal(), 1e-9);
    assertEquals(5, stretch.irq(), 1e-9);
    assertEquals(2, stretch.cpus());
    assertEquals(0, stretch.stalled(HostMoment.Resource.CPU));
    assertTrue(Double.isNaN(stretch.stalled(HostMoment.Resource.IO)), "the kernel does not tell");
    List<LostTime> losses =
        new HostLosses(stretch, new HostLosses.Threads(5, 2), Map.of())
            .all()
            .filter(LostTime::isWorthASentence)
            .toList();
    assertTrue(
        losses
            .getFirst()
            .sentence()
            .startsWith("5.0 threads wanted a CPU on average, and there are 2: 3.0"),
        losses.toString());
    assertEquals(3, losses.getFirst().perSecond(), 1e-9);
    assertNotNull(CpuTicks.read(proc));
    HostMoment nothing = HostMoment.read(folder.resolve("none"));
    assertTrue(Double.isNaN(nothing.load()) && nothing.stalled().isEmpty());
  }

  @Test
  void aModuleIsEndedWhereAllTakeMoreThanTheBudget() throws Exception {
    Requires.bpf();
    Requires.root();
    Process calls =
        new ProcessBuilder("dd", "if=/dev/zero", "of=/dev/null", "bs=1")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      List<Diagnosis.Chosen> two =
          all().stream()
              .filter(each -> List.of("sys-cost", "irq-stats").contains(each.module().name()))
              .toList();
      Diagnosis diagnosis = Diagnosis.look(two, Duration.ofSeconds(7), 0.0001);

      assertFalse(diagnosis.isWhole());
      ModuleRun.Result calling =
          diagnosis.modules().stream()
              .filter(each -> each.spec().name().equals("sys-cost"))
              .findFirst()
              .orElseThrow();
      assertTrue(calling.why().startsWith("it had the most events"), calling.why());
      assertFalse(Objects.requireNonNull(calling.taken()).isEmpty(), "what it counted stays");
      assertTrue(calling.seconds() < diagnosis.whole().seconds(), "rates are of its own time");
      assertTrue(
          diagnosis.cost().programsPercent().orElseThrow() >= 0, "of programs that are gone");
      assertTrue(
          DiagnosisPage.text(diagnosis).stream()
              .anyMatch(line -> line.matches("sys-cost: it ended early, after \\d+ s: it had .*")),
          DiagnosisPage.text(diagnosis).toString());
    } finally {
      calls.destroyForcibly().waitFor();
    }
  }
}
