package dev.bpfgauge.lab;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.os.Meminfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a guest was asked to be, and what it finds itself to be: measured is only where the two
 * agree.
 *
 * @param release the kernel's
 * @param possibleCpus processors that there are places for; 0: not asked for
 * @param onlineCpus processors that run; 0: not asked for
 * @param megabytes of memory; 0: not asked for
 */
record GuestBoard(String release, int possibleCpus, int onlineCpus, long megabytes) {
  /** What a kernel may keep of the memory for itself. */
  private static final double KERNELS_SHARE = 0.3;

  /** This guest. */
  static GuestBoard read(Roots roots) {
    return new GuestBoard(
        Roots.text(roots.proc().resolve("sys/kernel/osrelease")).orElse("unknown"),
        roots.possibleCpus().size(),
        roots.onlineCpus().size(),
        Meminfo.read(roots.proc()).totalBytes() / (1 << 20));
  }

  /** As a word, for the kernel's command line. */
  String text() {
    return "%s,%d,%d,%d".formatted(release, possibleCpus, onlineCpus, megabytes);
  }

  /**
   * @param text see {@link #text}; anything else is what is left of a command line that was too
   *     long
   */
  static Optional<GuestBoard> ofText(String text) {
    String[] words = text.split(",", -1);
    return words.length == 4 && words[3].matches("\\d+")
        ? Optional.of(
            new GuestBoard(
                words[0],
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Long.parseLong(words[3])))
        : Optional.empty();
  }

  /** In what this guest is not the one that was asked for, as one sentence; empty where it is. */
  Optional<String> difference(GuestBoard asked) {
    List<String> differences = new ArrayList<>();
    if (!release.equals(asked.release)) {
      differences.add("its kernel is %s, not %s".formatted(release, asked.release));
    }
    if (asked.possibleCpus > 0 && possibleCpus != asked.possibleCpus) {
      differences.add(
          "it has %d possible processors, not %d".formatted(possibleCpus, asked.possibleCpus));
    }
    if (asked.onlineCpus > 0 && onlineCpus != asked.onlineCpus) {
      differences.add("%d processors run, not %d".formatted(onlineCpus, asked.onlineCpus));
    }
    double least = asked.megabytes * (1 - KERNELS_SHARE);
    if (asked.megabytes > 0 && (megabytes > asked.megabytes || megabytes < least)) {
      differences.add("it has %d MB of memory, not %d".formatted(megabytes, asked.megabytes));
    }
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "this guest is not what was asked for: "
                + String.join("; ", differences)
                + "; nothing was measured in it");
  }
}
