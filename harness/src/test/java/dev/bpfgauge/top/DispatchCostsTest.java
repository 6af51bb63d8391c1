package dev.bpfgauge.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    assertTrue(other.why().contains("run --suite hooks -p idle --body empty"), other.why());
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
