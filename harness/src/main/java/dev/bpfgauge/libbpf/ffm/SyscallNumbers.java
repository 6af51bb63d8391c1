package dev.bpfgauge.libbpf.ffm;

import java.util.Optional;

/**
 * System call numbers, which differ from architecture to architecture. Source:
 * arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h in the kernel.
 *
 * @param bpf bpf(2)
 * @param getppid getppid(2), the cheap call of the floor ladder
 * @param perf_event_open perf_event_open(2)
 */
public record SyscallNumbers(long bpf, long getppid, long perf_event_open) {

  /** Empty if the architecture is unknown; {@link #unavailable(String)} then says so. */
  public static Optional<SyscallNumbers> of(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> Optional.of(new SyscallNumbers(321, 110, 298));
      case "aarch64" -> Optional.of(new SyscallNumbers(280, 173, 241));
      default -> Optional.empty();
    };
  }

  /** The numbers of the machine this JVM runs on. */
  public static Optional<SyscallNumbers> current() {
    return of(System.getProperty("os.arch", ""));
  }

  /** Why there are no numbers for this architecture, or empty if there are. */
  public static Optional<String> unavailable(String osArch) {
    return of(osArch).isPresent()
        ? Optional.empty()
        : Optional.of(
            "system call numbers of "
                + osArch
                + " are not known, only those of amd64 and aarch64;"
                + " calls through libbpf work all the same");
  }
}
