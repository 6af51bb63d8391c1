package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Programs that are filters of a network device's clsact queueing discipline (tc-bpf(8)), which are
 * no links before tcx: asked for by rtnetlink(7).
 */
public final class TcFilters {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;

  // linux/rtnetlink.h, linux/netlink.h
  private static final int RTM_NEWTFILTER = 44;
  private static final int RTM_GETTFILTER = 46;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int NLM_F_REQUEST_DUMP = 1 | 0x300;
  private static final int TCA_KIND = 1;
  private static final int TCA_OPTIONS = 2;

  // linux/pkt_sched.h: TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS and TC_H_MIN_EGRESS)
  private static final int CLSACT_INGRESS = 0xfffffff2;
  private static final int CLSACT_EGRESS = 0xfffffff3;

  /** linux/pkt_cls.h. */
  private static final int TCA_BPF_ID = 11;

  private static final int HEADER = 16; // struct nlmsghdr
  private static final int TCMSG = 20;
  private static final int ATTRIBUTE = 4; // struct nlattr
  private static final int TYPE_MASK = 0x3fff;
  private static final int BUFFER = 1 << 16;

  private TcFilters() {}

  /** Of a device of this network namespace; none where it has no clsact. */
  public static List<LoadedLink> of(int ifindex, String device) {
    List<LoadedLink> found = new ArrayList<>();
    for (int id : programs(ifindex, CLSACT_INGRESS)) {
      found.add(filter(id, device + " ingress"));
    }
    for (int id : programs(ifindex, CLSACT_EGRESS)) {
      found.add(filter(id, device + " egress"));
    }
    return found;
  }

  private static LoadedLink filter(int program, String target) {
    return new LoadedLink(0, program, "tc.clsact", target, OptionalLong.empty());
  }

  private static List<Integer> programs(int ifindex, int parent) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      int socket = LibC.socket(errno, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
      if (socket < 0) {
        return List.of();
      }
      try {
        MemorySegment request = request(arena, ifindex, parent);
        List<Integer> ids = new ArrayList<>();
        if (LibC.send(socket, request, request.byteSize(), 0) < 0) {
          return ids;
        }
        MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
        boolean more = true;
        while (more) {
          long length = LibC.recv(socket, buffer, BUFFER, 0);
          more =
              length > 0
                  && read(
                      buffer.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder()), ids);
        }
        return ids;
      } finally {
        BpfMap.closeFd(socket);
      }
    }
  }

  /** A struct nlmsghdr, then a struct tcmsg: family, ifindex, handle, parent, info. */
  private static MemorySegment request(Arena arena, int ifindex, int parent) {
    MemorySegment request = arena.allocate(HEADER + TCMSG, Long.BYTES);
    request.set(ValueLayout.JAVA_INT, 0, HEADER + TCMSG);
    request.set(ValueLayout.JAVA_SHORT, 4, (short) RTM_GETTFILTER);
    request.set(ValueLayout.JAVA_SHORT, 6, (short) NLM_F_REQUEST_DUMP);
    request.set(ValueLayout.JAVA_INT, HEADER + 4, ifindex);
    request.set(ValueLayout.JAVA_INT, HEADER + 12, parent);
    return request;
  }

  /** Whether more follows. */
  static boolean read(ByteBuffer messages, List<Integer> ids) {
    int at = 0;
    while (at + HEADER <= messages.limit()) {
      int length = messages.getInt(at);
      int type = messages.getShort(at + 4);
      if (type == NLMSG_DONE || type == NLMSG_ERROR || length < HEADER) {
        return false;
      }
      if (type == RTM_NEWTFILTER) {
        program(messages, at + HEADER + TCMSG, at + length).ifPresent(ids::add);
      }
      at += aligned(length);
    }
    return true;
  }

  private static OptionalInt program(ByteBuffer messages, int from, int to) {
    boolean bpf =
        attribute(messages, from, to, TCA_KIND)
            .filter(kind -> StandardCharsets.US_ASCII.decode(kind).toString().startsWith("bpf\0"))
            .isPresent();
    return attribute(messages, from, to, TCA_OPTIONS)
        .filter(_ -> bpf)
        .flatMap(options -> attribute(options, 0, options.limit(), TCA_BPF_ID))
        .map(id -> OptionalInt.of(id.getInt(0)))
        .orElse(OptionalInt.empty());
  }

  /** What an attribute of that type holds. */
  private static Optional<ByteBuffer> attribute(ByteBuffer in, int from, int to, int wanted) {
    int at = from;
    while (at + ATTRIBUTE <= Math.min(to, in.limit())) {
      int length = Short.toUnsignedInt(in.getShort(at));
      if (length < ATTRIBUTE || at + length > in.limit()) {
        return Optional.empty();
      }
      if ((in.getShort(at + 2) & TYPE_MASK) == wanted) {
        return Optional.of(
            in.slice(at + ATTRIBUTE, length - ATTRIBUTE).order(ByteOrder.nativeOrder()));
      }
      at += aligned(length);
    }
    return Optional.empty();
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }
}
