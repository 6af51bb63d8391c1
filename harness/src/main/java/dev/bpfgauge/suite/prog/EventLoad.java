package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.FreshPages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Operations of one thread that make the events which programs hang on: which of them runs a given
 * program is found out by trying.
 */
enum EventLoad {
  /** The shortest system call: its entry and exit. */
  GETPPID {
    @Override
    Operation start(Path folder) {
      return count -> {
        for (int i = 0; i < count; i++) {
          LibC.getppid();
        }
      };
    }
  },
  /** A byte of /dev/zero. */
  READ {
    @Override
    Operation start(Path folder) {
      return new File("/dev/zero", O_RDONLY) {
        @Override
        void once() {
          require(LibC.read(errno, fd, page, 1));
        }
      };
    }
  },
  /** A byte into /dev/null. */
  WRITE {
    @Override
    Operation start(Path folder) {
      return new File("/dev/null", O_WRONLY) {
        @Override
        void once() {
          require(LibC.write(errno, fd, page, 1));
        }
      };
    }
  },
  /** Opens /dev/null and closes it. */
  OPEN {
    @Override
    Operation start(Path folder) {
      return new File("/dev/null", O_RDONLY) {
        @Override
        void once() {
          int opened = LibC.open(errno, path, O_RDONLY, 0);
          require(opened);
          LibC.close(errno, opened);
        }
      };
    }
  },
  /** Reads a byte of a file that is in the page cache. */
  READ_FILE {
    @Override
    Operation start(Path folder) throws IOException {
      return new File(Files.write(folder.resolve("file"), new byte[1 << 16]).toString(), O_RDONLY) {
        private int left;

        @Override
        void once() {
          if (left == 0) {
            LibC.close(errno, fd);
            fd = LibC.open(errno, path, O_RDONLY, 0);
            left = 1 << 16;
          }
          left--;
          require(LibC.read(errno, fd, page, 1));
        }
      };
    }
  },
  /** A page fault: reads a page for the first time. */
  FAULT {
    @Override
    Operation start(Path folder) {
      FreshPages pages = new FreshPages();
      return new Operation() {
        @Override
        public void operate(int count) {
          pages.read(count);
        }

        @Override
        public void close() {
          pages.close();
        }
      };
    }
  },
  /** Makes a file and deletes it. */
  CREATE_FILE {
    @Override
    Operation start(Path folder) {
      Path file = folder.resolve("new");
      return count -> {
        for (int i = 0; i < count; i++) {
          Files.delete(Files.createFile(file));
        }
      };
    }
  },
  /** A byte to another thread and back: two switches of tasks. */
  SWITCH {
    @Override
    Operation start(Path folder) throws IOException {
      return new Echo();
    }
  },
  /** A datagram to itself over the loopback device. */
  UDP {
    @Override
    Operation start(Path folder) throws IOException {
      return new Datagrams();
    }
  },
  /** Makes a socket. */
  SOCKET {
    @Override
    Operation start(Path folder) {
      return count -> {
        for (int i = 0; i < count; i++) {
          DatagramChannel.open(StandardProtocolFamily.INET).close();
        }
      };
    }
  },
  /** Binds a socket to a port of its own. */
  BIND {
    @Override
    Operation start(Path folder) throws IOException {
      return bind(LOOPBACK_4);
    }
  },
  /** The same for IPv6. */
  BIND6 {
    @Override
    Operation start(Path folder) throws IOException {
      return bind(LOOPBACK_6);
    }
  },
  /** A datagram to itself by an address, from a socket that is not connected. */
  SEND {
    @Override
    Operation start(Path folder) throws IOException {
      return new Addressed(LOOPBACK_4);
    }
  },
  /** The same for IPv6. */
  SEND6 {
    @Override
    Operation start(Path folder) throws IOException {
      return new Addressed(LOOPBACK_6);
    }
  },
  /** Opens a TCP connection over the loopback device and closes it. */
  CONNECT {
    @Override
    Operation start(Path folder) throws IOException {
      return new Connections(LOOPBACK_4);
    }
  },
  /** The same for IPv6. */
  CONNECT6 {
    @Override
    Operation start(Path folder) throws IOException {
      return new Connections(LOOPBACK_6);
    }
  },
  /** Sets and gets an option of a socket. */
  SOCKOPT {
    @Override
    Operation start(Path folder) throws IOException {
      return new SocketOption();
    }
  },
  /** Reads a sysctl. */
  SYSCTL {
    @Override
    Operation start(Path folder) {
      return new File("/proc/sys/kernel/ostype", O_RDONLY) {
        @Override
        void once() {
          int opened = LibC.open(errno, path, O_RDONLY, 0);
          require(opened);
          long read = LibC.read(errno, opened, page, 1);
          int why = Errno.of(errno);
          LibC.close(errno, opened);
          if (read < 0) {
            throw new CallFailedException(why);
          }
        }
      };
    }
  },
  /** Starts a program and waits for its end. */
  EXEC {
    @Override
    Operation start(Path folder) {
      // A guest of the lab has busybox alone.
      List<String> command =
          Files.isExecutable(TRUE) ? List.of(TRUE.toString()) : List.of("/bin/busybox", "true");
      return count -> {
        for (int i = 0; i < count; i++) {
          new ProcessBuilder(command).start().waitFor();
        }
      };
    }
  };

