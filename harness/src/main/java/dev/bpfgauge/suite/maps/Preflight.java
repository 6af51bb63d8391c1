package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Asks the kernel once, before a fork is started and anything is timed, whether it does a cell's
 * operation on such a map at all.
 */
final class Preflight {
  private Preflight() {}

  /** Why the cell cannot be measured, or empty where it can. */
  static Optional<Outcome> objection(MapCell cell) {
    Optional<String> absent = LibBpf.unavailable();
    if (absent.isPresent()) {
      return absent.map(Outcome.Unavailable::new);
    }
    if (cell.path() == CallPath.SYSCALL) {
      Optional<String> unknown = SyscallNumbers.unavailable(System.getProperty("os.arch", ""));
      if (unknown.isPresent()) {
        return unknown.map(Outcome.Unavailable::new);
      }
    }
    try (BpfMap map = FilledMap.create(cell)) {
      return tryOnce(cell, map);
    } catch (BpfException e) {
      return Optional.of(notCreated(cell, e));
    }
  }

  /**
   * Why bpf(2)'s refusal of an unknown command cannot be measured: somebody else refuses it before,
   * such as a seccomp filter or a kernel without bpf(2), in less time.
   */
  static Optional<Outcome> notRefusedByBpf() {
    Optional<SyscallNumbers> numbers = SyscallNumbers.current();
    Optional<Outcome> none = noBpf();
    if (numbers.isEmpty() || none.isPresent()) {
      return none;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      long result = LibC.syscall(errno, numbers.get().bpf(), -1, 0, 0, 0, 0, 0);
      return result < 0 && Errno.of(errno) == Errno.EINVAL
          ? Optional.empty()
          : Optional.of(
              new Outcome.Unavailable(
                  "an unknown command of bpf(2) is refused with errno %d, not EINVAL: not by bpf(2) itself"
                      .formatted(Errno.of(errno))));
    }
  }

  /** Why there is no bpf(2) at all. */
  private static Optional<Outcome> noBpf() {
    try (BpfMap _ =
        BpfMap.create(
            new BpfMap.Spec(
                "bpfgauge_probe", Uapi.BPF_MAP_TYPE_ARRAY, Integer.BYTES, Long.BYTES, 1, 0))) {
      return Optional.empty();
    } catch (BpfException e) {
      return e.errno() == Errno.ENOSYS
          ? Optional.of(new Outcome.Unavailable(String.valueOf(e.getMessage())))
          : Optional.empty();
    }
  }

  private static Optional<Outcome> tryOnce(MapCell cell, BpfMap map) {
    try (Arena arena = Arena.ofConfined()) {
      ElementBlock one = ElementBlock.allocate(arena, cell.keyBytes(), map.valueStride(), 1);
      one.set(new int[] {0}, 0, 1);
      if (cell.operation() != MapOperation.INSERT) {
        map.update(one.keys(), one.values(), Uapi.BPF_ANY);
      }
      operate(cell, map, one, arena);
      return Optional.empty();
    } catch (BpfException e) {
      return Optional.of(new Outcome.Refused(e.errnoName() + ": " + why(cell, e)));
    }
  }

  private static void operate(MapCell cell, BpfMap map, ElementBlock one, Arena arena) {
    switch (cell.operation()) {
      case LOOKUP, LOOKUP_MISS -> map.lookup(one.keys(), one.values());
      case UPDATE -> map.update(one.keys(), one.values(), Uapi.BPF_ANY);
      case INSERT -> map.update(one.keys(), one.values(), Uapi.BPF_NOEXIST);
      case DELETE -> map.delete(one.keys());
      case ITERATE -> map.firstKey(one.keys());
      case BATCH_LOOKUP -> {
        var cursor = arena.allocate(Math.max(Long.BYTES, cell.keyBytes()), Long.BYTES);
        map.lookupBatch(null, cursor, one.keys(), one.values(), 1);
      }
      case BATCH_UPDATE -> map.updateBatch(one.keys(), one.values(), 1);
      case BATCH_DELETE -> map.deleteBatch(one.keys(), 1);
      case MMAP_READ -> map.mmap();
    }
  }

  private static String why(MapCell cell, BpfException refused) {
    if (!cell.kind().keyed()) {
      if (cell.operation() == MapOperation.DELETE
          || cell.operation() == MapOperation.BATCH_DELETE) {
        return "arrays have no delete";
      }
      if (cell.operation() == MapOperation.INSERT) {
        return "every element of an array is there from the start";
      }
    }
    return String.valueOf(refused.getMessage());
  }

  private static Outcome notCreated(MapCell cell, BpfException refused) {
    String reason = String.valueOf(refused.getMessage());
    return switch (refused.errno()) {
      case Errno.EINVAL, Errno.E2BIG -> {
        boolean unmappable = cell.operation() == MapOperation.MMAP_READ && cell.entries() > 0;
        yield new Outcome.Refused(
            unmappable ? reason + "; only arrays can be mapped into a process" : reason);
      }
      default -> new Outcome.Unavailable(reason);
    };
  }
}
