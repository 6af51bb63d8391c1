package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads what the kernel tells of everybody's links (Linux 5.8). A kernel that knows less of a kind
 * leaves its target empty. For one thread.
 */
public final class LinkReader implements AutoCloseable {
  private static final CStruct INFO = Uapi.bpf_link_info;

  /** Where what is a kind's own begins. */
  private static final long OWN = 16;

  /** More than any kind has: a kernel takes a longer struct than its own where the rest is 0. */
  private static final long INFO_BYTES = 128;

  private static final int NAME_BYTES = 512;

  // enum bpf_perf_event_type, Linux 6.6
  private static final int BPF_PERF_EVENT_UPROBE = 1;
  private static final int BPF_PERF_EVENT_URETPROBE = 2;
  private static final int BPF_PERF_EVENT_KPROBE = 3;
  private static final int BPF_PERF_EVENT_KRETPROBE = 4;
  private static final int BPF_PERF_EVENT_TRACEPOINT = 5;
  private static final int BPF_PERF_EVENT_EVENT = 6;

  private static final int BPF_F_KPROBE_MULTI_RETURN = 1;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
  private final MemorySegment size = arena.allocate(ValueLayout.JAVA_INT);
  private final MemorySegment name = arena.allocate(NAME_BYTES);
  private final KernelTypes types;
  private final Places places;

  /** Names for the kernel's numbers. */
  public interface Places {
    /** A network device of this network namespace: {@code eth0}. */
    String device(int ifindex);

    /** A control group by the number of its folder. */
    String cgroup(long id);
  }

  /**
   * @param types where functions of the kernel are looked up; the caller closes it
   */
  public LinkReader(KernelTypes types, Places places) {
    this.types = types;
    this.places = places;
  }

  /**
   * The ids of all links, ascending.
   *
   * @throws BpfException EPERM without CAP_SYS_ADMIN, EINVAL before Linux 5.8
   */
  public int[] ids() {
    return ObjectIds.all("bpf_link_get_next_id", "links", LibBpf::bpf_link_get_next_id, size);
  }

  /** The link; empty where it is gone. */
  public Optional<LoadedLink> link(int id) {
    int fd = LibBpf.bpf_link_get_fd_by_id(id);
    if (fd == -Errno.ENOENT || fd == -Errno.EAGAIN) {
      return Optional.empty(); // Gone, or not yet there.
    }
    if (fd < 0) {
      throw new BpfException("bpf_link_get_fd_by_id", "link " + id, -fd);
    }
    try {
      return Optional.of(link(id, fd));
    } finally {
      BpfMap.closeFd(fd);
    }
  }

  private LoadedLink link(int id, int fd) {
    info.fill((byte) 0);
    int result = ask(fd);
    if (result < 0) {
      throw new BpfException("bpf_obj_get_info_by_fd", "link " + id, -result);
    }
    int type = INFO.getInt(info, "type");
    boolean named = giveRoomForAName(type) && ask(fd) >= 0;
    return new LoadedLink(
        id,
        INFO.getInt(info, "prog_id"),
        hook(type),
        target(type, named ? name.getString(0) : ""),
        missed(type));
  }

  private int ask(int fd) {
    size.set(ValueLayout.JAVA_INT, 0, Math.toIntExact(INFO_BYTES));
    return LibBpf.bpf_obj_get_info_by_fd(fd, info, size);
  }

  /** Whether there is a name to be asked for. */
  private boolean giveRoomForAName(int type) {
    long pointer =
        switch (type) {
          case Uapi.BPF_LINK_TYPE_RAW_TRACEPOINT,
              Uapi.BPF_LINK_TYPE_ITER,
              Uapi.BPF_LINK_TYPE_UPROBE_MULTI ->
              0;
          case Uapi.BPF_LINK_TYPE_PERF_EVENT ->
              own(0) == 0 || own(0) == BPF_PERF_EVENT_EVENT ? -1 : 8;
          default -> -1;
        };
    if (pointer < 0) {
      return false;
    }
    long length = type == Uapi.BPF_LINK_TYPE_UPROBE_MULTI ? 32 : pointer + 8;
    name.fill((byte) 0);
    info.fill((byte) 0);
    info.set(ValueLayout.JAVA_LONG, OWN + pointer, name.address());
    info.set(ValueLayout.JAVA_INT, OWN + length, NAME_BYTES);
    return true;
  }

  private int own(long offset) {
    return info.get(ValueLayout.JAVA_INT, OWN + offset);
  }

  private long ownLong(long offset) {
    return info.get(ValueLayout.JAVA_LONG, OWN + offset);
  }

