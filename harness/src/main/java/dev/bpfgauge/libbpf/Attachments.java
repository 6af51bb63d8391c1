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

/**
 * Programs at hooks that no link tells of: perf events, control groups, network devices and
 * namespaces, maps of sockets, receivers of remote controls.
 */
public final class Attachments {
  private static final int NAME_BYTES = 512;
  private static final int O_DIRECTORY_CLOEXEC = 0x80000 | 0x10000;
  private static final int O_DIRECTORY_CLOEXEC_ARM = 0x80000 | 0x4000;

  private static final int O_CLOEXEC = 0x80000;

  /** No place takes more programs of one kind (kernel: BPF_CGROUP_MAX_PROGS, BPF_MPROG_MAX). */
  private static final int MOST_OF_A_PLACE = 64;

  // enum bpf_attach_type
  private static final List<Integer> OF_SOCKET_MAPS = List.of(4, 5, 7, 38); // sk_skb, sk_msg
  private static final List<Integer> OF_NETWORK_NAMESPACES = List.of(17, 36); // dissector, lookup
  private static final List<Integer> OF_REMOTE_CONTROLS = List.of(16);
  private static final int BPF_TCX_INGRESS = 46;
  private static final int BPF_TCX_EGRESS = 47;
  private static final int BPF_NETKIT_PRIMARY = 54;
  private static final int BPF_NETKIT_PEER = 55;

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

  /** Programs of a device of this network namespace: of XDP, tcx and netkit. */
  public static List<LoadedLink> ofDevice(int ifindex, String name) {
    List<LoadedLink> found = new ArrayList<>(xdp(ifindex, name).stream().toList());
    programs(ifindex, BPF_TCX_INGRESS)
        .forEach(id -> found.add(at("tc.tcx", id, name + " ingress")));
    programs(ifindex, BPF_TCX_EGRESS).forEach(id -> found.add(at("tc.tcx", id, name + " egress")));
    programs(ifindex, BPF_NETKIT_PRIMARY)
        .forEach(id -> found.add(at("netkit", id, name + " primary")));
    programs(ifindex, BPF_NETKIT_PEER).forEach(id -> found.add(at("netkit", id, name + " peer")));
    return found;
  }

  private static Optional<LoadedLink> xdp(int ifindex, String name) {
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
    return Optional.of(at(hook, program, device));
  }

  private static LoadedLink at(String hook, int program, String target) {
    return new LoadedLink(0, program, hook, target, OptionalLong.empty());
  }

  /**
   * Programs on a control group, those of links among them.
   *
   * @param folder the group's, in a v2 hierarchy
   * @param attachTypes {@code BPF_CGROUP_…} of enum bpf_attach_type
   * @param name the target's
   */
  public static List<LoadedLink> ofCgroup(Path folder, List<Integer> attachTypes, String name) {
    int flags =
        System.getProperty("os.arch", "").equals("aarch64")
            ? O_DIRECTORY_CLOEXEC_ARM
            : O_DIRECTORY_CLOEXEC;
    return ofFile(folder, flags, attachTypes, name);
  }

  /** Programs of a network namespace: flow dissectors, and look-ups of sockets. */
  public static List<LoadedLink> ofNetworkNamespace(Path file, String name) {
    return ofFile(file, O_CLOEXEC, OF_NETWORK_NAMESPACES, name);
  }

  /** Programs that decode what a remote control sends. */
  public static List<LoadedLink> ofRemoteControl(Path device) {
    return ofFile(device, O_CLOEXEC, OF_REMOTE_CONTROLS, device.toString());
  }

  /** Programs of a map of sockets: parsers and verdicts (Linux 5.17). */
  public static List<LoadedLink> ofSocketMap(int map) {
    int fd = LibBpf.bpf_map_get_fd_by_id(map);
    return fd < 0 ? List.of() : ofDescriptor(fd, OF_SOCKET_MAPS, "map " + map);
  }

  private static List<LoadedLink> ofFile(
      Path file, int flags, List<Integer> attachTypes, String name) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = LibC.open(Errno.allocate(arena), arena.allocateFrom(file.toString()), flags, 0);
      return fd < 0 ? List.of() : ofDescriptor(fd, attachTypes, name); // Below 0: gone meanwhile.
    }
  }

  /** Closes it. */
  private static List<LoadedLink> ofDescriptor(int fd, List<Integer> attachTypes, String name) {
    try {
      List<LoadedLink> found = new ArrayList<>();
      for (int type : attachTypes) {
        String word = LibBpf.libbpf_bpf_attach_type_str(type);
        String hook = word.isEmpty() ? "attach type " + type : word;
        programs(fd, type).forEach(id -> found.add(at(hook, id, name)));
      }
      return found;
    } finally {
      BpfMap.closeFd(fd);
    }
  }

  /** None where the kernel does not tell of this type. */
  private static List<Integer> programs(int target, int attachType) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, MOST_OF_A_PLACE);
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, MOST_OF_A_PLACE);
      if (LibBpf.bpf_prog_query(target, attachType, 0, MemorySegment.NULL, ids, count) < 0) {
        return List.of();
      }
      List<Integer> programs = new ArrayList<>();
      for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
        programs.add(ids.getAtIndex(ValueLayout.JAVA_INT, i));
      }
      return programs;
    }
  }
}
