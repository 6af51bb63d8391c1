package dev.bpfgauge.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.simulation.StepSimulation.Step;
import dev.bpfgauge.simulation.StepSimulation.Unquiet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Seeded: each claim holds or fails the same way each time. */
class StepSimulationTest {
  private static final int SERIES = 100;

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "LONG_VISITS")
  void atMostOneSeriesInTwentyWithoutAChangeGetsOne(Unquiet unquiet) {
    for (int nights : List.of(StepSimulation.SHORT, StepSimulation.LONG)) {
      int wrong = StepSimulation.wrong(NightSimulation::ours, unquiet, nights, SERIES);
      assertTrue(wrong <= 0.05 * SERIES, wrong + " of " + SERIES + ", " + nights + " nights");
    }
  }

  @Test
  void aStepOfFivePercentIsFoundInUsualNights() {
    int found = new Step(Unquiet.NORMAL, 30).found(NightSimulation::ours, 0.05, SERIES);
    assertTrue(found >= 0.95 * SERIES, found + " of " + SERIES);
  }

  @Test
  void aStepInTheQuietPartBehindANoisyOneIsFound() {
    int found = new Step(Unquiet.QUIETER, 45).found(NightSimulation::ours, 0.05, SERIES);
    assertTrue(found >= 0.90 * SERIES, found + " of " + SERIES);
  }

  @Test
  void whatGoesBackWithinTenNightsIsNoLevelAndWhatLastsTwentyIsOne() {
    int visits = new Step(Unquiet.NORMAL, 25, 35).found(NightSimulation::ours, 0.10, SERIES);
    int levels = new Step(Unquiet.NORMAL, 25, 45).found(NightSimulation::ours, 0.10, SERIES);
    assertTrue(visits <= 0.05 * SERIES && levels >= 0.95 * SERIES, visits + ", " + levels);
  }
}
