package dev.bpfgauge.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Seeded: each claim holds or fails the same way each time. */
class NightSimulationTest {

  @Test
  void theSimulationsPageShowsTheCurrentOutput() throws IOException {
    Path root = Path.of(System.getProperty("project.root", ".."));
    String page = Files.readString(root.resolve("docs/measured/simulations.md"));
    assertTrue(
        page.contains("```\n" + NightSimulation.report() + "```\n"),
        "docs/measured/simulations.md lacks the output of dev.bpfgauge.simulation.NightSimulation");
  }

  @Test
  void aNightWithoutAChangeRaisesNoAlarmWhateverItsNature() {
    for (NightSimulation.Nature nature : NightSimulation.Nature.values()) {
      NightSimulation.Alarms alarms = NightSimulation.alarms(nature, 100, 20, new Random(7));
      assertTrue(alarms.alarmNights() <= 1, nature + " " + alarms);
    }
  }

  @Test
  void theRepetitionsAreWhatStandsBetweenAnOddRunAndAnAlarm() {
    NightSimulation.Alarms alarms =
        NightSimulation.alarms(NightSimulation.Nature.SPIKES, 200, 20, new Random(8));
    assertTrue(alarms.looked() > 20, alarms.toString());
    assertTrue(alarms.confirmed() <= 1, alarms.toString());
  }

  @Test
  void theFrozenProgramIsWhatStandsBetweenAMoodOfTheMachineAndAnAlarm() {
    NightSimulation.Alarms alarms =
        NightSimulation.alarms(NightSimulation.Nature.MOODS, 100, 20, new Random(9));
    assertTrue(alarms.confirmed() > 20, alarms.toString());
    assertEquals(0, alarms.alarms(), alarms.toString());
  }

  @Test
  void aReferenceFindsWhatTheMachinesMoodsHideAndRaisesNoAlarm() {
    for (ReferencedNights.Nature nature : ReferencedNights.Nature.values()) {
      ReferencedNights.Said said = ReferencedNights.simulate(nature, 1.10, 50, new Random(12));
      assertTrue(said.alarms() <= 0.02, nature + " " + said);
      assertTrue(said.found() >= said.rawFound() - 0.05, nature + " " + said);
      assertTrue(nature != ReferencedNights.Nature.MOODS || said.found() > 0.9, said::toString);
    }
  }

  @Test
  void aTenthSlowerIsFoundInItsFirstNight() {
    assertTrue(
        NightSimulation.found(NightSimulation.Nature.USUAL, 0.10, 50, new Random(10)) > 0.95);
    assertEquals(
        0, NightSimulation.found(NightSimulation.Nature.USUAL, 0, 50, new Random(10)), 0.021);
  }

  @Test
  void oursIsWrongLessOftenThanOtavasAndFindsAsMuch() {
    NightSimulation.Nature nature = NightSimulation.Nature.USUAL;
    NightSimulation.Found ours =
        NightSimulation.changePoints(NightSimulation::ours, nature, 0.03, 5, 11);
    NightSimulation.Found others =
        NightSimulation.changePoints(WindowedDivisive::of, nature, 0.03, 5, 11);
    assertTrue(ours.found() > 0.95 && others.found() > 0.95, ours + " " + others);
    assertTrue(ours.wrong() <= others.wrong(), ours + " " + others);
  }
}
