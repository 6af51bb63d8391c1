package dev.bpfgauge.libbpf.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A function bound at its first call. Binding takes milliseconds, there are dozens of functions,
 * and a command calls few of them; what is measured is bound at once instead, to be a constant to
 * the JIT.
 */
final class LateHandle {

  private final NativeLibrary library;
  private final String name;
  private final FunctionDescriptor descriptor;
  private final Linker.Option[] options;

  /** Two threads may bind it twice, to the same effect; handles are safe to publish so. */
  private @Nullable MethodHandle handle;

  LateHandle(
      NativeLibrary library, String name, FunctionDescriptor descriptor, Linker.Option[] options) {
    this.library = library;
    this.name = name;
    this.descriptor = descriptor;
    this.options = options;
  }

  MethodHandle get() {
    MethodHandle bound = handle;
    if (bound == null) {
      bound = library.bind(name, descriptor, options);
      handle = bound;
    }
    return bound;
  }
}
