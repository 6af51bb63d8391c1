package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.KernelFetch;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import java.io.PrintWriter;
import java.util.List;

/** What commands need that are carried out in a guest. */
final class Guests {
  private Guests() {}

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
