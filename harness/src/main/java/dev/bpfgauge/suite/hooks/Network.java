package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network of the calling thread's own: nothing of the machine's is touched, and all of it
 * (devices, filters, programs on them) ends with the thread, whatever ends it. Closed by the same
 * thread, which is then back where it was.
 */
final class Network implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int O_RDONLY_CLOEXEC = 0x8_0000;
  private static final int SOCK_CLOEXEC = 0x8_0000;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_ROUTE = 0;
  private static final short RTM_NEWLINK = 16;
  private static final short REQUEST_ACK = 1 | 4;
  private static final short CREATE_EXCLUSIVE = 0x400 | 0x200;
  private static final short NLMSG_ERROR = 2;
  private static final int HEADER_BYTES = 16;
  private static final int IFF_UP = 1;
  private static final short IFLA_IFNAME = 3;
  private static final short IFLA_LINKINFO = 18;
  private static final short IFLA_INFO_KIND = 1;
  private static final short IFLA_INFO_DATA = 2;
  private static final short VETH_INFO_PEER = 1;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = Errno.allocate(arena);
  private final int before;

  /**
   * Takes the calling thread into an empty network.
   *
   * @throws Refusal where it may not
   */
  Network() {
    before = LibC.open(errno, arena.allocateFrom("/proc/thread-self/ns/net"), O_RDONLY_CLOEXEC, 0);
    if (before < 0 || LibC.unshare(errno, CLONE_NEWNET) != 0) {
      int why = Errno.of(errno);
      closeDescriptor(before);
      arena.close();
      throw Refusal.environment(
          why == Errno.EPERM
              ? KernelsAnswer.DENIED.says(
                  "EPERM: a network namespace of its own needs CAP_SYS_ADMIN; run as root")
              : KernelsAnswer.ABSENT.says("CONFIG_NET_NS: unshare, errno ") + why);
    }
    withoutIpv6();
  }

  /** Devices that come up would send packets of their own. */
  private static void withoutIpv6() {
    Path switchOff = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");
    try {
      if (Files.exists(switchOff)) {
        Files.writeString(switchOff, "1");
      }
    } catch (IOException e) {
      // Read-only /proc/sys, as in a container: some packets more are counted, and tolerated.
    }
  }

  /** Brings loopback up. */
  void loopback() {
    up(1);
  }

  private void up(int index) {
    ByteBuffer message = message(REQUEST_ACK);
    link(message, index, IFF_UP);
    send(message, "bringing a device up");
  }

  /** Makes a pair of veth devices, both up; what is sent on one arrives on the other. */
  void pair(String one, String other) {
    ByteBuffer message = message((short) (REQUEST_ACK | CREATE_EXCLUSIVE));
    link(message, 0, 0);
    text(message, IFLA_IFNAME, one);
    int info = open(message, IFLA_LINKINFO);
    text(message, IFLA_INFO_KIND, "veth");
    int data = open(message, IFLA_INFO_DATA);
    int peer = open(message, VETH_INFO_PEER);
    link(message, 0, 0);
    text(message, IFLA_IFNAME, other);
    close(message, peer);
    close(message, data);
    close(message, info);
    send(message, "CONFIG_VETH: making a pair of veth devices");
    up(index(one));
    up(index(other));
  }

  /** A device's number. */
  int index(String device) {
    return require("if_nametoindex", LibC.if_nametoindex(errno, arena.allocateFrom(device)) - 1)
        + 1;
  }

  /** Packets that a device has received; by the calling thread, in whose network the device is. */
  long received(String device) {
    Path counters = Path.of("/proc/thread-self/net/dev");
    try {
      return received(ForeignText.readLines(counters), device);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + counters, e);
    }
  }

  /**
   * The same from the lines of /proc/net/dev (proc_pid_net(5)): after the name bytes, then packets.
   */
  static long received(List<String> lines, String device) {
    return lines.stream()
        .map(line -> line.strip().split("[: ]+"))
        .filter(fields -> fields[0].equals(device))
        .mapToLong(fields -> Long.parseLong(fields[2]))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no device " + device));
  }

  /** A socket; the caller closes it with {@link #closeDescriptor}. */
  int socket(int domain, int type, int protocol) {
    return require("socket", LibC.socket(errno, domain, type | SOCK_CLOEXEC, protocol));
  }

  void bind(int socket, MemorySegment address) {
    require("bind", LibC.bind(errno, socket, address, Math.toIntExact(address.byteSize())));
  }

  void connect(int socket, MemorySegment address) {
    require("connect", LibC.connect(errno, socket, address, Math.toIntExact(address.byteSize())));
  }

  int listen(int socket) {
    return LibC.listen(errno, socket, 1);
  }

  int shutdown(int socket) {
    return LibC.shutdown(errno, socket, 2); // SHUT_RDWR
  }

  void closeDescriptor(int fd) {
    if (fd >= 0) {
      LibC.close(errno, fd);
    }
  }

  /** Memory that lasts as long as this. */
  MemorySegment allocate(long bytes) {
    return arena.allocate(bytes, Long.BYTES);
  }

  private static ByteBuffer message(short flags) {
    return ByteBuffer.allocate(512)
        .order(ByteOrder.nativeOrder())
        .putInt(0)
        .putShort(RTM_NEWLINK)
        .putShort(flags)
        .putInt(1)
        .putInt(0);
  }

  /** {@code struct ifinfomsg}. */
  private static void link(ByteBuffer message, int index, int flags) {
    message.putInt(0).putInt(index).putInt(flags).putInt(flags);
  }

  private static void text(ByteBuffer message, short type, String text) {
    int at = open(message, type);
    message.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    close(message, at);
  }

  private static int open(ByteBuffer message, short type) {
    int at = message.position();
    message.putShort((short) 0).putShort(type);
    return at;
  }

  private static void close(ByteBuffer message, int at) {
    message.putShort(at, (short) (message.position() - at));
    while (message.position() % Integer.BYTES != 0) {
      message.put((byte) 0);
    }
  }

  /** Sends a request and reads the kernel's answer. */
  private void send(ByteBuffer message, String what) {
    int length = message.position();
    message.putInt(0, length);
    int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    try {
      MemorySegment bytes = allocate(length).copyFrom(MemorySegment.ofBuffer(message.flip()));
      MemorySegment answer = allocate(1024);
      if (LibC.send(netlink, bytes, length, 0) != length
          || LibC.recv(netlink, answer, answer.byteSize(), 0) < HEADER_BYTES + Integer.BYTES) {
        throw Refusal.environment(what + ": the kernel does not answer");
      }
      int error = answer.get(ValueLayout.JAVA_INT, HEADER_BYTES);
      if (answer.get(ValueLayout.JAVA_SHORT, Integer.BYTES) != NLMSG_ERROR || error != 0) {
        throw Refusal.environment(
            (-error == Errno.EPERM
                    ? KernelsAnswer.DENIED.says("EPERM: ")
                    : KernelsAnswer.ABSENT.says(""))
                + what
                + " failed with errno "
                + -error);
      }
    } finally {
      closeDescriptor(netlink);
    }
  }

  private int require(String call, int result) {
    if (result < 0) {
      throw Refusal.environment(call + " failed with errno " + Errno.of(errno));
    }
    return result;
  }

  @Override
  public void close() {
    int back = LibC.setns(errno, before, CLONE_NEWNET);
    closeDescriptor(before);
    arena.close();
    if (back != 0) {
      throw new IllegalStateException("the thread cannot go back to its network");
    }
  }
}
