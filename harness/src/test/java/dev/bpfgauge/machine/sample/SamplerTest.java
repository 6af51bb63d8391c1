package dev.bpfgauge.machine.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.SamplesFile;
import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.PerfCounter;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sampler on the real kernel. */
class SamplerTest {

  @TempDir Path folder;

  @Test
  void writesTheSeedsColumnsFirstAndOneRowASecond() throws Exception {
    Path csv = folder.resolve("samples.csv");
    Path header = folder.resolve("samples.json");
    long start = System.nanoTime();
    try (Sampler sampler = Sampler.start(csv, header, start, 0)) {
      awaitRows(csv, 3);
      assertEquals(List.of(), sampler.notes());
    }
    List<String> lines = Files.readAllLines(csv);
    assertTrue(
        lines
            .getFirst()
            .startsWith(
                "timestamp,cpu_usage,load_avg_1m,context_switches,migrations,memory_used,"
                    + "elapsed_ms,"),
        lines.getFirst());
    List<String> columns = columns(lines.getFirst());
    double[] before = numbers(lines.get(1));
    for (String line : lines.subList(2, lines.size())) {
      double[] row = numbers(line);
      assertEquals(columns.size(), row.length);
      double cpu = row[columns.indexOf("cpu_usage")];
      assertTrue(cpu >= 0 && cpu <= 100, () -> "cpu_usage " + cpu);
      assertTrue(row[columns.indexOf("context_switches")] > 0);
      assertTrue(row[columns.indexOf("memory_used")] > 1e6);
      int elapsed = columns.indexOf("elapsed_ms");
      assertTrue(row[elapsed] > before[elapsed], "the run's clock only goes forward");
      before = row;
    }
    SamplesFile.Header read =
        Json.parse(Files.readString(header), SamplesFile.Header.class, "samples.json");
    assertTrue(read.costPercentOfOneCpu() > 0, "the sampler knows what it costs");
    assertEquals(columns, read.columns().stream().map(SamplesFile.Column::name).toList());
    for (int i = 0; i < columns.size(); i++) {
      String why = read.columns().get(i).missing();
      assertEquals(Double.isNaN(before[i]), !why.isEmpty(), columns.get(i) + ": " + why);
    }
  }

  @Test
  void goesOnWithAnEarlierSessionsFileAndItsColumns() throws Exception {
    Path csv = folder.resolve("samples.csv");
    Path header = folder.resolve("samples.json");
    Files.writeString(csv, "timestamp,elapsed_ms,cpu_usage,gone\n1.5,1000,50,7\n2.5,20");
    try (Sampler sampler = Sampler.start(csv, header, System.nanoTime(), 60_000)) {
      assertEquals(4, sampler.columns().size());
      awaitRows(csv, 2);
    }
    List<String> lines = Files.readAllLines(csv);
    assertEquals("1.5,1000,50,7", lines.get(1));
    double[] row = numbers(lines.get(2));
    assertTrue(row[1] > 60_000, "elapsed time goes on where the earlier session ended");
    assertTrue(Double.isNaN(row[3]), "a column that is not there any more stays empty");
  }

  @Test
  void countsMigrationsThatAreProvoked() throws Exception {
    Requires.machine(canCountMigrations(), "perf_event_open for whole CPUs");
    Requires.machine(Runtime.getRuntime().availableProcessors() > 1, "two CPUs");
    try (MigrationGauge gauge = new MigrationGauge(Roots.SYSTEM.onlineCpus())) {
      double[] row = new double[1];
      gauge.read(1, row, 0);
      moveToAndFro();
      gauge.read(1, row, 0);
      assertTrue(row[0] >= 20, () -> "20 moves between two CPUs counted as " + row[0]);
    }
  }

  @Test
  void aWindowSeesTheCpuTimeOfItsOwnSpan() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    long before = threads.getCurrentThreadCpuTime();
    SystemUseWindow window = SystemUseWindow.open(AllowedCpus.read());
    long spun = 0;
    while (spun < TimeUnit.MILLISECONDS.toNanos(500)) {
      spun = threads.getCurrentThreadCpuTime() - before;
    }
    double seen = window.cpuPercent();
    long elapsed = System.nanoTime() - start;
    double own = 100.0 * spun / elapsed / AllowedCpus.read().cpus().size();
    assertTrue(seen >= own * 0.5, () -> "this thread alone took " + own + " %, seen " + seen);
    double memory = SystemUseWindow.memoryUsedPercent();
    assertTrue(memory > 0 && memory < 100, () -> "memory " + memory);
  }

  /** Runs a process that changes its own affinity twenty times. */
  private static void moveToAndFro() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "for i in 1 2 3 4 5 6 7 8 9 10; do"
                    + " taskset -p -c 0 $$; taskset -p -c 1 $$; done")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, process.waitFor(), "taskset moves a shell between two CPUs");
  }

  private static boolean canCountMigrations() {
    try (PerfCounter counter = PerfCounter.open(PerfCounter.Event.CPU_MIGRATIONS, 0)) {
      return counter.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void awaitRows(Path csv, int rows) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.SECONDS);
    while (Files.readAllLines(csv).size() < rows + 1 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    assertFalse(Files.readAllLines(csv).size() < rows + 1, "rows came");
  }

  private static List<String> columns(String line) {
    return Arrays.asList(line.split(",", -1));
  }

  private static double[] numbers(String line) {
    return columns(line).stream()
        .mapToDouble(field -> field.isEmpty() ? Double.NaN : Double.parseDouble(field))
        .toArray();
  }

  @Test
  void saysWhichFileCannotBeWritten() throws IOException {
    Path inTheWay = folder.resolve("samples.csv");
    Files.createDirectory(inTheWay);
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () -> Sampler.start(inTheWay, folder.resolve("samples.json"), System.nanoTime(), 0));
    assertTrue(String.valueOf(refusal.getMessage()).contains(inTheWay.toString()));
  }
}
