package dev.bpfgauge.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;

/**
 * strerror(3): the JDK keeps errno to itself and quotes these words, in the language of the
 * process. So what an exception means is known by asking for the words of each errno.
 */
public final class StrError {
  /** The words are short. */
  private static final int LONGEST = 256;

  private StrError() {}

  /** Errno's numbers, the same on x86-64, aarch64 and RISC-V (asm-generic/errno.h). */
  public enum Errno {
    EAGAIN(11),
    ENOMEM(12),
    ENFILE(23),
    EMFILE(24),
    ENOSPC(28),
    EROFS(30),
    EPIPE(32),
    EDQUOT(122);

    private final int number;

    Errno(int number) {
      this.number = number;
    }

    /** What strerror(3) says of it. */
    public String words() {
      return of(number);
    }

    /** Whether the exception says just that. */
    public boolean isWhy(IOException e) {
      return words().equals(e instanceof FileSystemException at ? at.getReason() : e.getMessage());
    }
  }

  /** What strerror(3) says of an errno, in the language of the process. */
  static String of(int errno) {
    Linker linker = Linker.nativeLinker();
    MethodHandle strerror =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("strerror"),
            FunctionDescriptor.of(ADDRESS, JAVA_INT));
    try {
      MemorySegment words = (MemorySegment) strerror.invokeExact(errno);
      return words
          .reinterpret(LONGEST)
          .getString(0, Charset.forName(System.getProperty("native.encoding")));
    } catch (Throwable e) {
      throw new IllegalStateException("strerror(" + errno + ")", e);
    }
  }
}
