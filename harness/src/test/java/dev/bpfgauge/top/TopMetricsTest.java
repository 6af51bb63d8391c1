package dev.bpfgauge.top;

import static dev.bpfgauge.top.MadeLooks.hook;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.export.DebianPackage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics, read by the program they are written for. */
class TopMetricsTest {
  @TempDir Path folder;

  private static TopView view() {
    DispatchCosts costs = new DispatchCosts(Map.of("raw_tp", 15.0), "r", "");
    String hostile = "a\"} 1\nevil{x=\"\\\u001b[2J";
    HostLook before =
        new MadeLooks(10)
            .program(4, hostile, 1, 0, 0, List.of(21), hook("raw_tp", "sys_enter"))
            .program(5, "idle", 1, 0, 0, List.of(21))
            .look();
    HostLook after =
        new MadeLooks(11)
            .map(21, 4_096, 3, 100)
            .program(4, hostile, 1, 1_000_000, 85_000_000, List.of(21), hook("raw_tp", "sys_enter"))
            .program(5, "idle", 1, 0, 0, List.of(21))
            .program(6, "fill", 1, 0, 0, List.of())
            .ours(6)
            .look();
    return TopView.between(before, after, costs);
  }

  @Test
  void prometheusFindsNothingToCriticise() throws Exception {
    Path promtool = DebianPackage.program("usr/bin/promtool", "prometheus", "promtool");
    DebianPackage.Ended checked =
        DebianPackage.Ended.of(
            folder,
            Map.of(),
            TopMetrics.text(view(), view().rows()),
            List.of(promtool.toString(), "check", "metrics"));

    assertEquals("", checked.output());
    assertEquals(0, checked.exitCode());
  }

  @Test
  void unitsAreBaseUnitsAndWhatIsNotKnownHasNoSample() {
    String text = TopMetrics.text(view(), view().rows());

    assertTrue(
        text.lines()
            .anyMatch(line ->
                line.startsWith("bpfgauge_top_program_cpu_ratio{id=\"4\"")
                    && line.endsWith(",dispatch=\"measured\"} 0.100000000")),
        text);
    assertTrue(text.contains("bpfgauge_top_map_entries{id=\"21\",name=\"m21\",type=\"hash\"} 3\n"));
    assertFalse(text.contains("run_seconds{id=\"5\""), "a program that did not run took no time");
    assertTrue(text.contains("id=\"6\",name=\"fill\""), text);
    assertTrue(text.contains("owner=\"bpfgauge (this look)\""), text);
    assertTrue(text.endsWith("# EOF\n"));
    assertFalse(text.chars().anyMatch(c -> c < ' ' && c != '\n'));
  }
}
