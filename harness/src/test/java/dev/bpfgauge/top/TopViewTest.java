package dev.bpfgauge.top;

import static dev.bpfgauge.top.MadeLooks.SECOND;
import static dev.bpfgauge.top.MadeLooks.hook;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Rates between two looks. */
class TopViewTest {
  private static final DispatchCosts NO_COSTS = DispatchCosts.none("no run");

  private static ProgramRow row(TopView view, int id) {
    return view.rows().stream().filter(row -> row.id() == id).findFirst().orElseThrow();
  }

  @Test
  void runsAndTimeAreOfTheIntervalAlone() {
    HostLook before = new MadeLooks(10).program(3, "a", 1, 100, 1_000, List.of()).look();
    HostLook after = new MadeLooks(12).program(3, "a", 1, 2_100, 201_000, List.of()).look();

    ProgramRow row = row(TopView.between(before, after, NO_COSTS), 3);

    assertEquals(1_000, row.runsPerSecond());
    assertEquals(100, row.nanosPerRun());
    assertEquals(0.01, row.insidePercent(), 1e-9);
    assertEquals(OptionalLong.of(200), row.missed());
    TopView.Own own = TopView.between(before, after, NO_COSTS).own();
    assertEquals(0.002, own.statisticsPercent(), 1e-9);
    assertEquals(1, own.percent(), 1e-9);
  }

  @Test
  void aProgramThatCameMeanwhileCountsFromItsBeginning() {
    HostLook before = new MadeLooks(10).look();
    long loaded = 10 * SECOND + SECOND / 2;
    HostLook after = new MadeLooks(11).program(3, "a", loaded, 500, 5_000, List.of()).look();

    TopView view = TopView.between(before, after, NO_COSTS);

    assertEquals(1_000, row(view, 3).runsPerSecond());
    assertEquals(1, view.sum().come());
  }

  /** Ids come again: another program under the same one does not go on with its counts. */
  @Test
  void anIdUsedAgainIsAnotherProgram() {
    HostLook before = new MadeLooks(10).program(3, "a", 1, 900, 1_000, List.of()).look();
    HostLook after = new MadeLooks(11).program(3, "b", 10 * SECOND, 500, 5_000, List.of()).look();

    assertEquals(500, row(TopView.between(before, after, NO_COSTS), 3).runs());
  }

  @Test
  void thoseThatCameAndWentBetweenTheLooksAreCounted() {
    HostLook before =
        new MadeLooks(10)
            .program(3, "a", 1, 0, 0, List.of())
            .program(4, "b", 1, 0, 0, List.of())
            .look();
    HostLook after =
        new MadeLooks(11)
            .program(4, "b", 1, 0, 0, List.of())
            .program(9, "c", 10 * SECOND, 0, 0, List.of())
            .look(12);

    TopView.Sum sum = TopView.between(before, after, NO_COSTS).sum();

    assertEquals(1, sum.come());
    assertEquals(1, sum.gone());
    assertEquals(7, sum.unseen());
  }

  @Test
  void theHooksOwnCostIsAddedToEachRun() {
    DispatchCosts costs = new DispatchCosts(Map.of("raw_tp", 900.0), "run", "");
    HostLook before =
        new MadeLooks(10).program(3, "a", 1, 0, 0, List.of(), hook("raw_tp", "sys_enter")).look();
    HostLook after =
        new MadeLooks(11)
            .program(3, "a", 1, 1_000_000, 100_000_000, List.of(), hook("raw_tp", "sys_enter"))
            .program(4, "b", 1, 1_000, 1_000, List.of(), hook("raw_tp", "sched_switch"))
            .program(5, "c", 1, 1_000, 1_000, List.of(), hook("sk_lookup", "netns 1"))
            .look();

    TopView view = TopView.between(before, after, costs);

    assertEquals(10, row(view, 3).insidePercent(), 1e-9);
    assertEquals(100, row(view, 3).totalPercent(), 1e-9);
    assertEquals(ProgramRow.Knowledge.MEASURED, row(view, 3).dispatch().knowledge());
    assertEquals(ProgramRow.Knowledge.ESTIMATE, row(view, 4).dispatch().knowledge());
    assertEquals(ProgramRow.Knowledge.UNKNOWN, row(view, 5).dispatch().knowledge());
    assertEquals(1, view.sum().unknownWays());
  }

  /** A hook may cost less than reading the clock twice; nothing costs less than nothing. */
  @Test
  void aWayThatIsShorterThanTheClockIsNeverBelowZeroInAll() {
    DispatchCosts costs = new DispatchCosts(Map.of("xdp.native", -25.0), "run", "");
    HostLook before =
        new MadeLooks(10).program(3, "a", 1, 0, 0, List.of(), hook("xdp.native", "eth0")).look();
    HostLook after =
        new MadeLooks(11)
            .program(3, "a", 1, 1_000, 20_000, List.of(), hook("xdp.native", "eth0"))
            .look();

    assertEquals(0, row(TopView.between(before, after, costs), 3).totalPercent());
  }

  @Test
  void aSharedMapCountsOnce() {
    HostLook look =
        new MadeLooks(10)
            .map(21, 4_096, 90, 100)
            .map(22, 1_000, 0, 100)
            .program(3, "a", 1, 0, 0, List.of(21))
            .program(4, "b", 1, 0, 0, List.of(21, 22))
            .look();

    TopView view = TopView.of(look, NO_COSTS);

    assertEquals(4_096, row(view, 3).mapBytes());
    assertEquals(1_000, row(view, 4).mapBytes());
    assertEquals(5_096, view.sum().mapBytes());
    assertEquals(2, row(view, 4).maps().getFirst().sharers());
    assertEquals(0.9, row(view, 3).maps().getFirst().fill());
  }

  @Test
  void aFillThatCannotBeToldIsNoNumber() {
    HostLook look =
        new MadeLooks(10)
            .map(21, 4_096, HostLook.MapSeen.UNTOLD, 100)
            .program(3, "a", 1, 0, 0, List.of(21))
            .look();

    ProgramRow row = row(TopView.of(look, NO_COSTS), 3);

    assertTrue(Double.isNaN(row.maps().getFirst().fill()));
    String json = TopJson.line(TopView.of(look, NO_COSTS), List.of(row));
    assertTrue(json.contains("\"entries_unavailable\":\""), json);
    assertTrue(!json.contains("\"entries\":"), json);
  }

  /** One look has no rates: nothing is said to run never. */
  @Test
  void aLookAloneHasNoRates() {
    ProgramRow row =
        row(TopView.of(new MadeLooks(10).program(3, "a", 1, 5, 5, List.of()).look(), NO_COSTS), 3);
    assertTrue(Double.isNaN(row.runsPerSecond()));
    assertTrue(Double.isNaN(row.totalPercent()));
  }
}
