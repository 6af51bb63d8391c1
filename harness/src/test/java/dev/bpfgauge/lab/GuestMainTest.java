package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guests' program, on this machine. */
class GuestMainTest {
  /** Runs a command for which bpf(2) is ENOSYS, as for a kernel that was built without it. */
  private static final String WITHOUT_BPF =
      """
      #include <errno.h>
      #include <linux/filter.h>
      #include <linux/seccomp.h>
      #include <stddef.h>
      #include <sys/prctl.h>
      #include <sys/syscall.h>
      #include <unistd.h>

      int main(int argc, char **argv)
      {
      	struct sock_filter code[] = {
      		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_bpf, 0, 1),
      		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      	};
      	struct sock_fprog filter = { 4, code };

      	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
      	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
      		return 1;
      	execv(argv[1], argv + 1);
      	return 1;
      }
      """;

  @TempDir Path folder;

  /**
   * No distribution's kernel is without bpf(2), so a seccomp filter takes it away: what the kernel
   * answers is the same.
   */
  @Test
  void withoutBpfEveryCellThatNeedsItSaysSo() throws Exception {
    List<Cell> cells =
        List.of(
            cell("floor", "floor.getppid", Map.of()),
            cell("floor", "floor.bpf-refused", Map.of()),
            cell("maps", "maps.lookup", Map.of("map", "hash")),
            cell("kernel-maps", "kernel-maps.lookup", Map.of("map", "hash")),
            cell("hooks", "hooks.raw_tp", Map.of("body", "empty")),
            cell("verifier", "verifier.straight-line", Map.of("size", "100")),
            cell("events", "events.throughput", Map.of("via", "queue")));

    List<GuestMessage> rows = rows(cells, GuestBoard.read(Roots.SYSTEM), compiled().toString());

    assertEquals(cells.size(), rows.size(), rows.toString());
    assertEquals(ForkStatus.OK, rows.getFirst().status(), rows.getFirst().toString());
    for (GuestMessage row : rows.subList(1, rows.size())) {
      assertEquals(ForkStatus.UNAVAILABLE, row.status(), row.toString());
      assertTrue(row.text().contains("CONFIG_BPF_SYSCALL"), row.toString());
      assertEquals(1, row.text().lines().count(), row.toString());
    }
  }

  @Test
  void aGuestThatIsNotWhatWasAskedForMeasuresNothing() throws Exception {
    GuestBoard here = GuestBoard.read(Roots.SYSTEM);
    int wanted = here.possibleCpus() + 63;
    List<Cell> cells = List.of(cell("floor", "floor.getppid", Map.of()));

    List<GuestMessage> rows =
        rows(cells, new GuestBoard(here.release(), wanted, here.onlineCpus(), here.megabytes()));

    assertEquals(1, rows.size(), rows.toString());
    assertEquals(ForkStatus.UNAVAILABLE, rows.getFirst().status(), rows.toString());
    assertEquals(
        "this guest is not what was asked for: it has %d possible processors, not %d; nothing was measured in it"
            .formatted(here.possibleCpus(), wanted),
        rows.getFirst().text());
  }

  private static Cell cell(String suite, String benchmark, Map<String, String> params) {
    return new Cell(suite, benchmark, params, "");
  }

  private Path compiled() throws Exception {
    Path source = Files.writeString(folder.resolve("without_bpf.c"), WITHOUT_BPF);
    Path program = folder.resolve("without_bpf");
    HostProgram.Ended ended =
        HostProgram.run(folder, List.of("cc", "-o", program.toString(), source.toString()));
    Requires.that(ended.wentWell(), "a C compiler: " + ended.output());
    return program;
  }

  private List<GuestMessage> rows(List<Cell> cells, GuestBoard wanted, String... through)
      throws Exception {
    Path task =
        Files.writeString(
            folder.resolve(GuestTask.FILE),
            new GuestTask(cells, GuestMode.FUNCTIONAL.word(), 42).text());
    ProcessBuilder builder = new ProcessBuilder(through);
    builder
        .command()
        .addAll(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                GuestMain.class.getName(),
                task.toString(),
                "/dev/stdout"));
    builder.environment().put(GuestMain.CELLS, "0-" + (cells.size() - 1));
    builder.environment().put(GuestMain.WANTED, wanted.text());
    Path log = folder.resolve("log");
    Process process = builder.redirectError(log.toFile()).start();
    try {
      List<GuestMessage> rows = heard(process.getInputStream());
      assertTrue(process.waitFor(Patience.SECONDS, TimeUnit.SECONDS), "hangs");
      assertEquals(0, process.exitValue(), Files.readString(log));
      return rows;
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<GuestMessage> heard(InputStream in) throws IOException {
    List<GuestMessage> rows = new ArrayList<>();
    for (Optional<String> text = Frames.read(in); text.isPresent(); text = Frames.read(in)) {
      GuestMessage message = Json.parse(text.get(), GuestMessage.class, "a message");
      if (message.kind().equals(GuestMessage.ROW)) {
        rows.add(message);
      }
    }
    return rows;
  }
}
