package dev.bpfgauge.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.stats.Demand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Seeded: each claim holds or fails the same way each time. Tolerances are four standard errors.
 */
class SimulationTest {

  @Test
  void theSimulationsPageShowsTheCurrentOutput() throws IOException {
    Path root = Path.of(System.getProperty("project.root", ".."));
    String page = Files.readString(root.resolve("docs/measured/simulations.md"));
    assertTrue(
        page.contains("```\n" + Simulation.report() + "```\n"),
        "docs/measured/simulations.md lacks the output of dev.bpfgauge.simulation.Simulation");
  }

  @Test
  void theForkLevelIntervalHoldsWhatItPromisesAndThePooledOneDoesNot() {
    for (double share : new double[] {0, 0.1, 0.3, 0.6}) {
      Simulation.Coverage coverage = Simulation.coverage(share, 5, 20, 2000, new Random(1));
      assertEquals(0.95, coverage.forkLevel(), 0.02);
      assertTrue(share == 0 ? coverage.pooled() > 0.99 : coverage.pooled() < 0.97);
    }
  }

  @Test
  void onlyInterleavingKeepsDriftOutOfTheComparison() {
    double drift = 0.02;
    Simulation.Alarms sequential = underDrift(Simulation.Order.SEQUENTIAL, drift);
    Simulation.Alarms abba = underDrift(Simulation.Order.ABBA, drift);
    assertTrue(sequential.plainInterval() > 0.2);
    assertEquals(0.05, abba.plainInterval(), 0.02);
    assertEquals(0, abba.verdictRule(), 0.003);
  }

  @Test
  void runsOfEqualArmsRaiseHardlyAnyAlarmWhateverTheNoise() {
    for (NoiseModel noise : NoiseModel.values()) {
      Simulation.SameArms same = Simulation.sameArms(14, 5, noise, 500, new Random(2));
      assertTrue(same.alarms().verdictRule() <= 0.03, noise + " " + same);
      assertTrue(same.alarms().plainInterval() > 0.15, noise + " " + same);
    }
  }

  /** At the margin itself any verdict is wrong, and who stops at what he likes finds one. */
  @Test
  void lookingAgainAndAgainIsPaidForByTheRuleAndByNothingElse() {
    for (UntilDecided.Rounds nature : UntilDecided.Rounds.values()) {
      UntilDecided.End once = UntilDecided.end(1.03, nature, Demand.of(0.03), 200, new Random(4));
      UntilDecided.End rule =
          UntilDecided.end(1.03, nature, Demand.of(0.03, UntilDecided.LOOKS), 200, new Random(4));
      assertTrue(once.decided() > 0.1, nature + " " + once);
      assertTrue(rule.decided() < 0.07, nature + " " + rule);
      assertTrue(rule.held() > 0.93, nature + " " + rule);
    }
  }

  @Test
  void aSlowdownOfTenPercentIsFoundAtTheUsualNoise() {
    double found =
        Simulation.found(0.10, Simulation.unchanged(5, NoiseModel.USUAL, 500, new Random(3)));
    assertTrue(found > 0.9, "found in " + found);
    double nothing =
        Simulation.found(0.0, Simulation.unchanged(5, NoiseModel.USUAL, 500, new Random(3)));
    assertEquals(0, nothing, 0.01);
  }

  @Test
  void theIntervalHoldsAnInjectedSlowdown() {
    for (NoiseModel noise :
        new NoiseModel[] {NoiseModel.QUIET, NoiseModel.USUAL, NoiseModel.LIVELY}) {
      assertEquals(
          0.95, Simulation.ratioCoverage(1.10, 5, noise, 2000, new Random(4)), 0.02, noise.words());
    }
  }

  /** The noisiest fork scatters by 13 ns: four standard errors of 20 000 forks are 0.4 ns. */
  @Test
  void theMeanOfANetCostIsUnbiasedAndItsIntervalHoldsTheTruth() {
    for (NoiseModel noise :
        List.of(
            NoiseModel.USUAL,
            NoiseModel.LIVELY,
            NoiseModel.HEAVY_TAILS,
            NoiseModel.NEIGHBOUR,
            NoiseModel.TWO_LAYOUTS)) {
      for (double truth : new double[] {0, 2, 5}) {
        NetCosts.Both both = NetCosts.simulate(truth, noise, 4000, new Random(5));
        String what = noise.words() + ", " + truth + " ns: " + both;
        assertEquals(truth, both.allForks().mean(), 0.4, what);
        assertTrue(both.allForks().held() >= 0.93, what);
        assertTrue(both.aboveZero().mean() > truth + 0.4, what);
      }
      NetCosts.Said nothing = NetCosts.simulate(0, noise, 4000, new Random(5)).aboveZero();
      assertTrue(nothing.held() < 0.8, noise.words() + ": " + nothing);
    }
  }

  @Test
  void referencesTakeAlarmsAwayAndMakeHardlyAny() {
    for (ReferencedRuns.Machine machine : ReferencedRuns.Machine.values()) {
      ReferencedRuns.Said said = ReferencedRuns.simulate(machine, 300, new Random(6));
      assertTrue(said.alarms() <= 0.02, machine + " " + said);
    }
    ReferencedRuns.Said between =
        ReferencedRuns.simulate(ReferencedRuns.Machine.DRIFT, 300, new Random(6));
    assertTrue(between.rawAlarms() > 0.5, between.toString());
    ReferencedRuns.Said drift =
        ReferencedRuns.simulate(ReferencedRuns.Machine.FORKS_TOO, 300, new Random(6));
    assertTrue(drift.corrected() > 0.95, drift.toString());
    assertTrue(drift.rawAlarms() > 0.1, drift.toString());
    assertTrue(drift.found() > drift.rawFound(), drift.toString());
    ReferencedRuns.Said moved =
        ReferencedRuns.simulate(ReferencedRuns.Machine.MOVED, 300, new Random(6));
    assertEquals(moved.rawFound(), moved.found(), 0.05, moved.toString());
    ReferencedRuns.Said noisy =
        ReferencedRuns.simulate(ReferencedRuns.Machine.NOISY_REFERENCE, 300, new Random(6));
    assertTrue(noisy.corrected() < 0.05, noisy.toString());
  }

  private static Simulation.Alarms underDrift(Simulation.Order order, double drift) {
    return Simulation.underDrift(order, drift, NoiseModel.QUIET, 2000, new Random(1));
  }
}
