package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which arms may take turns. */
class MachineStatesTest {
  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  @Test
  void armsOfALoadThatSettlesSlowlyFollowEachOtherAndANoteSaysWhy() throws IOException {
    write("none", "");
    write("small", "cpu: {load-percent: 5}");
    write("enough", "cpu: {load-percent: 6}");
    MachineStates states = states("none", "small", "enough");

    assertTrue(states.canTakeTurns(Set.of("none", "enough")));
    assertEquals(List.of(), notes);
    assertFalse(states.canTakeTurns(Set.of("none", "small")));
    assertEquals(
        List.of(
            "small: its load is as it was only 215 ms after a pause, so it takes no turns: arms"
                + " follow each other"),
        notes);
  }

  private void write(String name, String yaml) throws IOException {
    Path file = folder.resolve("stress-profiles").resolve(name + ".yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "description: d\n" + yaml + "\n");
  }

  private MachineStates states(String... names) {
    return new MachineStates(
        List.of(names).stream().map(name -> new ArmInfo(name, name, "", "")).toList(),
        new Profiles(folder),
        true,
        Duration.ofMinutes(1),
        folder,
        SavedState.in(folder, Roots.SYSTEM),
        new Notes(notes));
  }
}
