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
 * @param board processors and memory
 */
public record Wishes(
    String kernelParameters,
    int possibleCpus,
    boolean debianLibbpf,
    List<String> programs,
    int diskMegabytes,
    Board board) {
  /** Where a guest's disk is mounted. */
  public static final String DISK = "/disk";

  /** Nothing further. */
  public static final Wishes NONE = new Wishes("", 0, false, List.of(), 0);

  /**
   * Processors and memory.
   *
   * @param cpus processors; 0: as few as the mode needs
   * @param nodes NUMA nodes that processors and memory are divided among, evenly
   * @param megabytes of memory
   * @param counted the guest's clock goes by the instructions that its processors execute in turns,
   *     whatever else this machine does; else they run in parallel, which is faster
   */
  public record Board(int cpus, int nodes, int megabytes, boolean counted) {
    /** What guests have that only measure. */
    public static final Board USUAL = new Board(0, 1, 1024, true);

    public Board {
      if (cpus < 0 || nodes < 1 || (cpus > 0 && cpus % nodes != 0) || megabytes < 512) {
        throw new IllegalArgumentException(
            "%d CPUs and %d MB on %d nodes".formatted(cpus, megabytes, nodes));
      }
    }

    boolean isParallel() {
      return cpus > 1 && !counted;
    }
  }

  /** On the usual board. */
  public Wishes(
      String kernelParameters,
      int possibleCpus,
      boolean debianLibbpf,
      List<String> programs,
      int diskMegabytes) {
    this(kernelParameters, possibleCpus, debianLibbpf, programs, diskMegabytes, Board.USUAL);
  }

  public Wishes {
    programs = List.copyOf(programs);
  }

  /** The same with these programs, see {@link #programs()}. */
  public Wishes withPrograms(List<String> names) {
    return new Wishes(kernelParameters, possibleCpus, debianLibbpf, names, diskMegabytes, board);
  }

  /** The same with a disk of that size. */
  public Wishes withDisk(int megabytes) {
    return new Wishes(kernelParameters, possibleCpus, debianLibbpf, programs, megabytes, board);
  }
}
