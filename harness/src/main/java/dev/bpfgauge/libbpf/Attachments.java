package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Programs at hooks that no link tells of: perf events, control groups, network devices. */
public final class Attachments {
  private static final int NAME_BYTES = 512;
  private static final int O_DIRECTORY_CLOEXEC = 0x80000 | 0x10000;
  private static final int O_DIRECTORY_CLOEXEC_ARM = 0x80000 | 0x4000;

  /** More programs of one kind than a control group takes (kernel: BPF_CGROUP_MAX_PROGS). */
  private static final int MOST_OF_A_CGROUP = 64;

  // enum bpf_task_fd_type
  private static final int BPF_FD_TYPE_RAW_TRACEPOINT = 0;
  private static final int BPF_FD_TYPE_TRACEPOINT = 1;
  private static final int BPF_FD_TYPE_KPROBE = 2;
  private static final int BPF_FD_TYPE_KRETPROBE = 3;
  private static final int BPF_FD_TYPE_UPROBE = 4;
  private static final int BPF_FD_TYPE_URETPROBE = 5;

  // linux/if_link.h
  private static final int XDP_ATTACHED_DRV = 1;
  private static final int XDP_ATTACHED_SKB = 2;

  private Attachments() {}

  /** The program on a perf event that a process has open; empty where there is none. */
  public static Optional<LoadedLink> ofPerfEvent(int pid, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_BYTES);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, NAME_BYTES);
      MemorySegment program = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment type = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment offset = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment address = arena.allocate(ValueLayout.JAVA_LONG);
      int result =
          LibBpf.bpf_task_fd_query(pid, fd, 0, name, length, program, type, offset, address);
      if (result < 0 && result != -Errno.ENOSPC) {
        return Optional.empty();
      }
      long at = offset.get(ValueLayout.JAVA_LONG, 0);
      int kind = type.get(ValueLayout.JAVA_INT, 0);
      String target = name.getString(0);
      boolean inside = at > 0 && kind >= BPF_FD_TYPE_KPROBE && !target.isEmpty();
      return Optional.of(
          new LoadedLink(
              0,
              program.get(ValueLayout.JAVA_INT, 0),
              hook(kind),
              inside ? target + "+0x" + Long.toHexString(at) : target,
              OptionalLong.empty()));
    }
  }

  private static String hook(int type) {
    return switch (type) {
      case BPF_FD_TYPE_RAW_TRACEPOINT -> "raw_tp";
      case BPF_FD_TYPE_TRACEPOINT -> "tracepoint";
      case BPF_FD_TYPE_KPROBE -> "kprobe";
      case BPF_FD_TYPE_KRETPROBE -> "kretprobe";
      case BPF_FD_TYPE_UPROBE -> "uprobe";
      case BPF_FD_TYPE_URETPROBE -> "uretprobe";
      default -> "perf_event";
    };
  }

  /** The XDP program of a device of this network namespace; empty where there is none. */
  public static Optional<LoadedLink> ofDevice(int ifindex, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment opts = Uapi.bpf_xdp_query_opts.allocate(arena);
      Uapi.bpf_xdp_query_opts.setLong(opts, "sz", opts.byteSize());
      if (LibBpf.bpf_xdp_query(ifindex, 0, opts) < 0) {
        return Optional.empty();
      }
      int mode = opts.get(ValueLayout.JAVA_BYTE, Uapi.bpf_xdp_query_opts.offset("attach_mode"));
      int drv = Uapi.bpf_xdp_query_opts.getInt(opts, "drv_prog_id");
      int skb = Uapi.bpf_xdp_query_opts.getInt(opts, "skb_prog_id");
      int any = Uapi.bpf_xdp_query_opts.getInt(opts, "prog_id");
      return switch (mode) {
        case XDP_ATTACHED_DRV -> xdp("xdp.native", drv, name);
        case XDP_ATTACHED_SKB -> xdp("xdp.generic", skb, name);
        default -> any == 0 ? Optional.empty() : xdp("xdp", any, name);
      };
    }
  }

  private static Optional<LoadedLink> xdp(String hook, int program, String device) {
    return Optional.of(new LoadedLink(0, program, hook, device, OptionalLong.empty()));
  }

  /**
   * Programs on a control group, those of links among them.
   *
   * @param folder the group's, in a v2 hierarchy
   * @param attachTypes {@code BPF_CGROUP_…} of enum bpf_attach_type
   * @param name the target's
   */
  public static List<LoadedLink> ofCgroup(Path folder, List<Integer> attachTypes, String name) {
    List<LoadedLink> found = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      int flags =
          System.getProperty("os.arch", "").equals("aarch64")
              ? O_DIRECTORY_CLOEXEC_ARM
              : O_DIRECTORY_CLOEXEC;
      int fd = LibC.open(Errno.allocate(arena), arena.allocateFrom(folder.toString()), flags, 0);
      if (fd < 0) {
        return List.of(); // Gone meanwhile.
      }
      try {
        MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, MOST_OF_A_CGROUP);
        for (int type : attachTypes) {
          MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, MOST_OF_A_CGROUP);
          if (LibBpf.bpf_prog_query(fd, type, 0, MemorySegment.NULL, ids, count) >= 0) {
            for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
              String word = LibBpf.libbpf_bpf_attach_type_str(type);
              found.add(
                  new LoadedLink(
                      0,
                      ids.getAtIndex(ValueLayout.JAVA_INT, i),
                      word.isEmpty() ? "attach type " + type : word,
                      name,
                      OptionalLong.empty()));
            }
          }
        }
        return found;
      } finally {
        BpfMap.closeFd(fd);
      }
    }
  }
}