  private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
  private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  private static final Path TRUE = Path.of("/bin/true");
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;

  /**
   * Makes ready.
   *
   * @param folder for files, which the caller deletes
   */
  abstract Operation start(Path folder) throws IOException;

  /** Operations with which it is tried. */
  int tried() {
    return this == EXEC ? 4 : 64;
  }

  /** Operations after a change that are not timed: the kernel's code was just rewritten. */
  int settling() {
    return this == EXEC ? 1 : 20;
  }

  String word() {
    return EnumWords.of(this);
  }

  /** A system call of a load failed. */
  static final class CallFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallFailedException(int errno) {
      super("a load's own call failed, errno " + errno);
    }
  }

  private static InetSocketAddress anyPort(byte[] address) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address), 0);
  }

  private static StandardProtocolFamily family(byte[] address) {
    return address.length == LOOPBACK_4.length
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private static Operation bind(byte[] address) throws IOException {
    InetSocketAddress local = anyPort(address);
    return count -> {
      for (int i = 0; i < count; i++) {
        try (DatagramChannel channel = DatagramChannel.open(family(address))) {
          channel.bind(local);
        }
      }
    };
  }

  /** Something that can be done again and again, by the thread that started it. */
  @FunctionalInterface
  interface Operation extends AutoCloseable {
    void operate(int count) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException {}
  }

  /** Calls on one descriptor. */
  private abstract static class File implements Operation {
    private final Arena arena = Arena.ofConfined();
    final MemorySegment errno = Errno.allocate(arena);
    final MemorySegment page = arena.allocate(Long.BYTES);
    final MemorySegment path;
    int fd;

    File(String name, int flags) {
      path = arena.allocateFrom(name);
      fd = LibC.open(errno, path, flags, 0);
      require(fd);
    }

    abstract void once();

    @Override
    public void operate(int count) {
      for (int i = 0; i < count; i++) {
        once();
      }
    }

    void require(long result) {
      if (result < 0) {
        throw new CallFailedException(Errno.of(errno));
      }
    }

    @Override
    public void close() {
      LibC.close(errno, fd);
      arena.close();
    }
  }

  private static final class Echo implements Operation {
    private final Pipe there = Pipe.open();
    private final Pipe back = Pipe.open();
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);
    private final Thread other = Thread.ofPlatform().daemon().name("echo").unstarted(this::answer);

    Echo() throws IOException {
      other.start();
    }

    private void answer() {
      ByteBuffer own = ByteBuffer.allocateDirect(1);
      try {
        while (there.source().read(own.clear()) == 1) {
          back.sink().write(own.flip());
        }
      } catch (IOException e) {
        // Closed: it is over.
      }
    }

    @Override
    public void operate(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        there.sink().write(one.clear());
        back.source().read(one.clear());
      }
    }

    @Override
    public void close() throws IOException {
      there.sink().close();
      back.source().close();
      there.source().close();
      back.sink().close();
    }
  }

  private static final class Datagrams implements Operation {
    private final DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    private final ByteBuffer one = ByteBuffer.allocateDirect(64);

    Datagrams() throws IOException {
      channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
      channel.connect(channel.getLocalAddress());
    }

    @Override
    public void operate(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        channel.write(one.clear());
        channel.read(one.clear());
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class Addressed implements Operation {
    private final DatagramChannel channel;
    private final ByteBuffer one = ByteBuffer.allocateDirect(64);

    Addressed(byte[] address) throws IOException {
      channel = DatagramChannel.open(family(address));
      channel.bind(anyPort(address));
    }

    @Override
    public void operate(int count) throws IOException {
      SocketAddress own = channel.getLocalAddress();
      for (int i = 0; i < count; i++) {
        channel.send(one.clear(), own);
        channel.receive(one.clear());
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class Connections implements Operation {
    private final StandardProtocolFamily family;
    private final ServerSocketChannel server;

    Connections(byte[] address) throws IOException {
      family = family(address);
      server = ServerSocketChannel.open(family);
      server.bind(anyPort(address));
    }

    @Override
    public void operate(int count) throws IOException {
      SocketAddress there = server.getLocalAddress();
      for (int i = 0; i < count; i++) {
        try (SocketChannel client = SocketChannel.open(family)) {
          client.connect(there);
          try (SocketChannel accepted = server.accept()) {
            // Closed first, by a reset: else its port would be taken for a minute.
            accepted.setOption(StandardSocketOptions.SO_LINGER, 0);
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static final class SocketOption implements Operation {
    private static final int BYTES = 1 << 16;

    private final DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);

    SocketOption() throws IOException {}

    @Override
    public void operate(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BYTES);
        channel.getOption(StandardSocketOptions.SO_RCVBUF);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