  private String hook(int type) {
    return switch (type) {
      case Uapi.BPF_LINK_TYPE_RAW_TRACEPOINT -> "raw_tp";
      case Uapi.BPF_LINK_TYPE_TRACING ->
          switch (own(0)) {
            case Uapi.BPF_TRACE_FENTRY -> "fentry";
            case Uapi.BPF_TRACE_FEXIT -> "fexit";
            case Uapi.BPF_MODIFY_RETURN -> "fmod_ret";
            case Uapi.BPF_LSM_MAC -> "lsm";
            default -> attachType(own(0));
          };
      case Uapi.BPF_LINK_TYPE_CGROUP -> attachType(own(8));
      case Uapi.BPF_LINK_TYPE_ITER -> "iter";
      case Uapi.BPF_LINK_TYPE_NETNS -> attachType(own(4));
      case Uapi.BPF_LINK_TYPE_XDP -> "xdp";
      case Uapi.BPF_LINK_TYPE_PERF_EVENT -> perfEvent(own(0));
      case Uapi.BPF_LINK_TYPE_KPROBE_MULTI ->
          (own(12) & BPF_F_KPROBE_MULTI_RETURN) == 0 ? "kprobe.multi" : "kretprobe.multi";
      case Uapi.BPF_LINK_TYPE_UPROBE_MULTI ->
          (own(40) & BPF_F_KPROBE_MULTI_RETURN) == 0 ? "uprobe.multi" : "uretprobe.multi";
      case Uapi.BPF_LINK_TYPE_TCX -> "tc.tcx";
      case Uapi.BPF_LINK_TYPE_STRUCT_OPS -> "struct_ops";
      case Uapi.BPF_LINK_TYPE_NETFILTER -> "netfilter";
      case Uapi.BPF_LINK_TYPE_NETKIT -> "netkit";
      case Uapi.BPF_LINK_TYPE_SOCKMAP -> "sockmap";
      default -> {
        String word = LibBpf.libbpf_bpf_link_type_str(type);
        yield word.isEmpty() ? "link type " + type : word;
      }
    };
  }

  private static String perfEvent(int kind) {
    return switch (kind) {
      case BPF_PERF_EVENT_UPROBE -> "uprobe";
      case BPF_PERF_EVENT_URETPROBE -> "uretprobe";
      case BPF_PERF_EVENT_KPROBE -> "kprobe";
      case BPF_PERF_EVENT_KRETPROBE -> "kretprobe";
      case BPF_PERF_EVENT_TRACEPOINT -> "tracepoint";
      default -> "perf_event";
    };
  }

  private static String attachType(int type) {
    String word = LibBpf.libbpf_bpf_attach_type_str(type);
    return word.isEmpty() ? "attach type " + type : word;
  }

  private String target(int type, String asked) {
    return switch (type) {
      case Uapi.BPF_LINK_TYPE_TRACING ->
          types
              .ofKernel(own(4), own(8))
              .orElse(own(4) == 0 ? "" : "program " + Integer.toUnsignedString(own(4)));
      case Uapi.BPF_LINK_TYPE_CGROUP -> places.cgroup(ownLong(0));
      case Uapi.BPF_LINK_TYPE_NETNS -> "netns " + Integer.toUnsignedString(own(0));
      case Uapi.BPF_LINK_TYPE_XDP -> places.device(own(0));
      case Uapi.BPF_LINK_TYPE_TCX, Uapi.BPF_LINK_TYPE_NETKIT ->
          (places.device(own(0)) + " " + attachType(own(4)).replaceFirst("^(tcx|netkit)_", ""))
              .strip();
      case Uapi.BPF_LINK_TYPE_PERF_EVENT -> perfTarget(asked);
      case Uapi.BPF_LINK_TYPE_KPROBE_MULTI -> functions(own(8));
      case Uapi.BPF_LINK_TYPE_UPROBE_MULTI -> (asked + " " + functions(own(36))).strip();
      case Uapi.BPF_LINK_TYPE_STRUCT_OPS, Uapi.BPF_LINK_TYPE_SOCKMAP ->
          "map " + Integer.toUnsignedString(own(0));
      case Uapi.BPF_LINK_TYPE_NETFILTER ->
          "pf %d hook %d priority %d".formatted(own(0), own(4), own(8));
      default -> asked;
    };
  }

  private static String functions(int count) {
    return count == 1 ? "1 function" : Integer.toUnsignedString(count) + " functions";
  }

  /** {@code do_sys_open+0x10}; an event's type and number. */
  private String perfTarget(String asked) {
    return switch (own(0)) {
      case BPF_PERF_EVENT_UPROBE,
          BPF_PERF_EVENT_URETPROBE,
          BPF_PERF_EVENT_KPROBE,
          BPF_PERF_EVENT_KRETPROBE ->
          own(20) == 0 || asked.isEmpty() ? asked : asked + "+0x" + Integer.toHexString(own(20));
      case BPF_PERF_EVENT_EVENT -> "type %d config %d".formatted(own(16), ownLong(8));
      default -> asked;
    };
  }

  private OptionalLong missed(int type) {
    return switch (type) {
      case Uapi.BPF_LINK_TYPE_KPROBE_MULTI -> OptionalLong.of(ownLong(16));
      case Uapi.BPF_LINK_TYPE_PERF_EVENT ->
          own(0) == BPF_PERF_EVENT_KPROBE || own(0) == BPF_PERF_EVENT_KRETPROBE
              ? OptionalLong.of(ownLong(32))
              : OptionalLong.empty();
      default -> OptionalLong.empty();
    };
  }

  @Override
  public void close() {
    arena.close();
  }
}
