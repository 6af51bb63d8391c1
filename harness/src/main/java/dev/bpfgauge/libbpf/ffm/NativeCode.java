package dev.bpfgauge.libbpf.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls code of our own that lies in memory, in no library that dlopen(3) knows. */
public final class NativeCode {
  private static final MethodHandle CALL =
      Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(), NativeLibrary.BRIEF);

  private NativeCode() {}

  /** Calls {@code void function(void)}, which must return at once. */
  public static void call(MemorySegment function) {
    try {
      CALL.invokeExact(function);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }
}
