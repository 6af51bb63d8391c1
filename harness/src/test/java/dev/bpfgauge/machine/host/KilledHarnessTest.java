package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real idle states, changed by a process that is killed, put back by the next one. */
class KilledHarnessTest {

  /** Switches C-states off on this machine, says so and waits to be killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] folder) throws Exception {
      PowerState.Wanted off =
          new PowerState.Wanted(
              PowerState.CStates.OFF, PowerState.PStates.AS_FOUND, OptionalInt.empty());
      SavedState saved = SavedState.in(Path.of(folder[0]), Roots.SYSTEM);
      try (PowerState.Applied applied = PowerState.apply(off, Roots.SYSTEM, saved)) {
        System.out.println(applied.done());
        Thread.sleep(60_000);
      }
    }
  }

  @TempDir Path folder;

  @Test
  void theNextHarnessPutsIdleStatesBackExactly() throws Exception {
    Requires.that(Privileges.read().isRoot(), "root, to change idle states");
    Requires.machine(!idleSwitches().isEmpty(), "a cpuidle driver");
    Map<Path, String> before = idleSwitches();
    try (ChildJvm victim = ChildJvm.start(Victim.class, folder.toString())) {
      assertTrue(victim.line().contains("disabled"));
      assertNotEquals(before, idleSwitches());
      victim.kill();
    } finally {
      SavedState next = SavedState.in(folder, Roots.SYSTEM);
      assertTrue(next.isPending());
      assertEquals(List.of(), next.restore().failed());
    }
    assertEquals(before, idleSwitches());
    assertFalse(SavedState.in(folder, Roots.SYSTEM).isPending());
  }

  private static Map<Path, String> idleSwitches() throws IOException {
    Map<Path, String> switches = new TreeMap<>();
    for (Path cpu : Roots.children(Roots.SYSTEM.cpus(), "cpu\\d+")) {
      for (Path state : Roots.children(cpu.resolve("cpuidle"), "state\\d+")) {
        switches.put(state, Files.readString(state.resolve("disable")).strip());
      }
    }
    return switches;
  }
}
