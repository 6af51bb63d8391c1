package dev.bpfgauge.export;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.Samples;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The sample runs, and one whose words mean harm. */
final class ExportedRuns {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", "..")).resolve("results/sample");

  private ExportedRuns() {}

  static RunData sample() {
    return RunFolder.open(SAMPLE).read();
  }

  /** Counts instructions; has cells of yes and no, and cells that a kernel refuses. */
  static RunData lab() {
    return RunFolder.open(SAMPLE.resolve("lab")).read();
  }

  /** The same with each boot three times: enough for an interval. */
  static RunData labOfSixBoots() {
    RunData lab = lab();
    List<ForkRecord> forks = new ArrayList<>();
    for (int more = 0; more < 3; more++) {
      for (ForkRecord fork : lab.forks()) {
        forks.add(
            new ForkRecord(
                fork.seq() + more * lab.forks().size(),
                fork.round() + more * lab.info().plan().rounds(),
                fork.cell(),
                fork.status(),
                fork.reason(),
                fork.startedAt(),
                fork.startMillis(),
                fork.endMillis(),
                fork.measurement(),
                fork.load()));
      }
    }
    return new RunData(lab.info(), forks, lab.samples());
  }

  static RunData emulated() {
    return RunFolder.open(SAMPLE.resolve("mllb")).read();
  }

  /** One cell whose names hold whatever ends a field, a label, a line or a string somewhere. */
  static RunData hostile() {
    Cell cell =
        new Cell(
            "maps",
            "maps.lookup",
            Map.of(
                "map", "a\"b\\c\nd,e{f}'#\u0007\u2028<script>", "odd name", "x", "odd-name", "y"),
            "id\"le\\\n");
    return new RunData(
        sample().info(),
        List.of(
            new ForkRecord(
                0,
                0,
                cell,
                ForkStatus.OK,
                "",
                Instant.EPOCH,
                0,
                1,
                new Measurement(1e-7, List.of(1e-7), null, 1, null, null),
                List.of())),
        Samples.NONE);
  }

  static List<RunData> all() {
    return List.of(sample(), lab(), emulated(), hostile());
  }
}
