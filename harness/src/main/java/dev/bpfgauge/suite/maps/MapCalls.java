package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The calls on one element of one map. Key, value and flags are bound beforehand, so that a call
 * has no argument to prepare. Every call gives 0 or something negative.
 */
interface MapCalls {

  int lookup();

  /** What {@link #lookup} gives where the key is not there, as far as it says. */
  int missed();

  /** The errno of a lookup; 0 where the key is there. Not to be timed. */
  int lookupError();

  int update();

  int delete();

  /** Writes the key after the bound key over it. */
  int nextKey();

  /** Writes some first key over the bound key. */
  int firstKey();

  /**
   * The calls by the path given.
   *
   * @param updateFlags {@code BPF_ANY}, {@code BPF_NOEXIST} or {@code BPF_EXIST}
   */
  static MapCalls by(
      CallPath path, int fd, MemorySegment key, MemorySegment value, long updateFlags) {
    return switch (path) {
      case LIBBPF -> new ByLibbpf(fd, key, value, updateFlags);
      case SYSCALL -> BySyscall.prepare(fd, key, value, updateFlags);
    };
  }

  /** libbpf's functions: they give {@code -errno}. */
  record ByLibbpf(int fd, MemorySegment key, MemorySegment value, long updateFlags)
      implements MapCalls {

    @Override
    public int lookup() {
      return LibBpf.bpf_map_lookup_elem(fd, key, value);
    }

    @Override
    public int missed() {
      return -Errno.ENOENT;
    }

    @Override
    public int lookupError() {
      return -lookup();
    }

    @Override
    public int update() {
      return LibBpf.bpf_map_update_elem(fd, key, value, updateFlags);
    }

    @Override
    public int delete() {
      return LibBpf.bpf_map_delete_elem(fd, key);
    }

    @Override
    public int nextKey() {
      return LibBpf.bpf_map_get_next_key(fd, key, key);
    }

    @Override
    public int firstKey() {
      return LibBpf.bpf_map_get_next_key(fd, MemorySegment.NULL, key);
    }
  }

  /**
   * bpf(2) with attributes filled once; they give -1. A field that a command does not know must be
   * zero, hence one attribute for each shape. The offsets are those of {@code union bpf_attr}'s
   * element commands in uapi/linux/bpf.h.
   */
  record BySyscall(
      long bpf,
      MemorySegment element,
      MemorySegment keyOnly,
      MemorySegment followed,
      MemorySegment first,
      MemorySegment errno)
      implements MapCalls {

    private static final long ELEMENT_ATTR_BYTES = 32;

    static BySyscall prepare(int fd, MemorySegment key, MemorySegment value, long updateFlags) {
      long bpf = SyscallNumbers.current().orElseThrow().bpf();
      return new BySyscall(
          bpf,
          attr(fd, key.address(), value.address(), updateFlags),
          attr(fd, key.address(), 0, 0),
          attr(fd, key.address(), key.address(), 0),
          attr(fd, 0, key.address(), 0),
          Errno.allocate(Arena.global()));
    }

    private static MemorySegment attr(int fd, long key, long value, long flags) {
      MemorySegment attr = Arena.global().allocate(ELEMENT_ATTR_BYTES, Long.BYTES);
      attr.set(ValueLayout.JAVA_INT, 0, fd);
      attr.set(ValueLayout.JAVA_LONG, 8, key);
      attr.set(ValueLayout.JAVA_LONG, 16, value);
      attr.set(ValueLayout.JAVA_LONG, 24, flags);
      return attr;
    }

    @Override
    public int lookup() {
      return (int) LibC.syscall(bpf, Uapi.BPF_MAP_LOOKUP_ELEM, element, ELEMENT_ATTR_BYTES);
    }

    @Override
    public int missed() {
      return -1;
    }

    @Override
    public int lookupError() {
      long result =
          LibC.syscall(
              errno, bpf, Uapi.BPF_MAP_LOOKUP_ELEM, element.address(), ELEMENT_ATTR_BYTES, 0, 0, 0);
      return result < 0 ? Errno.of(errno) : 0;
    }

    @Override
    public int update() {
      return (int) LibC.syscall(bpf, Uapi.BPF_MAP_UPDATE_ELEM, element, ELEMENT_ATTR_BYTES);
    }

    @Override
    public int delete() {
      return (int) LibC.syscall(bpf, Uapi.BPF_MAP_DELETE_ELEM, keyOnly, ELEMENT_ATTR_BYTES);
    }

    @Override
    public int nextKey() {
      return (int) LibC.syscall(bpf, Uapi.BPF_MAP_GET_NEXT_KEY, followed, ELEMENT_ATTR_BYTES);
    }

    @Override
    public int firstKey() {
      return (int) LibC.syscall(bpf, Uapi.BPF_MAP_GET_NEXT_KEY, first, ELEMENT_ATTR_BYTES);
    }
  }

  /** Operations on one element that take longer by a known time. */
  record Delayed(MapCalls calls, BusyDelay delay) implements MapCalls {

    @Override
    public int lookup() {
      delay.spend();
      return calls.lookup();
    }

    @Override
    public int missed() {
      return calls.missed();
    }

    @Override
    public int lookupError() {
      return calls.lookupError();
    }

    @Override
    public int update() {
      delay.spend();
      return calls.update();
    }

    @Override
    public int delete() {
      delay.spend();
      return calls.delete();
    }

    @Override
    public int nextKey() {
      return calls.nextKey();
    }

    @Override
    public int firstKey() {
      return calls.firstKey();
    }
  }
}
