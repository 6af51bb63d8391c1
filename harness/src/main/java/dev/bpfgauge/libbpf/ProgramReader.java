package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads what the kernel tells of everybody's programs, again and again: four system calls for each
 * program, and no descriptor is kept, for that would keep the program alive. For one thread.
 */
public final class ProgramReader implements AutoCloseable {
  private static final CStruct INFO = Uapi.bpf_prog_info;

  /** A program uses at most so many maps (kernel: MAX_USED_MAPS). */
  private static final int MOST_MAPS = 64;

  private static final String NO_TYPES = "";

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment info = INFO.allocate(arena);
  private final MemorySegment size = arena.allocate(ValueLayout.JAVA_INT);
  private final MemorySegment maps = arena.allocate(ValueLayout.JAVA_INT, MOST_MAPS);
  private final MemorySegment function = Uapi.bpf_func_info.allocate(arena);
  private final KernelTypes types;

  /**
   * @param types where the names of functions are looked up; the caller closes it
   */
  public ProgramReader(KernelTypes types) {
    this.types = types;
  }

  /**
   * The ids of all programs, ascending.
   *
   * @throws BpfException EPERM without CAP_SYS_ADMIN
   */
  public int[] ids() {
    return ObjectIds.all("bpf_prog_get_next_id", "programs", LibBpf::bpf_prog_get_next_id, size);
  }

  /** How often it has run; empty where it is gone. */
  public Optional<RunCount> count(int id) {
    if (!read(id, false)) {
      return Optional.empty();
    }
    boolean countsMisses =
        size.get(ValueLayout.JAVA_INT, 0) > Uapi.bpf_prog_info.offset("recursion_misses");
    return Optional.of(
        new RunCount(
            id,
            INFO.getLong(info, "load_time"),
            INFO.getLong(info, "run_cnt"),
            INFO.getLong(info, "run_time_ns"),
            countsMisses
                ? OptionalLong.of(INFO.getLong(info, "recursion_misses"))
                : OptionalLong.empty(),
            System.nanoTime()));
  }

  /** What it is; empty where it is gone. */
  public Optional<ProgramFacts> program(int id) {
    if (!read(id, true)) {
      return Optional.empty();
    }
    return Optional.of(
        new ProgramFacts(
            id,
            name(),
            INFO.getInt(info, "type"),
            HexFormat.of().toHexDigits(Long.reverseBytes(INFO.getLong(info, "tag"))),
            INFO.getLong(info, "load_time"),
            INFO.getInt(info, "created_by_uid"),
            INFO.getInt(info, "jited_prog_len"),
            INFO.getInt(info, "xlated_prog_len"),
            mapIds()));
  }

  private boolean read(int id, boolean whole) {
    int fd = LibBpf.bpf_prog_get_fd_by_id(id);
    if (fd == -Errno.ENOENT) {
      return false;
    }
    if (fd < 0) {
      throw new BpfException("bpf_prog_get_fd_by_id", "program " + id, -fd);
    }
    try {
      info.fill((byte) 0);
      if (whole) {
        INFO.setInt(info, "nr_map_ids", MOST_MAPS);
        INFO.setPointer(info, "map_ids", maps);
        function.fill((byte) 0);
        INFO.setInt(info, "nr_func_info", 1);
        INFO.setInt(info, "func_info_rec_size", Math.toIntExact(function.byteSize()));
        INFO.setPointer(info, "func_info", function);
      }
      size.set(ValueLayout.JAVA_INT, 0, Math.toIntExact(info.byteSize()));
      int result = LibBpf.bpf_obj_get_info_by_fd(fd, info, size);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", "program " + id, -result);
      }
      return true;
    } finally {
      BpfMap.closeFd(fd);
    }
  }

  private String name() {
    String kernels = INFO.getText(info, "name");
    int btf = INFO.getInt(info, "btf_id");
    boolean mayBeCut = kernels.isEmpty() || kernels.length() == Uapi.BPF_OBJ_NAME_LEN - 1;
    if (btf == 0 || !mayBeCut || INFO.getInt(info, "nr_func_info") == 0) {
      return kernels;
    }
    String functions =
        types.ofProgram(btf, Uapi.bpf_func_info.getInt(function, "type_id")).orElse(NO_TYPES);
    return functions.startsWith(kernels) ? functions : kernels;
  }

  private List<Integer> mapIds() {
    int count = Math.min(MOST_MAPS, INFO.getInt(info, "nr_map_ids"));
    List<Integer> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(maps.getAtIndex(ValueLayout.JAVA_INT, i));
    }
    return ids;
  }

  @Override
  public void close() {
    arena.close();
  }
}
