package dev.bpfgauge.libbpf;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A compiled BPF object: opened, given its constants, loaded, and closed with everything that came
 * out of it: its maps, programs and links end with it, and say so when used later.
 *
 * <pre>{@code
 * try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
 *   object.variable("target_tgid").set(JAVA_INT, 0, pid);
 *   object.load();
 *   BpfLink link = object.program("on_getppid").attach();
 *   …
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class BpfObject implements AutoCloseable {

  private static final int BTF_KIND_DATASEC = 15;
  private static final int BTF_VLEN_MASK = 0xffff;
  private static final List<String> DATA_SECTIONS = List.of(".rodata", ".data", ".bss");

  private enum Stage {
    OPENED,
    LOADED,
    FAILED
  }

  private final String name;
  private final MemorySegment object;
  private final Lifetime lifetime;

  /** Of the ELF bytes, which libbpf may read until the object is closed. */
  private final Arena arena;

  /** Of the views of initial values, which end at load. */
  private final Arena initialValues = Arena.ofShared();

  private final Map<String, BpfMap> maps = new HashMap<>();
  private final Set<BpfLink> links = ConcurrentHashMap.newKeySet();
  private Stage stage = Stage.OPENED;

  private BpfObject(String name, MemorySegment object, Arena arena) {
    this.name = name;
    this.object = object;
    this.arena = arena;
    this.lifetime = new Lifetime("object " + name);
  }

  /** Opens an object file; its name is the file's without what follows the first dot. */
  public static BpfObject open(Path file) throws IOException {
    String name = String.valueOf(requireNonNull(file, "file").getFileName());
    int dot = name.indexOf('.');
    return open(dot > 0 ? name.substring(0, dot) : name, Files.readAllBytes(file));
  }

  /**
   * Opens one of the objects compiled into this program, for the machine it runs on.
   *
   * @param path below bpf/, without the ending: {@code maps/selftest}
   */
  public static BpfObject builtIn(String path) {
    return open(path.substring(path.lastIndexOf('/') + 1), builtInBytes(path));
  }

  /** The bytes of such an object, for another program to load. */
  public static byte[] builtInBytes(String path) {
    String resource = "/bpf/" + targetArch() + "/" + requireNonNull(path, "path") + ".bpf.o";
    try (InputStream in = BpfObject.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no BPF object " + resource + " in this program");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + resource + " of this program", e);
    }
  }

  /** The folder's name, which is the kernel's name of the architecture in __TARGET_ARCH_…. */
  private static String targetArch() {
    String arch = System.getProperty("os.arch", "");
    return switch (arch) {
      case "amd64", "x86_64" -> "x86";
      case "aarch64" -> "arm64";
      default ->
          throw new UnsupportedOperationException(
              "BPF objects are compiled for x86-64 and arm64 only, this machine is " + arch);
    };
  }

  /**
   * Opens an object's bytes. What it says of pins does not count: its maps are its own, and nothing
   * stays in a BPF file system.
   *
   * @param name what the object is called in messages and its global data in the kernel
   * @throws BpfException where they are no BPF object
   */
  public static BpfObject open(String name, byte[] elf) {
    requireNonNull(name, "name");
    requireNonNull(elf, "elf");
    Arena arena = Arena.ofShared();
    try (LibBpfLog.Capture log = LibBpfLog.capture()) {
      MemorySegment bytes = arena.allocate(Math.max(elf.length, 1), Long.BYTES);
      MemorySegment.copy(elf, 0, bytes, ValueLayout.JAVA_BYTE, 0, elf.length);
      MemorySegment opts = Uapi.bpf_object_open_opts.allocate(arena);
      Uapi.bpf_object_open_opts.setLong(opts, "sz", opts.byteSize());
      Uapi.bpf_object_open_opts.setPointer(opts, "object_name", arena.allocateFrom(name));
      MemorySegment errno = Errno.allocate(arena);
      MemorySegment object = LibBpf.bpf_object__open_mem(errno, bytes, elf.length, opts);
      if (object.equals(MemorySegment.NULL)) {
        throw new BpfException("bpf_object__open_mem", name, Errno.of(errno), log.take());
      }
      for (MemorySegment map = LibBpf.bpf_object__next_map(object, MemorySegment.NULL);
          !map.equals(MemorySegment.NULL);
          map = LibBpf.bpf_object__next_map(object, map)) {
        LibBpf.bpf_map__set_pin_path(map, MemorySegment.NULL);
      }
      return new BpfObject(name, object, arena);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Creates the maps and has the verifier check the programs. Once only.
   *
   * @throws BpfException with the verifier's log; the object can then only be closed
   */
  public BpfObject load() {
    return locked(
        "bpf_object__load",
        () -> {
          require(Stage.OPENED, "bpf_object__load");
          initialValues.close();
          stage = Stage.FAILED;
          try (LibBpfLog.Capture log = LibBpfLog.capture()) {
            int result = LibBpf.bpf_object__load(object);
            if (result < 0) {
              throw new BpfException("bpf_object__load", name, -result, log.take());
            }
          }
          stage = Stage.LOADED;
          return this;
        });
  }

  /**
   * A global variable of the program, as many bytes as it has. Before {@link #load} its initial
   * value, {@code const volatile} ones included; after it the kernel's own memory, where constants
   * are read-only. A segment got before load ends there: ask again.
   *
   * @throws IllegalArgumentException where the object has no such variable
   */
  public MemorySegment variable(String variable) {
    requireNonNull(variable, "variable");
    return locked(
        "variable",
        () -> {
          if (stage == Stage.FAILED) {
            require(Stage.LOADED, "variable");
          }
          for (String section : dataSections()) {
            Slot slot = slot(section, variable);
            if (slot != null) {
              return section(section).asSlice(slot.offset, slot.size);
            }
          }
          throw new IllegalArgumentException("object " + name + " has no variable " + variable);
        });
  }

  /** The usual ones, then those that are named after them: {@code .rodata.limits}. */
  private List<String> dataSections() {
    List<String> sections = new ArrayList<>(DATA_SECTIONS);
    for (String map : mapNames()) {
      if (DATA_SECTIONS.stream().anyMatch(section -> map.startsWith(section + "."))) {
        sections.add(map);
      }
    }
    return sections;
  }

  /** All of a data section: its initial value before load, the kernel's memory after. */
  private MemorySegment section(String section) {
    if (stage == Stage.LOADED) {
      return maps.computeIfAbsent(section, this::findMap).mmap();
    }
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment size = scratch.allocate(ValueLayout.JAVA_LONG);
      return LibBpf.bpf_map__initial_value(findMapPointer(section), size)
          .reinterpret(size.get(ValueLayout.JAVA_LONG, 0), initialValues, null);
    }
  }

  /** Where in its section a variable lies, in bytes. */
  private record Slot(int offset, int size) {}

  /** Finds a variable in the BTF of its section: the slots follow the section's type. */
  private @Nullable Slot slot(String section, String variable) {
    MemorySegment btf = LibBpf.bpf_object__btf(object);
    int sectionId = btf.equals(MemorySegment.NULL) ? -1 : sectionId(btf, section);
    if (sectionId < 0) {
      return null;
    }
    long headerBytes = Uapi.btf_type.size();
    long slotBytes = Uapi.btf_var_secinfo.size();
    MemorySegment header = LibBpf.btf__type_by_id(btf, sectionId).reinterpret(headerBytes);
    int slots = Uapi.btf_type.getInt(header, "info") & BTF_VLEN_MASK;
    MemorySegment whole = header.reinterpret(headerBytes + slots * slotBytes);
    for (int i = 0; i < slots; i++) {
      MemorySegment slot = whole.asSlice(headerBytes + i * slotBytes, slotBytes);
      MemorySegment type =
          LibBpf.btf__type_by_id(btf, Uapi.btf_var_secinfo.getInt(slot, "type"))
              .reinterpret(headerBytes);
      String slotName = LibBpf.btf__name_by_offset(btf, Uapi.btf_type.getInt(type, "name_off"));
      if (slotName.equals(variable)) {
        return new Slot(
            Uapi.btf_var_secinfo.getInt(slot, "offset"), Uapi.btf_var_secinfo.getInt(slot, "size"));
      }
    }
    return null;
  }

  private static int sectionId(MemorySegment btf, String section) {
    try (Arena scratch = Arena.ofConfined()) {
      return LibBpf.btf__find_by_name_kind(btf, scratch.allocateFrom(section), BTF_KIND_DATASEC);
    }
  }

  /**
   * One of the object's maps, after {@link #load}; it is closed with the object.
   *
   * @throws IllegalArgumentException where there is none of this name
   */
  public BpfMap map(String map) {
    requireNonNull(map, "map");
    return locked(
        "bpf_object__find_map_by_name",
        () -> {
          require(Stage.LOADED, "map " + map);
          return maps.computeIfAbsent(map, this::findMap);
        });
  }

  /**
   * Puts a struct_ops map's programs in force, as a scheduler for sched_ext; needs libbpf 1.3 or
   * so.
   *
   * @return what keeps them so until it is closed, or this process ends
   * @throws BpfException e.g. EBUSY where others are in force
   */
  public BpfLink attachStructOps(String map) {
    requireNonNull(map, "map");
    String call = "bpf_map__attach_struct_ops";
    return locked(
        call,
        () -> {
          requireLoaded(call);
          try (Arena scratch = Arena.ofConfined();
              LibBpfLog.Capture log = LibBpfLog.capture()) {
            MemorySegment errno = Errno.allocate(scratch);
            MemorySegment link = LibBpf.bpf_map__attach_struct_ops(errno, findMapPointer(map));
            if (link.equals(MemorySegment.NULL)) {
              throw new BpfException(call, "map " + map, Errno.of(errno), log.take());
            }
            return linked(new BpfLink(this, map, link));
          }
        });
  }

  private BpfMap findMap(String map) {
    return BpfMap.of(lifetime, LibBpf.bpf_map__fd(findMapPointer(map)));
  }

  private MemorySegment findMapPointer(String map) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment found = LibBpf.bpf_object__find_map_by_name(object, scratch.allocateFrom(map));
      if (found.equals(MemorySegment.NULL)) {
        throw new IllegalArgumentException(
            "object %s has no map %s; it has %s".formatted(name, map, mapNames()));
      }
      return found;
    }
  }

  /**
   * One of the object's programs; it may be switched off before {@link #load}.
   *
   * @throws IllegalArgumentException where there is none of this name
   */
  public BpfProgram program(String program) {
    requireNonNull(program, "program");
    return locked(
        "bpf_object__find_program_by_name",
        () -> {
          try (Arena scratch = Arena.ofConfined()) {
            MemorySegment found =
                LibBpf.bpf_object__find_program_by_name(object, scratch.allocateFrom(program));
            if (found.equals(MemorySegment.NULL)) {
              throw new IllegalArgumentException(
                  "object %s has no program %s; it has %s"
                      .formatted(name, program, programNames()));
            }
            return new BpfProgram(this, program, found);
          }
        });
  }

  /**
   * Gives one of the object's maps another kind and size than its source says; before {@link #load}
   * only.
   *
   * @param spec all of it counts but the name
   */
  public void shape(String map, BpfMap.Spec spec) {
    requireNonNull(map, "map");
    requireNonNull(spec, "spec");
    locked(
        "bpf_map__set_type",
        () -> {
          requireNotLoaded("bpf_map__set_type");
          MemorySegment pointer = findMapPointer(map);
          set(map, "bpf_map__set_type", LibBpf.bpf_map__set_type(pointer, spec.type()));
          set(map, "bpf_map__set_key_size", LibBpf.bpf_map__set_key_size(pointer, spec.keySize()));
          set(
              map,
              "bpf_map__set_value_size",
              LibBpf.bpf_map__set_value_size(pointer, spec.valueSize()));
          set(
              map,
              "bpf_map__set_max_entries",
              LibBpf.bpf_map__set_max_entries(pointer, (int) spec.maxEntries()));
          set(map, "bpf_map__set_map_flags", LibBpf.bpf_map__set_map_flags(pointer, spec.flags()));
          return map;
        });
  }

  /** Gives a map another number of entries; before {@link #load} only. */
  public void resize(String map, long entries) {
    requireNonNull(map, "map");
    locked(
        "bpf_map__set_max_entries",
        () -> {
          requireNotLoaded("bpf_map__set_max_entries");
          MemorySegment pointer = findMapPointer(map);
          set(
              map,
              "bpf_map__set_max_entries",
              LibBpf.bpf_map__set_max_entries(pointer, (int) entries));
          return map;
        });
  }

  /** Adds {@code map_flags} to a map's own; before {@link #load} only. */
  public void addFlags(String map, int flags) {
    requireNonNull(map, "map");
    locked(
        "bpf_map__set_map_flags",
        () -> {
          requireNotLoaded("bpf_map__set_map_flags");
          MemorySegment pointer = findMapPointer(map);
          int all = LibBpf.bpf_map__map_flags(pointer) | flags;
          set(map, "bpf_map__set_map_flags", LibBpf.bpf_map__set_map_flags(pointer, all));
          return map;
        });
  }

  /** Leaves a map out that no loaded program uses; before {@link #load} only. */
  public void leaveOut(String map) {
    requireNonNull(map, "map");
    locked(
        "bpf_map__set_autocreate",
        () -> {
          requireNotLoaded("bpf_map__set_autocreate");
          set(
              map,
              "bpf_map__set_autocreate",
              LibBpf.bpf_map__set_autocreate(findMapPointer(map), 0));
          return map;
        });
  }

  private static void set(String map, String call, int result) {
    if (result < 0) {
      throw new BpfException(call, "map " + map, -result);
    }
  }

  /** Whether {@link #load} made a map: it was not left out. */
  public boolean isCreated(String map) {
    requireNonNull(map, "map");
    return locked("bpf_map__fd", () -> LibBpf.bpf_map__fd(findMapPointer(map)) >= 0);
  }

  /** Kind and size of a map as the object says; those that libbpf decides at load, as it does. */
  public BpfMap.Spec mapSpec(String map) {
    requireNonNull(map, "map");
    return locked(
        "bpf_map__type",
        () -> {
          MemorySegment pointer = findMapPointer(map);
          return new BpfMap.Spec(
              map,
              LibBpf.bpf_map__type(pointer),
              LibBpf.bpf_map__key_size(pointer),
              LibBpf.bpf_map__value_size(pointer),
              Integer.toUnsignedLong(LibBpf.bpf_map__max_entries(pointer)),
              LibBpf.bpf_map__map_flags(pointer));
        });
  }

  /** Names of the maps, those of global data included, in the object's order. */
  public List<String> mapNames() {
    return locked(
        "bpf_object__next_map",
        () -> names(map -> LibBpf.bpf_object__next_map(object, map), LibBpf::bpf_map__name));
  }

  /** Names of the programs, in the object's order. */
  public List<String> programNames() {
    return locked(
        "bpf_object__next_program",
        () ->
            names(
                program -> LibBpf.bpf_object__next_program(object, program),
                LibBpf::bpf_program__name));
  }

  private static List<String> names(
      UnaryOperator<MemorySegment> next, Function<MemorySegment, String> name) {
    List<String> names = new ArrayList<>();
    for (MemorySegment item = next.apply(MemorySegment.NULL);
        !item.equals(MemorySegment.NULL);
        item = next.apply(item)) {
      names.add(name.apply(item));
    }
    return names;
  }

  /**
   * Runs that the kernel left out, of all loaded programs, because the same program was running on
   * that CPU already; empty before Linux 5.12, which does not count them.
   */
  public OptionalLong missedRuns() {
    long missed = 0;
    for (String program : programNames()) {
      BpfProgram each = program(program);
      if (!each.isLoaded()) {
        continue;
      }
      OptionalLong own = each.info().missedRuns();
      if (own.isEmpty()) {
        return own;
      }
      missed += own.getAsLong();
    }
    return OptionalLong.of(missed);
  }

  public String name() {
    return name;
  }

  /** Detaches the links, then frees programs and maps. Idempotent. */
  @Override
  public void close() {
    lifetime.close(() -> {
      List.copyOf(links).forEach(BpfLink::close);
      maps.values().forEach(BpfMap::unmap);
      if (stage == Stage.OPENED) {
        initialValues.close();
      }
      LibBpf.bpf_object__close(object);
      arena.close();
    });
  }

  Lifetime lifetime() {
    return lifetime;
  }

  /** Runs {@code body} while the object is open, beside other threads. */
  <T> T whileOpen(String call, Supplier<T> body) {
    return lifetime.get(call, body);
  }

  /** Runs {@code body} while the object is open, one thread at a time: libbpf's objects need it. */
  <T> T locked(String call, Supplier<T> body) {
    return lifetime.get(
        call,
        () -> {
          synchronized (this) {
            return body.get();
          }
        });
  }

  void requireLoaded(String call) {
    require(Stage.LOADED, call);
  }

  void requireNotLoaded(String call) {
    require(Stage.OPENED, call);
  }

  private void require(Stage needed, String call) {
    if (stage != needed) {
      throw new IllegalStateException(
          "%s: object %s %s"
              .formatted(
                  call,
                  name,
                  switch (stage) {
                    case OPENED -> "is not loaded yet; call load() first";
                    case LOADED -> "is loaded already";
                    case FAILED -> "failed to load; it can only be closed";
                  }));
    }
  }

  BpfLink linked(BpfLink link) {
    links.add(link);
    return link;
  }

  void unlinked(BpfLink link) {
    links.remove(link);
  }
}
