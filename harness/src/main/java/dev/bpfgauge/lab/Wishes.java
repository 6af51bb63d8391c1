package dev.bpfgauge.lab;

/**
 * What the user wants of a guest beyond what all guests have.
 *
 * @param kernelParameters further parameters of its kernel, or empty
 * @param possibleCpus processors that could be plugged in; per-CPU maps have a value for each. 0:
 *     as many as are there
 * @param debianLibbpf Debian's libbpf with its libraries, instead of this machine's
 */
public record Wishes(String kernelParameters, int possibleCpus, boolean debianLibbpf) {
  /** Nothing further. */
  public static final Wishes NONE = new Wishes("", 0, false);
}
