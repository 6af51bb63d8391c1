package dev.bpfgauge.lab;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the lab was asked for, as {@value #FILE} in its folder, so that it can be resumed.
 *
 * @param arch Debian's name of the architecture
 * @param kernels file's path of each among what is known of it
 * @param versions of the objects of suite {@code prog}; null where there are none
 * @param mode word of the {@link GuestMode}
 * @param wishes what guests have beyond what all have
 * @param delay of the delayed arm; null where there is none
 */
record LabPlan(
    String arch,
    List<Kernel> kernels,
    List<String> profiles,
    List<String> toolArms,
    @Nullable List<String> versions,
    List<Cell> cells,
    String mode,
    int rounds,
    long seed,
    double margin,
    long patienceSeconds,
    Wishes wishes,
    @Nullable Long delay) {
  private static final String FILE = "lab.json";

  LabPlan {
    kernels = List.copyOf(kernels);
    profiles = List.copyOf(profiles);
    toolArms = List.copyOf(toolArms);
    cells = List.copyOf(cells);
  }

  /** A {@link KernelImage} in words. */
  record Kernel(String label, String release, String file, String sha256, String origin) {
    static Kernel of(KernelImage image) {
      return new Kernel(
          image.label(),
          image.release(),
          image.file().toAbsolutePath().toString(),
          image.sha256(),
          image.origin());
    }

    /**
     * The kernel, where its file is still the one that the run began with.
     *
     * @throws Refusal where it is not
     */
    KernelImage image() {
      Path image = Path.of(file);
      if (!Files.isReadable(image) || !KernelStore.sha256(image).equals(sha256)) {
        throw Refusal.environment(
            "%s is not the kernel that the run began with: start a new run".formatted(file));
      }
      return new KernelImage(label, release, image, sha256, origin);
    }
  }

  static LabPlan of(LabRequest request) {
    return new LabPlan(
        request.arch().debian(),
        request.kernels().stream().map(Kernel::of).toList(),
        request.profiles(),
        request.toolArms(),
        request.versions().isEmpty() ? null : request.versions(),
        request.cells(),
        request.mode().word(),
        request.rounds(),
        request.seed(),
        request.margin(),
        request.patience().toSeconds(),
        request.wishes(),
        request.delay() == 0 ? null : request.delay());
  }

  static boolean isIn(RunFolder folder) {
    return Files.isRegularFile(folder.path().resolve(FILE));
  }

  void write(RunFolder folder) {
    folder.write(FILE, Json.indented(this));
  }

  /**
   * The plan of an earlier run.
   *
   * @throws Refusal where the folder has none
   */
  static LabPlan read(RunFolder folder) {
    Path file = folder.path().resolve(FILE);
    try {
      return Json.parse(Files.readString(file), LabPlan.class, file.toString());
    } catch (IOException e) {
      throw Refusal.usage(
          "%s has no %s, so it is not a run of the lab that can be resumed"
              .formatted(folder.path(), FILE));
    }
  }

  /**
   * What was asked for.
   *
   * @throws Refusal where a kernel is no longer what it was
   */
  LabRequest request() {
    return new LabRequest(
        GuestArch.ofDebian(arch),
        kernels.stream().map(Kernel::image).toList(),
        profiles,
        toolArms,
        versions == null ? List.of() : versions,
        cells,
        GuestMode.ofWord(mode),
        rounds,
        seed,
        margin,
        Duration.ofSeconds(patienceSeconds),
        wishes,
        delay == null ? 0 : delay);
  }
}
