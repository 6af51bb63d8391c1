package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code tools overhead} by the jar, on this kernel. */
class OverheadIT {
  @TempDir Path folder;

  @BeforeEach
  void asRoot() {
    Requires.root();
    Requires.bpf();
  }

  /** A profile that asks for nothing of the machine: others may be busy on it. */
  private String loaded() throws Exception {
    Path profile = folder.resolve("busy.yaml");
    Files.writeString(
        profile, "description: one worker of each kind a CPU\nchurn: {sockets: yes}\n");
    return profile.toString();
  }

  @Test
  void measuresToolsOffAndOnAndSaysWhatEachSaw() throws Exception {
    Jar jar = new Jar(folder).onABusyMachine();
    Jar.Ended ended =
        jar.run(
            "tools",
            "overhead",
            "-p",
            loaded(),
            "--tools",
            "cpudist,filetop",
            "--rounds",
            "1",
            "--measure",
            "200");
    List<ForkRecord> forks = RunFolder.resolve(folder.resolve("results"), "latest").read().forks();
    ForkRecord cpudist = fork(forks, "cpudist", "tools.switch");
    assertEquals(ForkStatus.OK, cpudist.status(), () -> cpudist.reason() + ended.out());
    assertNotNull(cpudist.measurement());
    Map<String, Double> extras = cpudist.measurement().extras();
    assertNotNull(extras);
    assertTrue(extras.getOrDefault("events_per_op", 0.0) >= 1, extras.toString());
    assertEquals(0.0, extras.get("events_lost"));
    assertTrue(extras.getOrDefault("bpf_ns_per_op", 0.0) > 0, extras.toString());
    assertTrue(extras.getOrDefault("tool_map_bytes", 0.0) > 0, extras.toString());
    assertEquals(ForkStatus.OK, fork(forks, "all", "tools.read").status());
    String page = Files.readString(folder.resolve("results/" + runId() + "/report.html"));
    assertTrue(page.contains("What the tools cost"), "the section is there");
    assertTrue(page.contains("network receive"), "with the four charts");
    assertEquals(List.of(), leftProcesses(), "no tool is left");
    assertTrue(extras.getOrDefault("bpf_ns_per_event", 0.0) > 0, extras.toString());
    assertForecast(jar);
    try (Stream<Path> files = Files.list(folder.resolve("results/" + runId()))) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".dat")), "no file of a load");
    }
  }

  /** The newest run of this machine says what an event costs, and the host how many there are. */
  private void assertForecast(Jar jar) throws Exception {
    Path info = folder.resolve("results/" + runId()).resolve(RunFolder.INFO);
    String other = "\"" + FingerprintPart.OTHER_PROGRAMS.word() + "\" : \"[^\"]*\",?";
    String untold = Files.readString(info).replaceFirst(other, "");
    assertNotEquals(Files.readString(info), untold);
    Files.writeString(info, untold); // Others may load programs between the run and the forecast.
    Jar.Ended here = jar.run("tools", "overhead", "--here", "--tools", "cpudist", "--json");
    assertEquals(ExitCode.DONE, here.exitCode(), here.err());
    JsonNode forecast = Json.tree(here.out(), "the forecast").path("tools").path(0);
    assertEquals("cpudist", forecast.path("tool").asString());
    assertEquals("/proc/stat", forecast.path("counter").asString());
    assertEquals(runId(), forecast.path("cost").path("run").asString());
    double events = forecast.path("eventsPerSecond").path("value").asDouble();
    double nanos = forecast.path("nanosPerEvent").path("value").asDouble();
    assertTrue(events > 0 && nanos > 0, here.out());
    assertEquals(
        events * nanos / 1e7, forecast.path("cpuPercent").path("value").asDouble(), 1e-9 * events);
  }

  @Test
  void whereNothingWasMeasuredTheForecastNamesTheCommandThatDoes() throws Exception {
    Jar.Ended ended = new Jar(folder).run("tools", "overhead", "--here");

    assertEquals(ExitCode.USAGE, ended.exitCode(), ended.out());
    assertTrue(ended.err().contains("harness.jar tools overhead` measures it"), ended.err());
  }

  @Test
  void aGuestTakesNoLoadBeside() throws Exception {
    Jar.Ended ended =
        new Jar(folder).run("tools", "overhead", "--kernel", Kernels.ONE, "-p", "cpu80");
    assertEquals(2, ended.exitCode(), ended.out());
    assertTrue(ended.err().contains("leave out -p"), ended.err());
  }

  private String runId() {
    return RunFolder.resolve(folder.resolve("results"), "latest").id();
  }

  static ForkRecord fork(List<ForkRecord> forks, String arm, String benchmark) {
    return forks.stream()
        .filter(f -> f.cell().profile().equals(arm) && f.cell().benchmark().equals(benchmark))
        .findFirst()
        .orElseThrow();
  }

  private List<String> leftProcesses() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains("--tallies"))
        .toList();
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    Jar jar = new Jar(folder);
    for (String[] wrong :
        List.of(
            new String[] {"--tools", "cpudisk"},
            new String[] {"--peer", "bcc"},
            new String[] {"--rounds", "0"},
            new String[] {"--seconds", "7"},
            new String[] {"--here", "--rounds=3"},
            new String[] {"-p", "case55"})) {
      Jar.Ended ended = jar.run("tools", "overhead", wrong[0], wrong[1]);
      assertEquals(ExitCode.USAGE, ended.exitCode(), ended.err());
      assertEquals(1, ended.err().lines().filter(l -> l.startsWith("bpfgauge:")).count());
    }
  }
}
