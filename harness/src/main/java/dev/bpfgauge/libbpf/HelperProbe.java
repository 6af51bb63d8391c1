package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Asks the kernel which helpers a kind of program may call: each by a program of two instructions,
 * the call and the end. Its arguments are missing, so the verifier refuses it in any case; the
 * question is what it says. libbpf's own probe does not know tracing programs, and that of 1.1 not
 * the sentence that newer kernels say.
 */
public final class HelperProbe {
  private static final int LOG_BYTES = 1 << 14;
  private static final long CALL = 0x85;
  private static final long EXIT = 0x95;

  /** kernel: check_helper_call; no such helper (two words for it), and one that may sleep. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "invalid func |unknown func |program of this type cannot use helper "
              + "|might sleep in a non-sleepable |sleepable helper ");

  private final int type;
  private final int attachType;
  private final int target;

  /**
   * @param type {@code BPF_PROG_TYPE_…}
   * @param attachType {@code BPF_…} of enum bpf_attach_type, 0 where the type has none
   * @param hangsOn for a tracing program the function or raw tracepoint
   * @throws BpfException where the kernel's types do not have it
   */
  HelperProbe(int type, int attachType, String hangsOn) {
    this.type = type;
    this.attachType = attachType;
    this.target = type == Uapi.BPF_PROG_TYPE_TRACING ? target(hangsOn, attachType) : 0;
  }

  private static int target(String hangsOn, int attachType) {
    try (Arena arena = Arena.ofConfined()) {
      int id = LibBpf.libbpf_find_vmlinux_btf_id(arena.allocateFrom(hangsOn), attachType);
      if (id < 0) {
        throw new BpfException("libbpf_find_vmlinux_btf_id", hangsOn, -id);
      }
      return id;
    }
  }

  /**
   * Whether such a program may call the helper.
   *
   * @param helper its number in enum bpf_func_id
   * @throws BpfException where the kernel does not come so far as to look at the call, as without
   *     the right to load programs
   */
  public boolean has(int helper) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment code =
          arena.allocateFrom(ValueLayout.JAVA_LONG, CALL | (long) helper << 32, EXIT);
      int fd =
          LibBpf.bpf_prog_load(
              type,
              arena.allocateFrom("helper"),
              arena.allocateFrom("Dual BSD/GPL"),
              code,
              2,
              options(arena, log));
      String said = log.getString(0, StandardCharsets.UTF_8);
      if (fd >= 0) {
        BpfMap.closeFd(fd);
      } else if (said.isBlank()) {
        throw new BpfException("bpf_prog_load", "a call of helper " + helper, -fd);
      }
      return !REFUSED.matcher(said).find() && fd != -Errno.EPERM;
    }
  }

  private MemorySegment options(Arena arena, MemorySegment log) {
    MemorySegment opts = Uapi.bpf_prog_load_opts.allocate(arena);
    Uapi.bpf_prog_load_opts.setLong(opts, "sz", opts.byteSize());
    Uapi.bpf_prog_load_opts.setInt(opts, "expected_attach_type", attachType);
    Uapi.bpf_prog_load_opts.setInt(opts, "attach_btf_id", target);
    Uapi.bpf_prog_load_opts.setInt(opts, "log_level", 1);
    Uapi.bpf_prog_load_opts.setInt(opts, "log_size", LOG_BYTES);
    Uapi.bpf_prog_load_opts.setPointer(opts, "log_buf", log);
    return opts;
  }
}
