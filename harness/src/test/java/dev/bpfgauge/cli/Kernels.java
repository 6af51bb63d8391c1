package dev.bpfgauge.cli;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What tests of the lab share: a real kernel, the guests that run, the newest run. */
final class Kernels {
  /** One that has all the suites need. */
  static final String ONE = "6.12";

  /** What a fetch was told → how it ended. */
  private static final Map<List<String>, Jar.Ended> FETCHED = new HashMap<>();

  private Kernels() {}

  /** Skips where there is no emulator, or no kernel and no way to one. */
  static void fetched(Path folder) throws IOException, InterruptedException {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    fetched(folder, arm ? "arm64" : "amd64", arm ? "qemu-system-aarch64" : "qemu-system-x86_64");
  }

  static void fetched(Path folder, String arch, String emulator)
      throws IOException, InterruptedException {
    Requires.bpf();
    Requires.that(SearchPath.find(emulator).isPresent(), emulator);
    fetched(folder, List.of("--arch", arch, "debian:" + ONE));
  }

  /**
   * Skips where {@code kernels fetch} cannot fetch it; each is fetched once.
   *
   * @param wish what the command is told
   */
  static synchronized void fetched(Path folder, List<String> wish)
      throws IOException, InterruptedException {
    if (!FETCHED.containsKey(wish)) {
      List<String> arguments = new ArrayList<>(List.of("kernels", "fetch"));
      arguments.addAll(wish);
      FETCHED.put(wish, new Jar(folder).besideOthers().run(arguments.toArray(String[]::new)));
    }
    Jar.Ended fetch = FETCHED.get(wish);
    Requires.that(fetch.exitCode() == 0, "kernels fetch " + wish + ": " + fetch.err());
  }

  /** The newest run in that folder. */
  static RunData latest(Path folder) {
    return RunFolder.resolve(folder.resolve("results"), "latest").read();
  }

  static ForkRecord row(RunData run, String benchmark, String map) {
    return run.forks().stream()
        .filter(fork -> fork.cell().benchmark().equals(benchmark))
        .filter(fork -> fork.cell().param("map").equals(map))
        .findFirst()
        .orElseThrow(() -> new AssertionError(benchmark + " " + map + ": " + run.forks()));
  }

  /** The guests of a harness, as soon as so many run. */
  static List<ProcessHandle> guests(Process harness, int count)
      throws InterruptedException, IOException {
    for (int i = 0; i < 1200 && harness.isAlive(); i++) {
      List<ProcessHandle> guests = harness.descendants().filter(Kernels::isGuest).toList();
      if (guests.size() == count) {
        return guests;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(count + " guests were not started");
  }

  private static boolean isGuest(ProcessHandle process) {
    return process.info().command().orElse("").contains("qemu-system")
        && process.info().arguments().map(a -> String.join(" ", a)).orElse("").contains("-initrd");
  }
}
