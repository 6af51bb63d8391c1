package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.KernelFetch;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.mllb.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/** What commands need that are carried out in a guest. */
final class Guests {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int DISK_MEGABYTES = 256;

  private Guests() {}

  /**
   * Carries a command out in a guest that has what scenarios need; prints what it prints.
   *
   * @param version of the kernel
   * @param board processors and memory
   * @param inputs see {@link GuestCommand#run}
   * @param folder where its files go
   * @return the exit code
   */
  static int carryOut(
      String version,
      Wishes.Board board,
      List<String> arguments,
      SortedMap<String, Path> inputs,
      Path folder,
      PrintWriter out)
      throws InterruptedException {
    KernelStore store = new KernelStore(GuestArch.ofThisMachine());
    Wishes wishes =
        new Wishes("numa_balancing=enable", 0, true, Scenario.PROGRAMS, DISK_MEGABYTES, board);
    GuestCommand guest = new GuestCommand(store, fetched(store, version, true, out), wishes);
    GuestCommand.Ended ended =
        guest.run(
            arguments,
            inputs,
            folder,
            PATIENCE,
            line -> {
              out.println(line);
              out.flush();
            });
    return switch (ended) {
      case GuestCommand.Exited(int code) -> code;
      case GuestCommand.Lost(String reason) -> {
        out.println("the guest was lost: " + reason);
        out.flush();
        yield ExitCode.PARTIAL;
      }
    };
  }

  /** Where scenarios put their files: a guest's disk, else a new folder. */
  static Path workFolder() throws IOException {
    Path disk = Path.of(Wishes.DISK);
    return Boolean.getBoolean(Derived.IN_GUEST) && Files.isDirectory(disk)
        ? Files.createTempDirectory(disk, "mllb")
        : Files.createTempDirectory("bpfgauge-mllb");
  }

  /**
   * A kernel by its version, fetched where it is not there yet, with what a guest with several
   * processors needs.
   *
   * @param libbpf Debian's libbpf as well
   * @throws dev.bpfgauge.results.Refusal where it cannot be had
   */
  static KernelImage fetched(KernelStore store, String version, boolean libbpf, PrintWriter out) {
    return new KernelFetch(
            store,
            GuestArch.ofThisMachine(),
            "",
            line -> {
              out.println(line);
              out.flush();
            })
        .fetch(List.of(version), false, libbpf, true)
        .getFirst();
  }
}
