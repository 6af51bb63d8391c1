package dev.bpfgauge.libbpf.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One shared library and its functions. Absence is a value: a library or symbol that is not there
 * yields handles of the right type that throw {@link UnsupportedOperationException} with the reason
 * and the fix, so that no class fails to initialise.
 */
final class NativeLibrary {

  private static final String NATIVE_ACCESS_DENIED =
      "this JVM may not call native code; start java with --enable-native-access=ALL-UNNAMED";

  private final SymbolLookup symbols;
  private final Optional<String> unavailable;

  private NativeLibrary(SymbolLookup symbols, Optional<String> unavailable) {
    this.symbols = symbols;
    this.unavailable = unavailable;
  }

  static NativeLibrary libc() {
    return new NativeLibrary(Linker.nativeLinker().defaultLookup(), Optional.empty());
  }

  /** Opens the library as dlopen(3) finds it; {@code fix} ends the sentence if it does not. */
  static NativeLibrary open(String nameOrPath, String fix) {
    try {
      SymbolLookup lookup = SymbolLookup.libraryLookup(nameOrPath, Arena.global());
      return new NativeLibrary(lookup, Optional.empty());
    } catch (IllegalArgumentException e) {
      return absent(nameOrPath + " cannot be opened: " + fix);
    } catch (IllegalCallerException e) {
      return absent(NATIVE_ACCESS_DENIED);
    }
  }

  static NativeLibrary absent(String reason) {
    return new NativeLibrary(symbol -> Optional.empty(), Optional.of(reason));
  }

  Optional<String> unavailable() {
    return unavailable;
  }

  boolean has(String symbol) {
    return symbols.find(symbol).isPresent();
  }

  Optional<MemorySegment> address(String symbol) {
    return symbols.find(symbol);
  }

  /** A handle that takes the errno segment first if {@link Errno#CAPTURE} is among the options. */
  MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Optional<MemorySegment> address = symbols.find(name);
    if (address.isEmpty()) {
      return refusing(name, descriptor, options, missing(name));
    }
    try {
      return Linker.nativeLinker().downcallHandle(address.get(), descriptor, options);
    } catch (IllegalCallerException e) {
      return refusing(name, descriptor, options, NATIVE_ACCESS_DENIED);
    }
  }

  LateHandle bindLate(String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return new LateHandle(this, name, descriptor, options);
  }

  private String missing(String symbol) {
    return unavailable.orElse("this library has no " + symbol + "; a newer version is needed");
  }

  private static MethodHandle refusing(
      String name, FunctionDescriptor descriptor, Linker.Option[] options, String reason) {
    List<Class<?>> parameters = new ArrayList<>(descriptor.toMethodType().parameterList());
    if (Arrays.asList(options).contains(Errno.CAPTURE)) {
      parameters.addFirst(MemorySegment.class);
    }
    Class<?> result = descriptor.toMethodType().returnType();
    MethodHandle exception;
    try {
      exception =
          MethodHandles.publicLookup()
              .findConstructor(
                  UnsupportedOperationException.class,
                  MethodType.methodType(void.class, String.class))
              .bindTo(name + ": " + reason);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("UnsupportedOperationException(String) is public", e);
    }
    MethodHandle thrower =
        MethodHandles.throwException(result, UnsupportedOperationException.class);
    return MethodHandles.dropArguments(
        MethodHandles.foldArguments(thrower, exception), 0, parameters);
  }

  /** A downcall throws nothing checked: what comes out is ours or the JVM's. */
  static RuntimeException unexpected(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError("a native call threw a checked exception", thrown);
    }
  }

  /** The C string at an address C gave us, or empty text for NULL. */
  static String text(MemorySegment address) {
    return address.equals(MemorySegment.NULL)
        ? ""
        : address.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /**
   * For calls of about a microsecond that never wait: the JVM leaves out its thread's change of
   * state, which costs some nanoseconds; a safepoint waits for the call to end.
   */
  static final Linker.Option BRIEF = Linker.Option.critical(false);

  static final ValueLayout.OfBoolean BOOL = ValueLayout.JAVA_BOOLEAN;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  static final MemoryLayout POINTER = ValueLayout.ADDRESS;
}
