package dev.bpfgauge.suite.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.MadeForks;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite verifier. */
class VerifierWorkTest {
  private final MadeForks forks = new MadeForks();

  private static Cell load(String shape, int size) {
    return new Cell(
        "verifier", "verifier." + shape, Map.of("size", Integer.toString(size)), "idle");
  }

  private static Cell run(String engine) {
    return new Cell(
        "verifier",
        "verifier.run",
        Map.of("size", "1000", "shape", "straight-line", "engine", engine),
        "idle");
  }

  private Table table() {
    return new VerifierWork(forks.evidence()).table();
  }

  @Test
  void aShapesSizesFollowEachOtherInAscendingOrder() {
    for (int size : List.of(10_000, 100, 1_000)) {
      forks.measured(load("straight-line", size), 20_000, Map.of());
      forks.measured(load("branches", size / 10), 20_000, Map.of());
    }
    assertEquals(
        List.of(
            "straight-line (size 100)",
            "straight-line (size 1\u202f000)",
            "straight-line (size 10\u202f000)",
            "branches (size 10)",
            "branches (size 100)",
            "branches (size 1\u202f000)"),
        table().rows().stream().map(row -> MadeForks.texts(row).getFirst()).toList());
  }

  @Test
  void loadsAreInMicrosecondsWithWhatTheVerifierDid() {
    for (double nanos : new double[] {20_900, 20_950, 21_000, 21_050, 21_100}) {
      forks.measured(
          load("branches", 100),
          nanos,
          Map.of(
              "verification_us", 12.0,
              "insns", 203.0,
              "processed_insns", 1_503.0,
              "peak_states", 7.0,
              "total_states", 9.0,
              "xlated_bytes", 1_624.0,
              "jited_bytes", 1_100.0));
    }
    List<String> row = MadeForks.texts(table().rows().getFirst());
    assertEquals("21.0\u202fµs", row.get(2));
    assertEquals("[20.9, 21.1]\u202fµs", row.get(3));
    assertEquals(
        List.of("12", "203", "1\u202f503", "7 / 9", "1\u202f624", "1\u202f100", "5"),
        row.subList(4, 11));
  }

  @Test
  void runsAreInNanosecondsAndAnEngineThatIsMissingIsSaid() {
    forks.measured(run("jit"), 310, Map.of());
    forks.unavailable(run("interpreter"), "this kernel has no interpreter");
    List<Table.Row> rows = table().rows();
    assertEquals("310\u202fns", MadeForks.texts(rows.get(1)).get(2));
    List<String> missing = MadeForks.texts(rows.get(0));
    assertEquals("unavailable", missing.get(2));
    assertEquals("0", missing.getLast());
    assertTrue(missing.subList(4, 10).stream().allMatch(Words.NONE::equals));
  }

  @Test
  void aRunWithoutTheSuiteHasNoRows() {
    assertEquals(List.of(), table().rows());
  }
}
