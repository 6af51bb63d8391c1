package dev.bpfgauge.top;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.suite.hooks.HooksSuite;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Costs of hooks by the sample run's figures. */
class DispatchCostsTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", ".."), "results", "sample");

  @TempDir Path results;

  private RunInfo info;

  @BeforeEach
  void sample() throws IOException {
    info = RunFolder.open(SAMPLE).readInfo();
    Path run = Files.createDirectory(results.resolve(info.id()));
    for (String name : new String[] {"run.json", "journal.jsonl.gz", "plan.json.gz"}) {
      Files.copy(SAMPLE.resolve(name), run.resolve(name));
    }
  }

  private DispatchCosts read(Map<String, String> differing) {
    Map<String, String> fingerprint = new TreeMap<>(info.fingerprint());
    fingerprint.putAll(differing);
    return DispatchCosts.read(results, fingerprint);
  }

  /** What an empty program adds to a call, less what its own statistics say of it. */
  @Test
  void theWayIsWhatStatisticsLeaveOut() {
    DispatchCosts costs = read(Map.of());

    assertEquals(info.id(), costs.source());
    assertTrue(costs.of("uprobe", "/bin/bash+0x10").orElseThrow().nanos() > 5_000);
    double rawTp = costs.of("raw_tp", "sys_enter").orElseThrow().nanos();
    assertTrue(rawTp > 0 && rawTp < 100, () -> "raw_tp " + rawTp);
  }

  @Test
  void anotherTargetAndANearHookAreEstimates() {
    DispatchCosts costs = new DispatchCosts(Map.of("tracepoint", 90.0, "fexit", 20.0), "r", "");

    assertEquals(
        Optional.of(new DispatchCosts.Dispatch(90, false)),
        costs.of("tracepoint", "sys_enter_openat"));
    assertEquals(
        Optional.of(new DispatchCosts.Dispatch(90, true)), costs.of("tracepoint", "sched_switch"));
    assertEquals(
        Optional.of(new DispatchCosts.Dispatch(20, true)), costs.of("fmod_ret", "bpf_modify"));
    assertEquals(Optional.empty(), costs.of("sk_lookup", "netns 1"));
  }

  /** Another runtime measured the same hooks; another kernel has others. */
  @Test
  void onlyWhatHooksCostByMustBeTheSame() {
    assertEquals(info.id(), read(Map.of("jdk", "another", "libbpf", "another")).source());

    DispatchCosts other = read(Map.of("kernel", "another"));
    assertEquals("", other.source());
    assertTrue(other.why().contains(info.id() + " has another kernel"), other.why());
    assertTrue(other.why().startsWith("--calibrate measures it on a quiet machine; "), other.why());
  }

  /** Their own, else a near hook's; what the suite cannot measure is not asked of it. */
  @Test
  void whatIsMissingIsWhatTheSuiteCanMeasure() {
    DispatchCosts costs = new DispatchCosts(Map.of("raw_tp", 15.0, "fexit", 20.0), "r", "");
    List<LoadedLink> hooks =
        Stream.of("raw_tp", "fmod_ret", "lsm", "kprobe", "cgroup_inet_egress", "struct_ops")
            .map(hook -> MadeLooks.hook(hook, "somewhere"))
            .toList();

    assertEquals(
        Set.of("fentry", "kprobe", "cgroup_skb"), costs.missing(hooks, HooksSuite.hooks()));
  }

  /** A calibration measures what an older run lacks, and does not hide it. */
  @Test
  void whatANewerRunLacksTheOlderOneTells() throws IOException {
    Path newer = Files.createDirectory(results.resolve("29991231-000000-newer"));
    Path older = results.resolve(info.id());
    for (String name : new String[] {"run.json", "plan.json.gz"}) {
      Files.copy(older.resolve(name), newer.resolve(name));
    }
    String rawTp;
    try (BufferedReader lines = reader(older)) {
      rawTp =
          lines
              .lines()
              .filter(line -> line.contains("\"hooks.raw_tp\""))
              .collect(Collectors.joining("\n", "", "\n"));
    }
    assertTrue(rawTp.length() > 2);
    Files.writeString(newer.resolve("journal.jsonl"), rawTp);

    DispatchCosts costs = read(Map.of());

    assertEquals(info.id() + ", " + info.id(), costs.source(), "both are this run's copies");
    assertTrue(costs.of("raw_tp", "sys_enter").isPresent());
    assertTrue(costs.of("uprobe", "/bin/bash+0x10").isPresent());
  }

  private static BufferedReader reader(Path run) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(run.resolve("journal.jsonl.gz"))), UTF_8));
  }

  @Test
  void aDamagedRunIsNamedAndCostsNothingElse() throws IOException {
    Files.writeString(results.resolve(info.id()).resolve("run.json"), "{");

    DispatchCosts costs = read(Map.of());

    assertEquals("", costs.source());
    assertTrue(costs.why().contains(info.id() + " cannot be read"), costs.why());
  }

  @Test
  void withoutAFolderThereAreNone(@TempDir Path other) {
    assertEquals("", DispatchCosts.read(other.resolve("none"), Map.of()).source());
  }
}
