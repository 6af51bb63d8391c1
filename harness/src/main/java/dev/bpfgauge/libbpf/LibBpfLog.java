package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Where libbpf's own messages go: into the program's log, and, around a call that may fail, into
 * that call's exception. libbpf has one print function for the whole process and calls it in the
 * thread that called libbpf, so captures are kept by thread.
 */
final class LibBpfLog {

  private static final System.Logger LOG = System.getLogger("dev.bpfgauge.libbpf");

  /** enum libbpf_print_level; 2 is debug. */
  private static final int LIBBPF_WARN = 0;

  private static final int LIBBPF_INFO = 1;

  private static final int USUAL_MESSAGE_BYTES = 4096;

  /** The larger of the two va_lists we know: 24 bytes on x86-64, 32 on aarch64. */
  private static final int VA_LIST_BYTES = 32;

  /** On these a va_list is handed over by reference, so that it can be copied and used twice. */
  private static final boolean VA_LIST_BY_REFERENCE =
      switch (System.getProperty("os.arch", "")) {
        case "amd64", "aarch64" -> true;
        default -> false;
      };

  private static final ThreadLocal<@Nullable Capture> CAPTURE = new ThreadLocal<>();

  static {
    LibBpf.libbpf_set_print(stub());
  }

  private LibBpfLog() {}

  /** What libbpf prints in this thread until it is closed. */
  static final class Capture implements AutoCloseable {

    private final StringBuilder messages = new StringBuilder();
    private boolean taken;

    /** The messages, for an exception; they will not be logged as well. */
    String take() {
      taken = true;
      return messages.toString();
    }

    /** Messages of a call that succeeded nobody has seen yet. */
    @Override
    public void close() {
      CAPTURE.remove();
      if (!taken && !messages.isEmpty()) {
        LOG.log(Level.WARNING, messages.toString().stripTrailing());
      }
    }
  }

  static Capture capture() {
    Capture capture = new Capture();
    CAPTURE.set(capture);
    return capture;
  }

  private static MemorySegment stub() {
    try {
      MethodHandle print =
          MethodHandles.lookup()
              .findStatic(
                  LibBpfLog.class,
                  "print",
                  MethodType.methodType(
                      int.class, int.class, MemorySegment.class, MemorySegment.class));
      return Linker.nativeLinker()
          .upcallStub(
              print,
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS),
              Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the print function is in this class", e);
    }
  }

  /** Called by libbpf. Nothing may be thrown into C: the JVM would end. */
  @SuppressWarnings({"UnusedMethod", "unused"}) // called by libbpf
  private static int print(int level, MemorySegment format, MemorySegment arguments) {
    try {
      if (level <= LIBBPF_INFO) {
        keep(level, text(format, arguments));
      } else if (LOG.isLoggable(Level.TRACE)) {
        LOG.log(Level.TRACE, text(format, arguments).stripTrailing());
      }
    } catch (Throwable t) {
      // Nowhere to report it: the log itself may be what failed.
      return -1;
    }
    return 0;
  }

  private static void keep(int level, String message) {
    Capture capture = CAPTURE.get();
    if (capture != null) {
      capture.messages.append(message);
      return;
    }
    LOG.log(level == LIBBPF_WARN ? Level.WARNING : Level.INFO, message.stripTrailing());
  }

  private static String text(MemorySegment format, MemorySegment arguments) {
    if (!VA_LIST_BY_REFERENCE) {
      return format.reinterpret(Long.MAX_VALUE).getString(0);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(VA_LIST_BYTES, Long.BYTES);
      copy.copyFrom(arguments.reinterpret(VA_LIST_BYTES));
      MemorySegment text = arena.allocate(USUAL_MESSAGE_BYTES);
      int length = LibC.vsnprintf(text, text.byteSize(), format, copy);
      if (length >= text.byteSize()) {
        text = arena.allocate(length + 1L);
        LibC.vsnprintf(text, text.byteSize(), format, arguments);
      }
      return length < 0 ? "" : text.getString(0);
    }
  }
}
