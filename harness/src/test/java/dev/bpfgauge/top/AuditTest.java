package dev.bpfgauge.top;

import static dev.bpfgauge.top.MadeLooks.hook;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stands out, and its page. */
class AuditTest {
  private static final DispatchCosts COSTS =
      new DispatchCosts(Map.of("raw_tp", 15.0, "uprobe", 10_000.0), "run", "");
  private static final String HOSTILE = "<script>alert(1)</script>\u202e";

  private static Audit audit() {
    HostLook first =
        new MadeLooks(10)
            .map(21, 4_096, 95, 100)
            .map(22, 4_096, 10, 100)
            .program(3, HOSTILE, 1, 0, 0, List.of(21, 22), hook("uprobe", "/bin/bash+0x10"))
            .program(4, "quiet", 1, 0, 0, List.of(21), hook("raw_tp", "sys_enter"))
            .look();
    HostLook middle =
        new MadeLooks(11)
            .program(3, HOSTILE, 1, 5_000, 500_000, List.of(21), hook("uprobe", "/bin/bash+0x10"))
            .program(4, "quiet", 1, 0, 0, List.of(), hook("raw_tp", "sys_enter"))
            .program(7, "passer", 10 * MadeLooks.SECOND, 1, 1, List.of())
            .look();
    HostLook last =
        new MadeLooks(12)
            .map(21, 4_096, 95, 100)
            .map(22, 4_096, 10, 100)
            .program(
                3, HOSTILE, 1, 10_000, 1_000_000, List.of(21, 22), hook("uprobe", "/bin/bash+0x10"))
            .program(4, "quiet", 1, 0, 0, List.of(21), hook("raw_tp", "sys_enter"))
            .look(9);
    return new Audit(
        TopView.between(first, last, COSTS),
        List.of(TopView.between(first, middle, COSTS), TopView.between(middle, last, COSTS)),
        first.loaded());
  }

  @Test
  void whatStandsOutIsNamedWithItsFigures() {
    List<Audit.Standout> standouts = audit().standouts();
    List<Audit.Kind> kinds = standouts.stream().map(Audit.Standout::kind).toList();

    assertEquals(
        List.of(
            Audit.Kind.MISSED,
            Audit.Kind.NEARLY_FULL,
            Audit.Kind.HOT_HOOK,
            Audit.Kind.DEAR,
            Audit.Kind.RESTLESS),
        kinds);
    assertTrue(standouts.get(0).sentence().contains("missed 1000 runs"), standouts::toString);
    assertTrue(standouts.get(1).sentence().contains("95 of 100"), standouts::toString);
    assertTrue(standouts.get(2).sentence().startsWith("5.0 % of a CPU"), standouts::toString);
    assertTrue(standouts.get(3).sentence().contains("10.1k ns each"), standouts::toString);
    assertEquals("5 programs", standouts.get(4).subject());
  }

  @Test
  void aQuietHostHasNothingThatStandsOut() {
    HostLook first = new MadeLooks(10).program(3, "a", 1, 0, 0, List.of()).look();
    HostLook last = new MadeLooks(11).program(3, "a", 1, 9, 900, List.of()).look();
    TopView view = TopView.between(first, last, COSTS);

    assertEquals(List.of(), new Audit(view, List.of(view), first.loaded()).standouts());
    assertTrue(
        AuditPage.render(new Audit(view, List.of(view), first.loaded()), "host", "1", Path.of(""))
            .contains("Nothing stands out."));
  }

  @Test
  void aFullMapIsFullAndWhoElseHasStatisticsOnIsNamed() {
    HostLook look =
        new MadeLooks(10)
            .map(21, 4_096, 1_000, 1_000)
            .program(3, "a", 1, 0, 0, List.of(21))
            .statistics("java (30158)")
            .look();
    List<Audit.Standout> standouts =
        new Audit(TopView.of(look, COSTS), List.of(), Set.of()).standouts();

    assertEquals(
        List.of(
            new Audit.Standout(
                Audit.Kind.FULL,
                "map 21 m21 of program 3 a of tool(7)",
                "holds 1000 of 1000 entries: new ones are refused until some are deleted."),
            new Audit.Standout(
                Audit.Kind.STATISTICS,
                "run-time statistics",
                "are also switched on by java (30158): each run of every program takes longer"
                    + " meanwhile.")),
        standouts);
  }

  @Test
  void namesMayBreakBehindWhatJoinsTheirPartsOnly() {
    String page = AuditPage.render(audit(), "host", "1.0", Path.of(""));

    assertTrue(page.contains(">raw_<wbr>tracepoint<"), page);
    assertTrue(page.contains("raw_<wbr>tp:<wbr>sys_<wbr>enter"), page);
  }

  @Test
  void programsThatPassedAreCountedByName() {
    assertEquals(
        List.of(new Audit.Passing("passer", "raw_tracepoint", "tool(7)", 1)), audit().passing());
  }

  @Test
  void thePageIsOfflineAndShowsHostileNamesAsText() {
    String page = AuditPage.render(audit(), "<b>host</b>", "1.0", Path.of("")).replace("<wbr>", "");

    assertFalse(page.contains("<script"), page);
    assertFalse(page.contains("\u202e"), page);
    assertFalse(page.contains("<b>host"), page);
    assertTrue(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), page);
    assertFalse(page.matches("(?s).*(src|href)=\"(https?:)?//.*"), page);
    assertTrue(page.contains("map nearly full"), page);
  }
}
