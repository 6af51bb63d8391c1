package dev.bpfgauge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A pseudo-terminal (pty(7)): what a process has that is started from a shell in a window. Keys are
 * typed at its other end, so Ctrl-C is what the kernel makes of it.
 */
final class Pty implements AutoCloseable {
  static final char CTRL_C = '\003';
  static final char CTRL_Z = '\032';

  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final long TIOCSPTLCK = 0x40045431;
  private static final long TIOCGPTN = 0x80045430L;
  private static final long TIOCSWINSZ = 0x5414;
  private static final int EAGAIN = 11;

  /** A session leader's first terminal becomes the one whose keys send it signals. */
  private static final String ON_TERMINAL =
      "exec <>\"$1\" >&0 2>&0; export TERM=\"$2\"; shift 2; exec \"$@\"";

  private final int master;
  private final String slave;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final Thread reader;
  private volatile boolean closed;

  Pty(int columns) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      master =
          LibC.open(
              errno,
              arena.allocateFrom("/dev/ptmx"),
              O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
              0);
      assertTrue(master >= 0, () -> "no pseudo-terminal, errno " + Errno.of(errno));
      MemorySegment word = arena.allocate(ValueLayout.JAVA_INT);
      assertEquals(0, LibC.ioctl(errno, master, TIOCSPTLCK, word.address()));
      assertEquals(0, LibC.ioctl(errno, master, TIOCGPTN, word.address()));
      slave = "/dev/pts/" + word.get(ValueLayout.JAVA_INT, 0);
    }
    resize(columns);
    reader = Thread.ofPlatform().daemon().name("pty").start(this::read);
  }

  /** Another size of the window; programs in it are told by SIGWINCH. */
  void resize(int columns) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
      size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) 40);
      size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
      assertEquals(0, LibC.ioctl(Errno.allocate(arena), master, TIOCSWINSZ, size.address()));
    }
  }

  /**
   * What starts a command on this terminal.
   *
   * @param term the terminal's kind, as in TERM
   */
  String[] starting(String term) {
    // A background job of a shell ignores SIGINT, and so would everything it starts.
    return new String[] {
      "env", "--default-signal=INT", "setsid", "sh", "-c", ON_TERMINAL, "sh", slave, term
    };
  }

  /** Presses a key. */
  void type(char key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) key);
      assertEquals(1, LibC.write(Errno.allocate(arena), master, text, 1));
    }
  }

  /** All that was shown by now. */
  String shown() {
    synchronized (shown) {
      return shown.toString(UTF_8);
    }
  }

  List<String> lines() {
    return shown().lines().toList();
  }

  private void read() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      MemorySegment block = arena.allocate(4096);
      while (!closed) {
        long length = LibC.read(errno, master, block, block.byteSize());
        if (length > 0) {
          synchronized (shown) {
            shown.writeBytes(block.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
          }
        } else if (length < 0 && Errno.of(errno) == EAGAIN) {
          Thread.sleep(5);
        } else {
          return; // Its last process has ended.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until what was written before the last process ended is read. */
  void drain() throws InterruptedException {
    reader.join();
  }

  /** Closes the window: who still runs in it gets SIGHUP. */
  void hangUp() throws InterruptedException {
    if (!closed) {
      closed = true;
      reader.join();
      try (Arena arena = Arena.ofConfined()) {
        LibC.close(Errno.allocate(arena), master);
      }
    }
  }

  @Override
  public void close() {
    try {
      hangUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
