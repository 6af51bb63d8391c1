package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * What a socket of this process does on a loopback of its own. The program hangs on the control
 * group this process is in, the only one whose sockets it can see without moving the process;
 * others of the group run it too while it is there.
 */
final class InternetSocket implements Traced {
  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int O_RDONLY_CLOEXEC = 0x8_0000;
  private static final int MESSAGE_BYTES = 16;

  /** What it does. */
  enum Act {
    /** Sends itself a datagram and receives it: one packet leaves. */
    DATAGRAM,
    /** Has a TCP socket listen, and no longer: one call of the program. */
    LISTEN
  }

  private final Act act;
  private final Network network = new Network();
  private final int group;
  private final int socket;
  private final MemorySegment message;

  InternetSocket(Act act) {
    this.act = act;
    int opened = -1;
    int bound = -1;
    try {
      network.loopback();
      opened = openGroup();
      bound = network.socket(AF_INET, act == Act.DATAGRAM ? SOCK_DGRAM : SOCK_STREAM, 0);
      MemorySegment address = network.allocate(16); // struct sockaddr_in
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
      address.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) 9);
      address.set(ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), 4, 0x7f000001);
      network.bind(bound, address);
      if (act == Act.DATAGRAM) {
        network.connect(bound, address);
      }
    } catch (RuntimeException e) {
      network.closeDescriptor(bound);
      network.closeDescriptor(opened);
      network.close();
      throw e;
    }
    group = opened;
    socket = bound;
    message = network.allocate(MESSAGE_BYTES);
  }

  private static int openGroup() {
    try (Arena arena = Arena.ofConfined()) {
      Path folder =
          folder(
              ForeignText.readLines(Path.of("/proc/self/mounts")),
              ForeignText.readLines(Path.of("/proc/self/cgroup")));
      MemorySegment errno = Errno.allocate(arena);
      int fd = LibC.open(errno, arena.allocateFrom(folder.toString()), O_RDONLY_CLOEXEC, 0);
      if (fd < 0) {
        throw Refusal.environment("cannot open " + folder + ", errno " + Errno.of(errno));
      }
      return fd;
    } catch (IOException e) {
      throw new IllegalStateException("cannot read this process's control group", e);
    }
  }

  /**
   * The folder of this process's control group.
   *
   * @param mounts lines of /proc/self/mounts
   * @param cgroups lines of /proc/self/cgroup
   * @throws Refusal where no cgroup2 is mounted
   */
  static Path folder(List<String> mounts, List<String> cgroups) {
    Path root =
        mounts.stream()
            .map(line -> line.split(" ", -1))
            .filter(fields -> fields.length > 2 && fields[2].equals("cgroup2"))
            .flatMap(fields -> ForeignText.mountPath(fields[1]).stream())
            .findFirst()
            .orElseThrow(() ->
                Refusal.environment(
                    KernelsAnswer.ABSENT.says("CONFIG_CGROUP_BPF, or cgroup2 is not mounted:")
                        + " mount -t cgroup2 none /sys/fs/cgroup"));
    String own =
        cgroups.stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::/".length()))
            .findFirst()
            .orElse("");
    return root.resolve(own);
  }

  @Override
  public void operate(int count) {
    for (int i = 0; i < count; i++) {
      switch (act) {
        case DATAGRAM -> datagram();
        case LISTEN -> listen();
      }
    }
  }

  private void datagram() {
    if (LibC.send(socket, message, MESSAGE_BYTES, 0) != MESSAGE_BYTES
        || LibC.recv(socket, message, MESSAGE_BYTES, 0) != MESSAGE_BYTES) {
      throw new IllegalStateException("a datagram did not come back");
    }
  }

  private void listen() {
    if (network.listen(socket) != 0 || network.shutdown(socket) != 0) {
      throw new IllegalStateException("a socket does not listen, or not stop");
    }
  }

  @Override
  public Attachment attach(BpfProgram program) {
    return program.attachCgroup(group)::close;
  }

  @Override
  public void close() {
    network.closeDescriptor(socket);
    network.closeDescriptor(group);
    network.close();
  }
}
