package dev.bpfgauge.lab;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a run of the lab is asked for.
 *
 * @param kernels the arms; the first is the reference
 * @param profiles states that each kernel is measured in, in guests of their own
 * @param toolArms the arms of suite {@code tools}, in guests of their own; then there is one
 *     kernel, and the first of these is the reference
 * @param versions of the objects of suite {@code prog}, the first the reference; then they are the
 *     arms, each kernel in guests of its own, and each cell names its kernel
 * @param cells without profile
 * @param rounds boots of each kernel
 * @param seed of the keys' order
 * @param margin margin of equivalence as a share
 * @param patience longest silence of a guest
 * @param wishes what guests have beyond what all have
 * @param delay put into the map operations of one more arm, of the first kernel in the first
 *     profile, in the mode's unit; 0 for no such arm
 */
public record LabRequest(
    GuestArch arch,
    List<KernelImage> kernels,
    List<String> profiles,
    List<String> toolArms,
    List<String> versions,
    List<Cell> cells,
    GuestMode mode,
    int rounds,
    long seed,
    double margin,
    Duration patience,
    Wishes wishes,
    long delay) {

  /** The profile without load and power state. */
  public static final String UNLOADED = "idle";

  public LabRequest {
    kernels = List.copyOf(kernels);
    profiles = List.copyOf(profiles);
    toolArms = List.copyOf(toolArms);
    versions = List.copyOf(versions);
    cells = List.copyOf(cells);
  }

  /**
   * What an earlier run was asked for.
   *
   * @throws Refusal where the folder is none of the lab's, or a kernel is no longer what it was
   */
  public static LabRequest of(RunFolder folder) {
    return LabPlan.read(folder).request();
  }

  /** Whether a folder says what its run of the lab was asked for. */
  public static boolean isIn(RunFolder folder) {
    return LabPlan.isIn(folder);
  }

  /**
   * The same for some of its cells, without delayed arm.
   *
   * @param fewer without profile
   */
  public LabRequest only(Collection<Cell> fewer) {
    Set<String> keys = fewer.stream().map(Cell::key).collect(Collectors.toSet());
    return new LabRequest(
        arch,
        kernels,
        profiles,
        toolArms,
        versions,
        cells.stream().filter(cell -> keys.contains(cell.key())).toList(),
        mode,
        rounds,
        seed,
        margin,
        patience,
        wishes,
        0);
  }

  /** Each kernel in each profile, or the one with each arm's tools. */
  List<LabArm> arms() {
    if (!versions.isEmpty()) {
      return versionArms();
    }
    return toolArms.isEmpty()
        ? kernelArms()
        : toolArms.stream()
            .map(tools ->
                new LabArm(kernels.getFirst(), labels().getFirst(), "", UNLOADED, tools, "", 0, ""))
            .toList();
  }

  /** One that is named twice is two arms. */
  private List<LabArm> kernelArms() {
    List<String> labels = labels();
    List<String> images = kernels.stream().map(KernelImage::sha256).toList();
    List<LabArm> arms = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      String kernel = labels.get(images.indexOf(images.get(i)));
      for (String profile : profiles) {
        arms.add(new LabArm(kernels.get(i), labels.get(i), kernel, profile, "", "", 0, ""));
      }
    }
    if (delay > 0) {
      arms.add(arms.getFirst().delayed(delay, mode.unit()));
    }
    return arms;
  }

  private List<LabArm> versionArms() {
    List<String> labels = labels();
    List<LabArm> arms = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      String label = labels.get(i);
      for (String version : versions) {
        arms.add(new LabArm(kernels.get(i), label, label, UNLOADED, "", version, 0, ""));
      }
    }
    return arms;
  }

  /** The kernels' names, made different: {@code 7.2}, {@code 7.2#2}. */
  private List<String> labels() {
    return Plan.labels(kernels.stream().map(KernelImage::label).toList());
  }

  int forks() {
    return planned().size();
  }

  /** The cell of each fork. */
  List<Cell> planned() {
    return IntStream.range(0, rounds)
        .boxed()
        .flatMap(_ -> arms().stream())
        .flatMap(arm -> arm.cells(cells).stream().map(cell -> cells.get(cell).on(arm.label())))
        .toList();
  }
}
