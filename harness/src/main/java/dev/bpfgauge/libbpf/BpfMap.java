package dev.bpfgauge.libbpf;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One BPF map, seen from user space. Keys and values are native segments of exactly the map's
 * sizes; every call checks them, for the kernel copies by the map's sizes whatever the segment's.
 * What must be fast calls {@link LibBpf} with {@link #fd()} instead.
 *
 * <p>Safe for use by several threads. A map made by {@link #create} is closed by its user; a map of
 * a {@link BpfObject} lives and dies with its object.
 */
public final class BpfMap implements AutoCloseable {

  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;
  private static final long MAP_FAILED = -1;
  private static final long MAX_U32 = 0xffff_ffffL;

  /** The kernel's batch cursor is a u32 for hash maps, a key for the others. */
  private static final int SMALLEST_CURSOR_BYTES = Integer.BYTES;

  /** More than any bucket of a hash map holds. */
  private static final int DRAINED_AT_ONCE = 1024;

  /**
   * A map to be created.
   *
   * @param name at most 15 characters are kept by the kernel; letters, digits, {@code _} and {@code
   *     .}
   * @param type {@code BPF_MAP_TYPE_…} of {@link Uapi}
   * @param keySize bytes
   * @param valueSize bytes, of one CPU's value where the map is per-CPU
   * @param maxEntries 0 to 2³² − 1
   * @param flags {@code BPF_F_…} of {@link Uapi}
   */
  public record Spec(
      String name, int type, int keySize, int valueSize, long maxEntries, int flags) {

    public Spec {
      requireNonNull(name, "name");
      if (keySize < 0 || valueSize < 0 || maxEntries < 0 || maxEntries > MAX_U32) {
        throw new IllegalArgumentException(
            "bpf_map_create(%s): sizes must not be negative and entries at most %d; got %s"
                .formatted(name, MAX_U32, shape(type, keySize, valueSize, maxEntries)));
      }
    }

    @Override
    public String toString() {
      return name
          + ": "
          + shape(type, keySize, valueSize, maxEntries)
          + ", flags 0x"
          + Integer.toHexString(flags);
    }
  }

  /**
   * A map as the kernel describes it; sizes in bytes.
   *
   * @param id unique among this kernel's maps while the map exists
   */
  public record Info(
      int id, String name, int type, int keySize, int valueSize, long maxEntries, int flags) {}

  /**
   * What a batch lookup got.
   *
   * @param count elements written to keys and values
   * @param last whether the walk is at its end
   */
  public record Batch(int count, boolean last) {}

  private final Lifetime lifetime;
  private final boolean ownFd;
  private final int fd;
  private final Info info;
  private final long valueStride;
  private @Nullable Arena mappingArena;
  private @Nullable MemorySegment mapping;

  private BpfMap(Lifetime lifetime, boolean ownFd, int fd, Info info) {
    this.lifetime = lifetime;
    this.ownFd = ownFd;
    this.fd = fd;
    this.info = info;
    this.valueStride = valueStride(info.type, info.valueSize, possibleCpus());
  }

  /**
   * Creates a map of its own, owned by the caller.
   *
   * @throws BpfException where the kernel refuses, with what was wrong with the specification
   */
  public static BpfMap create(Spec spec) {
    requireNonNull(spec, "spec");
    try (Arena arena = Arena.ofConfined()) {
      String kernelName =
          spec.name.substring(0, Math.min(spec.name.length(), Uapi.BPF_OBJ_NAME_LEN - 1));
      MemorySegment opts = Uapi.bpf_map_create_opts.allocate(arena);
      Uapi.bpf_map_create_opts.setLong(opts, "sz", opts.byteSize());
      Uapi.bpf_map_create_opts.setInt(opts, "map_flags", spec.flags);
      int fd =
          LibBpf.bpf_map_create(
              spec.type,
              arena.allocateFrom(kernelName),
              spec.keySize,
              spec.valueSize,
              (int) spec.maxEntries,
              opts);
      if (fd < 0) {
        throw new BpfException("bpf_map_create", spec + suspicion(spec, -fd), -fd);
      }
      try {
        return new BpfMap(new Lifetime("map " + spec.name), true, fd, info(fd));
      } catch (RuntimeException e) {
        closeFd(fd);
        throw e;
      }
    }
  }

  /** A map whose file descriptor belongs to an object. */
  static BpfMap of(Lifetime object, int fd) {
    return new BpfMap(object, false, fd, info(fd));
  }

  /** CPUs this kernel may ever have, the number of values of a per-CPU map. */
  public static int possibleCpus() {
    int cpus = LibBpf.libbpf_num_possible_cpus();
    if (cpus < 0) {
      throw new BpfException("libbpf_num_possible_cpus", "", -cpus);
    }
    return cpus;
  }

  /** The descriptor for calls of {@link LibBpf}; valid until this map is closed. */
  public int fd() {
    return lifetime.call("fd", () -> fd);
  }

  /** Runs {@code body} with the descriptor, which stays valid meanwhile. */
  <T> T withFd(String call, IntFunction<T> body) {
    return lifetime.get(call, () -> body.apply(fd));
  }

  public Info info() {
    return info;
  }

  /** Kernel memory that it holds; empty where the kernel does not tell. */
  public OptionalLong memoryBytes() {
    return withFd("memoryBytes", FdInfo::ofOurs)
        .map(FdInfo::memoryBytes)
        .orElseGet(OptionalLong::empty);
  }

  /** User-space bytes of one value: per-CPU kinds hold one rounded to 8 for each possible CPU. */
  public long valueStride() {
    return valueStride;
  }

  /** Copies the key's value; false where the key is not there. */
  public boolean lookup(MemorySegment key, MemorySegment value) {
    String call = "bpf_map_lookup_elem";
    checkKey(call, key);
    checkOutput(call, "value", value, valueStride);
    return found(call, lifetime.call(call, () -> LibBpf.bpf_map_lookup_elem(fd, key, value)));
  }

  /** Copies the key's value and removes it; false where the key is not there. */
  public boolean lookupAndDelete(MemorySegment key, MemorySegment value) {
    String call = "bpf_map_lookup_and_delete_elem";
    checkKey(call, key);
    checkOutput(call, "value", value, valueStride);
    return found(
        call, lifetime.call(call, () -> LibBpf.bpf_map_lookup_and_delete_elem(fd, key, value)));
  }

  /**
   * Sets the key's value.
   *
   * @param flags {@code BPF_ANY}, {@code BPF_NOEXIST} or {@code BPF_EXIST} of {@link Uapi}
   */
  public void update(MemorySegment key, MemorySegment value, long flags) {
    String call = "bpf_map_update_elem";
    checkKey(call, key);
    check(call, "value", value, valueStride);
    require(call, lifetime.call(call, () -> LibBpf.bpf_map_update_elem(fd, key, value, flags)));
  }

  /**
   * Removes the key; false where it is not there.
   *
   * @throws BpfException EINVAL for arrays, whose elements always are
   */
  public boolean delete(MemorySegment key) {
    String call = "bpf_map_delete_elem";
    checkKey(call, key);
    return found(call, lifetime.call(call, () -> LibBpf.bpf_map_delete_elem(fd, key)));
  }

  /** Writes some first key; false where the map is empty. */
  public boolean firstKey(MemorySegment next) {
    return next(MemorySegment.NULL, next);
  }

  /**
   * Writes the key after {@code key}, or the first if {@code key} is gone; false after the last.
   */
  public boolean nextKey(MemorySegment key, MemorySegment next) {
    checkKey("bpf_map_get_next_key", key);
    return next(key, next);
  }

  private boolean next(MemorySegment key, MemorySegment next) {
    String call = "bpf_map_get_next_key";
    checkOutput(call, "next key", next, info.keySize);
    return found(call, lifetime.call(call, () -> LibBpf.bpf_map_get_next_key(fd, key, next)));
  }

  /**
   * Copies up to {@code count} elements.
   *
   * @param cursor where to go on: null at the start, then what the call before wrote to {@code
   *     nextCursor}
   * @param nextCursor at least 4 bytes and a key
   */
  public Batch lookupBatch(
      @Nullable MemorySegment cursor,
      MemorySegment nextCursor,
      MemorySegment keys,
      MemorySegment values,
      int count) {
    return walk("bpf_map_lookup_batch", false, cursor, nextCursor, keys, values, count);
  }

  /** As {@link #lookupBatch}, and removes what it copied. */
  public Batch lookupAndDeleteBatch(
      @Nullable MemorySegment cursor,
      MemorySegment nextCursor,
      MemorySegment keys,
      MemorySegment values,
      int count) {
    return walk("bpf_map_lookup_and_delete_batch", true, cursor, nextCursor, keys, values, count);
  }

  /**
   * Hands over each element, and removes it; in batches where the kernel has them (Linux 5.6), else
   * one by one. An element that is added meanwhile may be among them, and none is twice.
   *
   * @param element key and value, which are good during the call only
   * @return how many
   */
  public long drain(BiConsumer<MemorySegment, MemorySegment> element) {
    return drain(element, true);
  }

  long drain(BiConsumer<MemorySegment, MemorySegment> element, boolean batches) {
    try (Arena arena = Arena.ofConfined()) {
      return batches ? drainInBatches(arena, element) : drainOneByOne(arena, element);
    }
  }

  private long drainInBatches(Arena arena, BiConsumer<MemorySegment, MemorySegment> element) {
    MemorySegment cursor =
        arena.allocate(Math.max(SMALLEST_CURSOR_BYTES, info.keySize), Long.BYTES);
    MemorySegment keys = arena.allocate((long) DRAINED_AT_ONCE * info.keySize, Long.BYTES);
    MemorySegment values = arena.allocate(DRAINED_AT_ONCE * valueStride, Long.BYTES);
    Batch batch;
    try {
      batch = lookupAndDeleteBatch(null, cursor, keys, values, DRAINED_AT_ONCE);
    } catch (BpfException e) {
      if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOTSUPP) {
        return drainOneByOne(arena, element);
      }
      throw e;
    }
    long drained = handOver(batch, keys, values, element);
    while (!batch.last) {
      batch = lookupAndDeleteBatch(cursor, cursor, keys, values, DRAINED_AT_ONCE);
      drained += handOver(batch, keys, values, element);
    }
    return drained;
  }

  private long handOver(
      Batch batch,
      MemorySegment keys,
      MemorySegment values,
      BiConsumer<MemorySegment, MemorySegment> element) {
    for (int i = 0; i < batch.count; i++) {
      element.accept(
          keys.asSlice((long) i * info.keySize, info.keySize),
          values.asSlice(i * valueStride, valueStride));
    }
    return batch.count;
  }

  /** Asks for the next key before the one it has is removed: else each search began anew. */
  private long drainOneByOne(Arena arena, BiConsumer<MemorySegment, MemorySegment> element) {
    MemorySegment key = arena.allocate(info.keySize, Long.BYTES);
    MemorySegment next = arena.allocate(info.keySize, Long.BYTES);
    MemorySegment value = arena.allocate(valueStride, Long.BYTES);
    long drained = 0;
    boolean more = firstKey(key);
    while (more) {
      more = nextKey(key, next);
      if (lookup(key, value) && delete(key)) {
        element.accept(key, value);
        drained++;
      }
      key.copyFrom(next);
    }
    return drained;
  }

  private Batch walk(
      String call,
      boolean delete,
      @Nullable MemorySegment cursor,
      MemorySegment nextCursor,
      MemorySegment keys,
      MemorySegment values,
      int count) {
    long cursorSize = Math.max(SMALLEST_CURSOR_BYTES, info.keySize);
    MemorySegment from = cursor == null ? MemorySegment.NULL : cursor;
    if (cursor != null) {
      checkAtLeast(call, "cursor", cursor, cursorSize);
    }
    checkOutputAtLeast(call, "next cursor", nextCursor, cursorSize);
    checkCount(call, count);
    checkOutputAtLeast(call, "keys", keys, (long) count * info.keySize);
    checkOutputAtLeast(call, "values", values, count * valueStride);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, count);
      int result =
          lifetime.call(
              call,
              () ->
                  delete
                      ? LibBpf.bpf_map_lookup_and_delete_batch(
                          fd, from, nextCursor, keys, values, done, MemorySegment.NULL)
                      : LibBpf.bpf_map_lookup_batch(
                          fd, from, nextCursor, keys, values, done, MemorySegment.NULL));
      boolean more = found(call, result);
      return new Batch(done.get(ValueLayout.JAVA_INT, 0), !more);
    }
  }

  /** Sets the first {@code count} keys to the values beside them. */
  public void updateBatch(MemorySegment keys, MemorySegment values, int count) {
    String call = "bpf_map_update_batch";
    checkCount(call, count);
    checkAtLeast(call, "keys", keys, (long) count * info.keySize);
    checkAtLeast(call, "values", values, count * valueStride);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, count);
      int result =
          lifetime.call(
              call, () -> LibBpf.bpf_map_update_batch(fd, keys, values, done, MemorySegment.NULL));
      requireAll(call, result, done.get(ValueLayout.JAVA_INT, 0), count);
    }
  }

  /**
   * Removes the first {@code count} keys.
   *
   * @throws BpfException ENOENT at the first key that is not there; those before it are removed
   */
  public void deleteBatch(MemorySegment keys, int count) {
    String call = "bpf_map_delete_batch";
    checkCount(call, count);
    checkAtLeast(call, "keys", keys, (long) count * info.keySize);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, count);
      int result =
          lifetime.call(
              call, () -> LibBpf.bpf_map_delete_batch(fd, keys, done, MemorySegment.NULL));
      requireAll(call, result, done.get(ValueLayout.JAVA_INT, 0), count);
    }
  }

  /**
   * The elements of an array made with {@code BPF_F_MMAPABLE}, shared with the kernel: no system
   * call reads or writes them. One element takes {@code valueSize} rounded up to 8 bytes. Read-only
   * where the map is frozen. The segment ends with the map; an access after that throws.
   */
  public MemorySegment mmap() {
    return lifetime.get("mmap", this::mmapOnce);
  }

  private synchronized MemorySegment mmapOnce() {
    if (mapping != null) {
      return mapping;
    }
    if ((info.flags & Uapi.BPF_F_MMAPABLE) == 0) {
      throw new IllegalStateException(
          "mmap: map " + info.name + " was not created with BPF_F_MMAPABLE");
    }
    Arena arena = Arena.ofShared();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(scratch);
      long bytes = roundUp8(info.valueSize) * info.maxEntries;
      MemorySegment mapped = map(errno, bytes, PROT_READ | PROT_WRITE);
      boolean frozen = mapped.address() == MAP_FAILED && Errno.of(errno) == Errno.EPERM;
      if (frozen) {
        mapped = map(errno, bytes, PROT_READ);
      }
      if (mapped.address() == MAP_FAILED) {
        throw new BpfException("mmap", "map " + info.name, Errno.of(errno));
      }
      MemorySegment elements = mapped.reinterpret(bytes, arena, BpfMap::munmap);
      mappingArena = arena;
      mapping = frozen ? elements.asReadOnly() : elements;
      return mapping;
    }
  }

  private MemorySegment map(MemorySegment errno, long bytes, int protection) {
    return LibC.mmap(errno, MemorySegment.NULL, bytes, protection, MAP_SHARED, fd, 0);
  }

  private static void munmap(MemorySegment mapped) {
    try (Arena scratch = Arena.ofConfined()) {
      LibC.munmap(Errno.allocate(scratch), mapped, mapped.byteSize());
    }
  }

  /** Idempotent. Does nothing to a map of a {@link BpfObject}: close the object. */
  @Override
  public void close() {
    if (ownFd) {
      lifetime.close(() -> {
        unmap();
        closeFd(fd);
      });
    }
  }

  /** Ends the shared view, if there is one. */
  synchronized void unmap() {
    if (mappingArena != null) {
      mappingArena.close();
      mappingArena = null;
      mapping = null;
    }
  }

  @Override
  public String toString() {
    return info.name + ": " + shape(info.type, info.keySize, info.valueSize, info.maxEntries);
  }

  static void closeFd(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      LibC.close(Errno.allocate(arena), fd);
    }
  }

  static long valueStride(int type, int valueSize, int possibleCpus) {
    return switch (type) {
      case Uapi.BPF_MAP_TYPE_PERCPU_HASH,
          Uapi.BPF_MAP_TYPE_PERCPU_ARRAY,
          Uapi.BPF_MAP_TYPE_LRU_PERCPU_HASH,
          Uapi.BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE ->
          roundUp8(valueSize) * possibleCpus;
      default -> valueSize;
    };
  }

  private static long roundUp8(long bytes) {
    return (bytes + 7) & ~7L;
  }

  static Info info(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = Uapi.bpf_map_info.allocate(arena);
      MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, (int) map.byteSize());
      int result = LibBpf.bpf_obj_get_info_by_fd(fd, map, size);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", "map", -result);
      }
      return new Info(
          Uapi.bpf_map_info.getInt(map, "id"),
          Uapi.bpf_map_info.getText(map, "name"),
          Uapi.bpf_map_info.getInt(map, "type"),
          Uapi.bpf_map_info.getInt(map, "key_size"),
          Uapi.bpf_map_info.getInt(map, "value_size"),
          Integer.toUnsignedLong(Uapi.bpf_map_info.getInt(map, "max_entries")),
          Uapi.bpf_map_info.getInt(map, "map_flags"));
    }
  }

  private static String shape(int type, int keySize, int valueSize, long maxEntries) {
    return "type %s, key %d bytes, value %d bytes, %d entries"
        .formatted(typeWord(type), keySize, valueSize, maxEntries);
  }

  /** {@code hash}; the number where libbpf does not know the kind. */
  public static String typeWord(int type) {
    String name = LibBpf.libbpf_bpf_map_type_str(type);
    return name.isEmpty() ? String.valueOf(type) : name;
  }

  /** What the kernel's EINVAL most likely means; it names no field itself. */
  private static String suspicion(Spec spec, int errno) {
    if (errno != Errno.EINVAL) {
      return "";
    }
    boolean array =
        spec.type == Uapi.BPF_MAP_TYPE_ARRAY || spec.type == Uapi.BPF_MAP_TYPE_PERCPU_ARRAY;
    if (spec.maxEntries == 0) {
      return "; a map has at least 1 entry";
    }
    if (array && spec.keySize != Integer.BYTES) {
      return "; an array's key is a u32 of 4 bytes";
    }
    if (spec.keySize == 0) {
      return "; a key has at least 1 byte";
    }
    if (spec.valueSize == 0) {
      return "; a value has at least 1 byte";
    }
    if (!spec.name.matches("[A-Za-z0-9_.]*")) {
      return "; a name is of letters, digits, _ and .";
    }
    return "";
  }

  private boolean found(String call, int result) {
    if (result == -Errno.ENOENT) {
      return false;
    }
    require(call, result);
    return true;
  }

  private void require(String call, int result) {
    if (result < 0) {
      throw new BpfException(call, toString(), -result);
    }
  }

  private void requireAll(String call, int result, int done, int count) {
    if (result < 0) {
      throw new BpfException(
          call, "%s; %d of %d elements done".formatted(this, done, count), -result);
    }
  }

  private void checkKey(String call, MemorySegment key) {
    check(call, "key", key, info.keySize);
  }

  private void check(String call, String role, MemorySegment segment, long size) {
    checkNative(call, role, segment);
    if (segment.byteSize() != size) {
      throw new IllegalArgumentException(
          "%s: %s has %d bytes, map %s takes %d"
              .formatted(call, role, segment.byteSize(), info.name, size));
    }
  }

  private void checkAtLeast(String call, String role, MemorySegment segment, long size) {
    checkNative(call, role, segment);
    if (segment.byteSize() < size) {
      throw new IllegalArgumentException(
          "%s: %s has %d bytes, map %s needs at least %d"
              .formatted(call, role, segment.byteSize(), info.name, size));
    }
  }

  private void checkOutput(String call, String role, MemorySegment segment, long size) {
    check(call, role, segment, size);
    checkWritable(call, role, segment);
  }

  private void checkOutputAtLeast(String call, String role, MemorySegment segment, long size) {
    checkAtLeast(call, role, segment, size);
    checkWritable(call, role, segment);
  }

  private static void checkNative(String call, String role, MemorySegment segment) {
    requireNonNull(segment, role);
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          call + ": " + role + " is on the Java heap; the kernel needs native memory");
    }
  }

  private static void checkWritable(String call, String role, MemorySegment segment) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(call + ": " + role + " is read-only");
    }
  }

  private static void checkCount(String call, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(call + ": count is " + count + ", at least 1 is needed");
    }
  }
}
