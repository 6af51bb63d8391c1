package dev.bpfgauge.lab;

import java.util.List;

/**
 * What is wanted of a guest beyond what all guests have.
 *
 * @param kernelParameters further parameters of its kernel, or empty
 * @param possibleCpus processors that could be plugged in; per-CPU maps have a value for each. 0:
 *     as many as are there
 * @param debianLibbpf Debian's libbpf with its libraries, instead of this machine's
 * @param programs names of this machine's programs that are put into the guest's {@code /bin} with
 *     their libraries, beside a shell; one that ends in {@code .c} is a C program of the jar,
 *     compiled here. What this machine does not have is left out: whoever needs it in the guest
 *     says so
 * @param diskMegabytes size of a disk with an empty ext4 on {@value #DISK}, new for each boot; 0:
 *     none
 */
public record Wishes(
    String kernelParameters,
    int possibleCpus,
    boolean debianLibbpf,
    List<String> programs,
    int diskMegabytes) {
  /** Where a guest's disk is mounted. */
  public static final String DISK = "/disk";

  /** Nothing further. */
  public static final Wishes NONE = new Wishes("", 0, false, List.of(), 0);

  public Wishes {
    programs = List.copyOf(programs);
  }

  /** The same with these programs, see {@link #programs()}. */
  public Wishes withPrograms(List<String> names) {
    return new Wishes(kernelParameters, possibleCpus, debianLibbpf, names, diskMegabytes);
  }

  /** The same with a disk of that size. */
  public Wishes withDisk(int megabytes) {
    return new Wishes(kernelParameters, possibleCpus, debianLibbpf, programs, megabytes);
  }
}
