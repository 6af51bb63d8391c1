package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names in the type information (BTF) of programs, of the kernel and of its modules, by number.
 * What the kernel itself has is read at the first question, about 5 MB, and kept. For one thread.
 */
public final class KernelTypes implements AutoCloseable {
  /** Longer than a module's name is. */
  private static final int NAME_BYTES = 128;

  private static final String KERNEL = "vmlinux";
  private static final String NOT_THE_KERNELS = "";

  private final Map<Integer, MemorySegment> loaded = new HashMap<>();
  private MemorySegment kernel = MemorySegment.NULL;
  private boolean kernelAsked;

  /** A function's name; empty where it cannot be had. */
  Optional<String> ofProgram(int btfId, int type) {
    MemorySegment btf = load(btfId, MemorySegment.NULL);
    if (btf.equals(MemorySegment.NULL)) {
      return Optional.empty();
    }
    try {
      return name(btf, type);
    } finally {
      LibBpf.btf__free(btf);
    }
  }

  /** The same of what is the kernel's own, or a module's; empty where it is a program's. */
  Optional<String> ofKernel(int btfId, int type) {
    MemorySegment btf = loaded.computeIfAbsent(btfId, this::ofKernel);
    return btf.equals(MemorySegment.NULL) ? Optional.empty() : name(btf, type);
  }

  private MemorySegment ofKernel(int btfId) {
    return switch (owner(btfId)) {
      case NOT_THE_KERNELS -> MemorySegment.NULL;
      case KERNEL -> kernel();
      default -> load(btfId, kernel());
    };
  }

  /** {@code vmlinux}, or a module's name. */
  private static String owner(int btfId) {
    int fd = LibBpf.bpf_btf_get_fd_by_id(btfId);
    if (fd < 0) {
      return NOT_THE_KERNELS;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = Uapi.bpf_btf_info.allocate(arena);
      MemorySegment name = arena.allocate(NAME_BYTES);
      Uapi.bpf_btf_info.setPointer(info, "name", name);
      Uapi.bpf_btf_info.setInt(info, "name_len", NAME_BYTES);
      MemorySegment size =
          arena.allocateFrom(ValueLayout.JAVA_INT, Math.toIntExact(info.byteSize()));
      boolean kernels =
          LibBpf.bpf_obj_get_info_by_fd(fd, info, size) == 0
              && Uapi.bpf_btf_info.getInt(info, "kernel_btf") != 0;
      return kernels ? name.getString(0) : NOT_THE_KERNELS;
    } finally {
      BpfMap.closeFd(fd);
    }
  }

  private MemorySegment kernel() {
    if (!kernelAsked) {
      kernelAsked = true;
      try (Arena arena = Arena.ofConfined();
          LibBpfLog.Capture said = LibBpfLog.capture()) {
        said.take(); // That there are no types: then there are no names.
        kernel = LibBpf.btf__load_vmlinux_btf(Errno.allocate(arena));
      }
    }
    return kernel;
  }

  private static MemorySegment load(int btfId, MemorySegment base) {
    try (Arena arena = Arena.ofConfined();
        LibBpfLog.Capture said = LibBpfLog.capture()) {
      said.take();
      return LibBpf.btf__load_from_kernel_by_id_split(Errno.allocate(arena), btfId, base);
    }
  }

  private static Optional<String> name(MemorySegment btf, int type) {
    MemorySegment at = LibBpf.btf__type_by_id(btf, type);
    if (at.equals(MemorySegment.NULL)) {
      return Optional.empty();
    }
    MemorySegment found = at.reinterpret(Uapi.btf_type.size());
    String name = LibBpf.btf__name_by_offset(btf, Uapi.btf_type.getInt(found, "name_off"));
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  @Override
  public void close() {
    loaded.values().stream()
        .filter(btf -> !btf.equals(kernel) && !btf.equals(MemorySegment.NULL))
        .forEach(LibBpf::btf__free);
    loaded.clear();
    if (!kernel.equals(MemorySegment.NULL)) {
      LibBpf.btf__free(kernel);
      kernel = MemorySegment.NULL;
    }
  }
}
