package dev.bpfgauge.libbpf.ffm;

import static dev.bpfgauge.libbpf.ffm.NativeLibrary.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;

/** The C++ runtime, which many machines have and none needs. */
public final class LibStdCxx {
  private static final NativeLibrary LIBRARY =
      NativeLibrary.open("libstdc++.so.6", "apt install libstdc++6");

  private static final LateHandle __cxa_demangle$mh =
      LIBRARY.bindLate(
          "__cxa_demangle", FunctionDescriptor.of(POINTER, POINTER, POINTER, POINTER, POINTER));

  private LibStdCxx() {}

  /** Whether it is there. */
  public static boolean isAvailable() {
    return LIBRARY.has("__cxa_demangle");
  }

  /**
   * A C++ symbol as it was declared (Itanium C++ ABI, 3.4): malloc'ed, or NULL.
   *
   * @throws UnsupportedOperationException where there is no such library
   */
  public static MemorySegment __cxa_demangle(
      MemorySegment mangled_name,
      MemorySegment output_buffer,
      MemorySegment length,
      MemorySegment status) {
    try {
      return (MemorySegment)
          __cxa_demangle$mh.get().invokeExact(mangled_name, output_buffer, length, status);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }
}
