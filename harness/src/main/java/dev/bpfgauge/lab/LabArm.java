package dev.bpfgauge.lab;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.suite.maps.MapsSuite;
import dev.bpfgauge.suite.prog.ProgSuite;
import dev.bpfgauge.suite.tools.ToolGuest;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A kernel in a profile's state.
 *
 * @param name of the kernel in this run
 * @param first name of the same kernel's first arm
 * @param profile as the user named it
 * @param tools the arm of suite {@code tools}, or empty
 * @param version of the objects that suite {@code prog} measures, or empty: then each cell names
 *     the kernel that it is for, and arms of a version are one
 * @param delay of operations on maps, on purpose; 0 for none
 * @param unit of the delay
 */
record LabArm(
    KernelImage kernel,
    String name,
    String first,
    String profile,
    String tools,
    String version,
    long delay,
    String unit) {
  LabArm delayed(long by, String in) {
    return new LabArm(kernel, name, first, profile, tools, version, by, in);
  }

  String label() {
    return info().label();
  }

  /** Numbers of those that it measures, of all. */
  List<Integer> cells(List<Cell> all) {
    return IntStream.range(0, all.size()).filter(i -> measures(all.get(i))).boxed().toList();
  }

  private boolean measures(Cell cell) {
    if (!version.isEmpty()) {
      return cell.param(ProgSuite.KERNEL).equals(name);
    }
    return tools.isEmpty()
        ? delay == 0 || MapsSuite.takesDelay(cell)
        : ToolGuest.measures(tools, cell);
  }

  /** Its guests' consoles are named after it. */
  String console() {
    return version.isEmpty() ? label() : name + " " + version;
  }

  private String in(String kernelName) {
    return profile.equals(LabRequest.UNLOADED) ? kernelName : kernelName + " " + profile;
  }

  ArmInfo info() {
    String guest = "Linux %s (%s) in a QEMU guest".formatted(kernel.release(), kernel.origin());
    if (!tools.isEmpty()) {
      return new ArmInfo(
          tools, LabRequest.UNLOADED, ToolGuest.description(tools) + "; " + guest, "");
    }
    if (!version.isEmpty()) {
      return new ArmInfo(
          version, LabRequest.UNLOADED, "the %s objects, in QEMU guests".formatted(version), "");
    }
    ArmInfo plain = new ArmInfo(in(name), in(first), guest, "");
    return delay > 0 ? plain.delayed(delay, unit) : plain;
  }
}
