package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.BpfMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;

/** The loop of {@code reference.c}, called from this process one batch at a time. */
final class LoopInC {
  private LoopInC() {}

  /**
   * The same with variables of its own, where others use the library as well.
   *
   * @throws UncheckedIOException where no copy of the library can be made beside it
   */
  static IntSupplier alone(Path library, MapCell map, FilledMap filled, long seed) {
    Path copy = library.resolveSibling(library.getFileName() + "." + System.nanoTime());
    try {
      Files.copy(library, copy);
      try {
        return of(copy, map, filled, seed);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the loop in C cannot be copied: " + e.getMessage(), e);
    }
  }

  /**
   * Over the same keys in the same order as {@link MapLoop}.
   *
   * @param library whose variables are this loop's alone
   */
  static IntSupplier of(Path library, MapCell map, FilledMap filled, long seed) {
    Arena arena = Arena.global();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, arena);
    bind(symbols, map, filled.map().fd());
    MethodHandle batch =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow("reference_batch"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    int[] keys = MapLoop.sequence(map, filled.keys(), 0, seed);
    MemorySegment sequence = arena.allocateFrom(ValueLayout.JAVA_INT, keys);
    return new IntSupplier() {
      private int at;

      @Override
      public int getAsInt() {
        int from = at;
        at = from + map.timedTogether() < keys.length ? from + map.timedTogether() : 0;
        try {
          return (int) batch.invokeExact(sequence.asSlice((long) from * Integer.BYTES));
        } catch (Throwable e) {
          throw new AssertionError("a native call throws nothing", e);
        }
      }
    };
  }

  private static void bind(SymbolLookup symbols, MapCell map, int fd) {
    MethodHandle use =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow("reference_use"),
                FunctionDescriptor.ofVoid(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT));
    try (Arena words = Arena.ofConfined()) {
      use.invokeExact(
          fd,
          words.allocateFrom(map.operation().word()),
          words.allocateFrom(map.path().word()),
          map.keyBytes(),
          map.valueBytes(),
          map.kind().perCpu() ? BpfMap.possibleCpus() : 1,
          map.timedTogether());
    } catch (Throwable e) {
      throw new AssertionError("a native call throws nothing", e);
    }
  }
}
