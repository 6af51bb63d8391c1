package dev.bpfgauge.lab;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The disk of one guest: a sparse file with an empty ext4, the same each time, deleted at the end.
 *
 * @param file absent where guests have none
 */
record GuestDisk(Optional<Path> file) implements AutoCloseable {
  private static final String MAKER = "mke2fs";

  /** So that the guest's kernel finds nothing to finish in the background. */
  private static final String FIXED =
      "lazy_itable_init=0,lazy_journal_init=0,nodiscard,"
          + "hash_seed=5e3f9b0a-7c1d-4d52-8a54-0f6f6e1c2b11";

  private static final String UUID = "0d1c7c55-5b0e-4c53-9d3b-7a1f2e6c9a40";

  /**
   * Makes it.
   *
   * @param file absent after {@link #close()}
   * @param megabytes 0: none
   * @throws Refusal where its file cannot be written
   */
  static GuestDisk make(Path file, int megabytes) {
    if (megabytes == 0) {
      return new GuestDisk(Optional.empty());
    }
    GuestDisk disk = new GuestDisk(Optional.of(file));
    HostProgram.Ended ended =
        HostProgram.run(
            file.resolveSibling(""),
            List.of(
                maker().toString(),
                "-q",
                "-F",
                "-t",
                "ext4",
                "-U",
                UUID,
                "-E",
                FIXED,
                file.toString(),
                megabytes + "M"));
    if (!ended.wentWell()) {
      disk.close();
      throw Refusal.environment(
          "a guest's disk of %d MB cannot be made as %s: %s"
              .formatted(megabytes, file, ended.lastWords()));
    }
    return disk;
  }

  /**
   * What makes its filesystem.
   *
   * @throws Refusal where it is missing
   */
  static Path maker() {
    return SearchPath.find(MAKER)
        .orElseThrow(() ->
            Refusal.environment(
                "a guest's disk needs "
                    + MAKER
                    + ", which is missing: apt-get install -y e2fsprogs"));
  }

  @Override
  public void close() {
    try {
      if (file.isPresent()) {
        Files.deleteIfExists(file.get());
      }
    } catch (IOException e) {
      // The next run of the lab deletes what it finds.
    }
  }
}
