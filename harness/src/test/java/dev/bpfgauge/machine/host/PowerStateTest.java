package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.host.PowerState.Applied;
import dev.bpfgauge.machine.host.PowerState.CStates;
import dev.bpfgauge.machine.host.PowerState.PStates;
import dev.bpfgauge.machine.host.PowerState.Wanted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Power states on trees of six machines. */
class PowerStateTest {

  private static final Wanted OFF_AND_FIXED =
      new Wanted(CStates.OFF, PStates.FIXED, OptionalInt.empty());
  private static final Wanted ON_AND_SCALING =
      new Wanted(CStates.ON, PStates.SCALING, OptionalInt.empty());

  @TempDir Path folder;

  private FakeMachine machine(String tree) throws IOException {
    return FakeMachine.of(tree, folder.resolve("machine"));
  }

  private Applied apply(FakeMachine machine, Wanted wanted) {
    SavedState saved = SavedState.in(folder.resolve("state"), machine.roots());
    return PowerState.apply(wanted, machine.roots(), saved);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "intel-pstate",
        "amd-pstate-epp",
        "acpi-cpufreq",
        "arm64-cppc",
        "arm64-dt",
        "vm-haltpoll"
      })
  void closingPutsEverySettingBack(String tree) throws IOException {
    FakeMachine machine = machine(tree);
    Map<String, String> before = machine.settings();
    for (Wanted wanted : List.of(OFF_AND_FIXED, ON_AND_SCALING)) {
      try (Applied applied = apply(machine, wanted)) {
        assertFalse(applied.done().isEmpty());
        if (wanted.equals(OFF_AND_FIXED)) {
          assertNotEquals(before, machine.settings());
        }
      }
      assertEquals(before, machine.settings());
    }
    assertFalse(Files.exists(folder.resolve("state/state.jsonl")), "nothing is left to restore");
  }

  @ParameterizedTest
  @ValueSource(strings = {"intel-pstate", "arm64-dt", "vm-haltpoll"})
  void whatTakesTurnsIsPutBackAndSetAgainAndStaysSaved(String tree) throws IOException {
    FakeMachine machine = machine(tree);
    Map<String, String> before = machine.settings();
    Path saved = folder.resolve("state/state.jsonl");
    Applied applied = apply(machine, OFF_AND_FIXED);
    Map<String, String> set = machine.settings();
    String log = Files.readString(saved);
    for (int turn = 0; turn < 3; turn++) {
      applied.suspend();
      applied.suspend();
      assertEquals(before, machine.settings());
      assertEquals(log, Files.readString(saved), "whatever kills the run, it can be put back");
      applied.resume();
      applied.resume();
      assertEquals(set, machine.settings());
    }
    applied.suspend();
    assertEquals(List.of(), applied.restore().failed());
    applied.resume();
    assertEquals(before, machine.settings(), "over is over");
    assertFalse(Files.exists(saved));
  }

  @Test
  void intelIsFixedAtItsBaseFrequency() throws IOException {
    FakeMachine machine = machine("intel-pstate");
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("performance", machine.cpu("cpufreq/policy3/scaling_governor"));
      assertEquals("2100000", machine.cpu("cpufreq/policy3/scaling_min_freq"));
      assertEquals("2100000", machine.cpu("cpufreq/policy3/scaling_max_freq"));
      assertEquals("1", machine.cpu("intel_pstate/no_turbo"));
      assertEquals("0", machine.cpu("cpu2/cpuidle/state0/disable"));
      assertEquals("1", machine.cpu("cpu2/cpuidle/state1/disable"));
      assertEquals("1", machine.cpu("cpu2/cpuidle/state2/disable"));
      assertEquals(List.of(), applied.unavailable());
      assertEquals(
          List.of(
              "idle state C1 disabled (4 CPUs)",
              "idle state C1E disabled (4 CPUs)",
              "wake-up latency of at most 0 µs requested",
              "governor performance (4 policies)",
              "frequency fixed at 2100 MHz (8 limits)",
              "turbo off"),
          applied.done());
    }
  }

  @Test
  void amdIsFixedAtItsNominalFrequencyWithBoostOff() throws IOException {
    FakeMachine machine = machine("amd-pstate-epp");
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("2800000", machine.cpu("cpufreq/policy1/scaling_min_freq"));
      assertEquals("2800000", machine.cpu("cpufreq/policy1/scaling_max_freq"));
      assertEquals("0", machine.cpu("cpufreq/boost"));
      // As the kernel does when the switch for all is thrown, and with the governor.
      machine.put("sys/devices/system/cpu/cpufreq/policy1/boost", "0");
      machine.put(
          "sys/devices/system/cpu/cpufreq/policy1/energy_performance_preference", "performance");
      assertEquals(List.of(), applied.unavailable());
    }
    assertEquals("1", machine.cpu("cpufreq/policy1/boost"));
    assertEquals(
        "balance_performance", machine.cpu("cpufreq/policy1/energy_performance_preference"));
  }

  @Test
  void aTableOfFrequenciesEndsBelowTurbo() throws IOException {
    FakeMachine machine = machine("acpi-cpufreq");
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("2700000", machine.cpu("cpufreq/policy0/scaling_min_freq"));
      assertEquals("2700000", machine.cpu("cpufreq/policy0/scaling_max_freq"));
      assertEquals("0", machine.cpu("cpufreq/boost"));
      assertEquals(List.of(), applied.unavailable());
    }
    assertEquals("2300000", machine.cpu("cpufreq/policy0/scaling_max_freq"));
  }

  @Test
  void armWithoutTurboSaysSoAndFixesTheRest() throws IOException {
    FakeMachine machine = machine("arm64-cppc");
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("2800000", machine.cpu("cpufreq/policy15/scaling_min_freq"));
      assertTrue(applied.done().contains("idle state LPI-1 disabled (16 CPUs)"));
      assertEquals(1, applied.unavailable().size());
      assertTrue(applied.unavailable().getFirst().startsWith("unavailable: no turbo switch"));
    }
  }

  @Test
  void clustersAreFixedAtTheirOwnFrequencies() throws IOException {
    FakeMachine machine = machine("arm64-dt");
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("1400000", machine.cpu("cpufreq/policy0/scaling_min_freq"));
      assertEquals("1800000", machine.cpu("cpufreq/policy4/scaling_min_freq"));
      assertTrue(
          applied.unavailable().stream().anyMatch(line -> line.contains("cpu_dma_latency")),
          "no latency device on this one");
      assertFalse(Files.exists(machine.root().resolve("dev/cpu_dma_latency")));
    }
  }

  @Test
  void aMachineWithoutCpufreqIsToldAndItsIdleStatesAreSet() throws IOException {
    FakeMachine machine = machine("vm-haltpoll");
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("1", machine.cpu("cpu1/cpuidle/state1/disable"));
      assertEquals(1, applied.unavailable().size());
      assertTrue(applied.unavailable().getFirst().startsWith("unavailable: no cpufreq: "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intel-pstate", "amd-pstate-epp"})
  void driversThatScaleByThemselvesDoSoUnderPowersave(String tree) throws IOException {
    FakeMachine machine = machine(tree);
    machine.put("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance");
    try (Applied applied = apply(machine, ON_AND_SCALING)) {
      assertEquals("powersave", machine.cpu("cpufreq/policy0/scaling_governor"));
      assertEquals("0", machine.cpu("cpu0/cpuidle/state2/disable"));
      assertEquals(List.of(), applied.unavailable());
    }
  }

  @Test
  void scalingNeedsAGovernorThatScales() throws IOException {
    FakeMachine machine = machine("arm64-dt");
    machine.put(
        "sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors",
        "performance powersave");
    try (Applied applied = apply(machine, ON_AND_SCALING)) {
      assertTrue(
          applied.unavailable().stream().anyMatch(line -> line.contains("no scaling governor")));
    }
  }

  @Test
  void theLatencyRequestIsFourBytesInTheMachinesOrder() throws IOException {
    FakeMachine machine = machine("vm-haltpoll");
    Wanted wanted = new Wanted(CStates.AS_FOUND, PStates.AS_FOUND, OptionalInt.of(70));
    try (Applied applied = apply(machine, wanted)) {
      byte[] written = Files.readAllBytes(machine.root().resolve("dev/cpu_dma_latency"));
      assertEquals(70, ByteBuffer.wrap(written, 0, 4).order(ByteOrder.nativeOrder()).getInt());
      assertEquals(List.of(), applied.unavailable());
    }
  }

  @Test
  void aSettingThatIsRefusedIsToldAndTheOthersAreMade() throws IOException {
    FakeMachine machine = machine("vm-haltpoll");
    Files.delete(machine.cpuFile("cpu0/cpuidle/state1/disable"));
    try (Applied applied = apply(machine, OFF_AND_FIXED)) {
      assertEquals("1", machine.cpu("cpu1/cpuidle/state1/disable"));
      assertTrue(applied.unavailable().getFirst().contains("not there"));
    }
  }

  @Test
  void aSettingThatCannotBePutBackIsNamed() throws IOException {
    FakeMachine machine = machine("vm-haltpoll");
    Applied applied = apply(machine, OFF_AND_FIXED);
    Files.delete(machine.cpuFile("cpu0/cpuidle/state1/disable"));
    IOException told = assertThrows(IOException.class, applied::close);
    assertTrue(String.valueOf(told.getMessage()).contains("cpu0/cpuidle/state1/disable"));
    assertEquals("0", machine.cpu("cpu1/cpuidle/state1/disable"), "the rest is back");
    assertTrue(SavedState.in(folder.resolve("state"), machine.roots()).isPending());
  }
}
