package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.KernelFetch;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.mllb.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** What commands need that are carried out in a guest. */
final class Guests {
  /** Programs take long to start where they are emulated. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int DISK_MEGABYTES = 256;

  private Guests() {}

  /**
   * A guest that has what scenarios need, on a kernel that is fetched where it is missing.
   *
   * @param version of the kernel
   * @param board processors and memory
   * @param debianLibbpf with Debian's libbpf instead of this machine's
   * @param wait what it does while another harness measures
   */
  static GuestCommand on(
      String version, Wishes.Board board, boolean debianLibbpf, WaitOption wait, PrintWriter out) {
    KernelStore store = new KernelStore(GuestArch.ofThisMachine());
    return new GuestCommand(
        wait.lock(out),
        store,
        fetched(store, version, debianLibbpf, out),
        new Wishes(
            "numa_balancing=enable", 0, debianLibbpf, Scenario.PROGRAMS, DISK_MEGABYTES, board));
  }

  /**
   * Carries a command out in a guest; prints what it prints, and where the guest was lost, why.
   *
   * @param inputs see {@link GuestCommand#run}
   * @param folder where its files go
   */
  static GuestCommand.Ended carryOut(
      GuestCommand guest,
      List<String> arguments,
      SortedMap<String, Path> inputs,
      Path folder,
      PrintWriter out)
      throws InterruptedException {
    List<String> inGuest = new ArrayList<>(List.of("-D" + Program.IN_GUEST + "=true"));
    inGuest.addAll(arguments);
    GuestCommand.Ended ended =
        guest.run(
            inGuest,
            inputs,
            folder,
            PATIENCE,
            line -> {
              out.println(line);
              out.flush();
            });
    if (ended instanceof GuestCommand.Lost(String reason)) {
      PrintWriter sentences = FoldedLines.on(out);
      sentences.println("the guest was lost: " + reason);
      sentences.flush();
    }
    return ended;
  }

  /** The exit code of a command that ended so. */
  static int code(GuestCommand.Ended ended) {
    return switch (ended) {
      case GuestCommand.Exited(int code) -> code;
      case GuestCommand.Lost _ -> ExitCode.PARTIAL;
    };
  }

  /** Where scenarios put their files: a guest's disk, else a new folder. */
  static Path workFolder() throws IOException {
    Path disk = Path.of(Wishes.DISK);
    return Boolean.getBoolean(Program.IN_GUEST) && Files.isDirectory(disk)
        ? Files.createTempDirectory(disk, "mllb")
        : Scratch.newFolder("mllb-");
  }

  /**
   * A kernel by its version, fetched where it is not there yet, with what a guest with several
   * processors needs.
   *
   * @param libbpf Debian's libbpf as well
   * @throws dev.bpfgauge.model.Refusal where it cannot be had
   */
  private static KernelImage fetched(
      KernelStore store, String version, boolean libbpf, PrintWriter out) {
    PrintWriter sentences = FoldedLines.on(out);
    return new KernelFetch(
            store,
            GuestArch.ofThisMachine(),
            "",
            line -> {
              sentences.println(line);
              sentences.flush();
            })
        .fetch(List.of(version), false, libbpf, true)
        .getFirst();
  }
}
