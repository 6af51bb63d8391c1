package dev.bpfgauge.libbpf.ffm;

import static dev.bpfgauge.libbpf.ffm.NativeLibrary.INT;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.LONG;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The functions of stdlib.h that only the suite {@code maps-seed} calls, apart from {@link LibC} so
 * that no other program binds them.
 */
public final class LibCStdlib {
  private static final NativeLibrary LIBC = NativeLibrary.libc();

  private static final MethodHandle rand$mh = LIBC.bind("rand", FunctionDescriptor.of(INT));

  private static final MethodHandle srand$mh = LIBC.bind("srand", FunctionDescriptor.ofVoid(INT));

  private static final MethodHandle malloc$mh =
      LIBC.bind("malloc", FunctionDescriptor.of(POINTER, LONG));

  private static final MethodHandle free$mh = LIBC.bind("free", FunctionDescriptor.ofVoid(POINTER));

  private LibCStdlib() {}

  /** rand(3): 0 to RAND_MAX. */
  public static int rand() {
    try {
      return (int) rand$mh.invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static void srand(int seed) {
    try {
      srand$mh.invokeExact(seed);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** malloc(3): a segment of size 0, or NULL. */
  public static MemorySegment malloc(long size) {
    try {
      return (MemorySegment) malloc$mh.invokeExact(size);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static void free(MemorySegment ptr) {
    try {
      free$mh.invokeExact(ptr);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }
}
