package dev.bpfgauge.libbpf.ffm;

import static dev.bpfgauge.libbpf.ffm.NativeLibrary.BOOL;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.BRIEF;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.INT;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.LONG;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The functions of libbpf.so.1 that we call; names and parameters are C's, nothing is checked. Int
 * functions give {@code -errno}; pointer functions give NULL and leave errno in the segment they
 * take first ({@link Errno}). Where the library is absent every method throws {@link
 * UnsupportedOperationException} with the text of {@link #unavailable()}.
 *
 * <p>All are in libbpf 1.1, the oldest version accepted; ask {@link #has(String)} for newer ones.
 */
@SuppressWarnings("MemberName") // C names verbatim
public final class LibBpf {

  /** System property naming another libbpf.so, e.g. a newer one beside the system's. */
  public static final String LIBRARY_PROPERTY = "bpfgauge.libbpf";

  private static final String FIX =
      "install libbpf 1.1 or newer (Debian, Ubuntu: apt install libbpf1; Fedora: dnf install"
          + " libbpf), or name the file with -D"
          + LIBRARY_PROPERTY
          + "=/path/to/libbpf.so.1";

  private static final NativeLibrary LIBBPF =
      recentEnough(NativeLibrary.open(System.getProperty(LIBRARY_PROPERTY, "libbpf.so.1"), FIX));

  // What is measured is bound at once, a constant to the JIT; the rest at its first call.

  private static final LateHandle bpf_map_create$mh =
      LIBBPF.bindLate(
          "bpf_map_create", FunctionDescriptor.of(INT, INT, POINTER, INT, INT, INT, POINTER));

  private static final MethodHandle bpf_map_lookup_elem$mh =
      LIBBPF.bind("bpf_map_lookup_elem", FunctionDescriptor.of(INT, INT, POINTER, POINTER), BRIEF);

  private static final MethodHandle bpf_map_lookup_elem_flags$mh =
      LIBBPF.bind(
          "bpf_map_lookup_elem_flags", FunctionDescriptor.of(INT, INT, POINTER, POINTER, LONG));

  private static final MethodHandle bpf_map_lookup_and_delete_elem$mh =
      LIBBPF.bind(
          "bpf_map_lookup_and_delete_elem", FunctionDescriptor.of(INT, INT, POINTER, POINTER));

  private static final MethodHandle bpf_map_update_elem$mh =
      LIBBPF.bind(
          "bpf_map_update_elem", FunctionDescriptor.of(INT, INT, POINTER, POINTER, LONG), BRIEF);

  private static final MethodHandle bpf_map_delete_elem$mh =
      LIBBPF.bind("bpf_map_delete_elem", FunctionDescriptor.of(INT, INT, POINTER), BRIEF);

  private static final MethodHandle bpf_map_get_next_key$mh =
      LIBBPF.bind("bpf_map_get_next_key", FunctionDescriptor.of(INT, INT, POINTER, POINTER), BRIEF);

  private static final MethodHandle bpf_map_lookup_batch$mh =
      LIBBPF.bind(
          "bpf_map_lookup_batch",
          FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));

  private static final MethodHandle bpf_map_lookup_and_delete_batch$mh =
      LIBBPF.bind(
          "bpf_map_lookup_and_delete_batch",
          FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));

  private static final MethodHandle bpf_map_update_batch$mh =
      LIBBPF.bind(
          "bpf_map_update_batch",
          FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER, POINTER));

  private static final MethodHandle bpf_map_delete_batch$mh =
      LIBBPF.bind(
          "bpf_map_delete_batch", FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER));

  private static final LateHandle bpf_obj_get_info_by_fd$mh =
      LIBBPF.bindLate("bpf_obj_get_info_by_fd", FunctionDescriptor.of(INT, INT, POINTER, POINTER));

  private static final LateHandle bpf_prog_load$mh =
      LIBBPF.bindLate(
          "bpf_prog_load",
          FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER, LONG, POINTER));

  private static final LateHandle bpf_btf_load$mh =
      LIBBPF.bindLate("bpf_btf_load", FunctionDescriptor.of(INT, POINTER, LONG, POINTER));

  private static final LateHandle bpf_prog_test_run_opts$mh =
      LIBBPF.bindLate("bpf_prog_test_run_opts", FunctionDescriptor.of(INT, INT, POINTER));

  private static final LateHandle bpf_iter_create$mh =
      LIBBPF.bindLate("bpf_iter_create", FunctionDescriptor.of(INT, INT));

  private static final LateHandle bpf_enable_stats$mh =
      LIBBPF.bindLate("bpf_enable_stats", FunctionDescriptor.of(INT, INT));

  private static final LateHandle bpf_prog_get_next_id$mh =
      LIBBPF.bindLate("bpf_prog_get_next_id", FunctionDescriptor.of(INT, INT, POINTER));

  private static final MethodHandle bpf_map_get_next_id$mh =
      LIBBPF.bind("bpf_map_get_next_id", FunctionDescriptor.of(INT, INT, POINTER));

  private static final LateHandle bpf_link_get_next_id$mh =
      LIBBPF.bindLate("bpf_link_get_next_id", FunctionDescriptor.of(INT, INT, POINTER));

  private static final LateHandle bpf_prog_get_fd_by_id$mh =
      LIBBPF.bindLate("bpf_prog_get_fd_by_id", FunctionDescriptor.of(INT, INT));

  private static final LateHandle bpf_map_get_fd_by_id$mh =
      LIBBPF.bindLate("bpf_map_get_fd_by_id", FunctionDescriptor.of(INT, INT));

  private static final LateHandle libbpf_num_possible_cpus$mh =
      LIBBPF.bindLate("libbpf_num_possible_cpus", FunctionDescriptor.of(INT));

  private static final LateHandle libbpf_bpf_map_type_str$mh =
      LIBBPF.bindLate("libbpf_bpf_map_type_str", FunctionDescriptor.of(POINTER, INT));

  private static final LateHandle libbpf_probe_bpf_map_type$mh =
      LIBBPF.bindLate("libbpf_probe_bpf_map_type", FunctionDescriptor.of(INT, INT, POINTER));

  private static final LateHandle libbpf_probe_bpf_prog_type$mh =
      LIBBPF.bindLate("libbpf_probe_bpf_prog_type", FunctionDescriptor.of(INT, INT, POINTER));

  private static final LateHandle libbpf_bpf_prog_type_str$mh =
      LIBBPF.bindLate("libbpf_bpf_prog_type_str", FunctionDescriptor.of(POINTER, INT));

  private static final LateHandle libbpf_find_vmlinux_btf_id$mh =
      LIBBPF.bindLate("libbpf_find_vmlinux_btf_id", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle libbpf_version_string$mh =
      LIBBPF.bindLate("libbpf_version_string", FunctionDescriptor.of(POINTER));

  private static final LateHandle libbpf_major_version$mh =
      LIBBPF.bindLate("libbpf_major_version", FunctionDescriptor.of(INT));

  private static final LateHandle libbpf_minor_version$mh =
      LIBBPF.bindLate("libbpf_minor_version", FunctionDescriptor.of(INT));

  private static final LateHandle libbpf_set_print$mh =
      LIBBPF.bindLate("libbpf_set_print", FunctionDescriptor.of(POINTER, POINTER));

  private static final LateHandle bpf_object__open_mem$mh =
      LIBBPF.bindLate(
          "bpf_object__open_mem",
          FunctionDescriptor.of(POINTER, POINTER, LONG, POINTER),
          Errno.CAPTURE);

  private static final LateHandle bpf_object__load$mh =
      LIBBPF.bindLate("bpf_object__load", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_object__close$mh =
      LIBBPF.bindLate("bpf_object__close", FunctionDescriptor.ofVoid(POINTER));

  private static final LateHandle bpf_object__next_map$mh =
      LIBBPF.bindLate("bpf_object__next_map", FunctionDescriptor.of(POINTER, POINTER, POINTER));

  private static final LateHandle bpf_object__next_program$mh =
      LIBBPF.bindLate("bpf_object__next_program", FunctionDescriptor.of(POINTER, POINTER, POINTER));

  private static final LateHandle bpf_object__find_map_by_name$mh =
      LIBBPF.bindLate(
          "bpf_object__find_map_by_name", FunctionDescriptor.of(POINTER, POINTER, POINTER));

  private static final LateHandle bpf_object__find_program_by_name$mh =
      LIBBPF.bindLate(
          "bpf_object__find_program_by_name", FunctionDescriptor.of(POINTER, POINTER, POINTER));

  private static final LateHandle bpf_map__fd$mh =
      LIBBPF.bindLate("bpf_map__fd", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_map__name$mh =
      LIBBPF.bindLate("bpf_map__name", FunctionDescriptor.of(POINTER, POINTER));

  private static final LateHandle bpf_map__type$mh =
      LIBBPF.bindLate("bpf_map__type", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_map__key_size$mh =
      LIBBPF.bindLate("bpf_map__key_size", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_map__value_size$mh =
      LIBBPF.bindLate("bpf_map__value_size", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_map__max_entries$mh =
      LIBBPF.bindLate("bpf_map__max_entries", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_map__map_flags$mh =
      LIBBPF.bindLate("bpf_map__map_flags", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_map__set_type$mh =
      LIBBPF.bindLate("bpf_map__set_type", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__set_max_entries$mh =
      LIBBPF.bindLate("bpf_map__set_max_entries", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__set_key_size$mh =
      LIBBPF.bindLate("bpf_map__set_key_size", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__set_value_size$mh =
      LIBBPF.bindLate("bpf_map__set_value_size", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__set_map_flags$mh =
      LIBBPF.bindLate("bpf_map__set_map_flags", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__set_autocreate$mh =
      LIBBPF.bindLate("bpf_map__set_autocreate", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__attach_struct_ops$mh =
      LIBBPF.bindLate(
          "bpf_map__attach_struct_ops", FunctionDescriptor.of(POINTER, POINTER), Errno.CAPTURE);

  private static final LateHandle bpf_map__initial_value$mh =
      LIBBPF.bindLate("bpf_map__initial_value", FunctionDescriptor.of(POINTER, POINTER, POINTER));

  private static final LateHandle bpf_program__fd$mh =
      LIBBPF.bindLate("bpf_program__fd", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_program__name$mh =
      LIBBPF.bindLate("bpf_program__name", FunctionDescriptor.of(POINTER, POINTER));

  private static final LateHandle bpf_program__section_name$mh =
      LIBBPF.bindLate("bpf_program__section_name", FunctionDescriptor.of(POINTER, POINTER));

  private static final LateHandle bpf_program__type$mh =
      LIBBPF.bindLate("bpf_program__type", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_program__expected_attach_type$mh =
      LIBBPF.bindLate("bpf_program__expected_attach_type", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_program__set_autoload$mh =
      LIBBPF.bindLate("bpf_program__set_autoload", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_program__set_attach_target$mh =
      LIBBPF.bindLate(
          "bpf_program__set_attach_target", FunctionDescriptor.of(INT, POINTER, INT, POINTER));

  private static final LateHandle bpf_program__set_log_level$mh =
      LIBBPF.bindLate("bpf_program__set_log_level", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle bpf_map__set_pin_path$mh =
      LIBBPF.bindLate("bpf_map__set_pin_path", FunctionDescriptor.of(INT, POINTER, POINTER));

  private static final LateHandle bpf_program__set_log_buf$mh =
      LIBBPF.bindLate(
          "bpf_program__set_log_buf", FunctionDescriptor.of(INT, POINTER, POINTER, LONG));

  private static final LateHandle bpf_program__insns$mh =
      LIBBPF.bindLate("bpf_program__insns", FunctionDescriptor.of(POINTER, POINTER));

  private static final LateHandle bpf_program__insn_cnt$mh =
      LIBBPF.bindLate("bpf_program__insn_cnt", FunctionDescriptor.of(LONG, POINTER));

  private static final LateHandle bpf_program__attach$mh =
      LIBBPF.bindLate(
          "bpf_program__attach", FunctionDescriptor.of(POINTER, POINTER), Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_perf_event$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_perf_event",
          FunctionDescriptor.of(POINTER, POINTER, INT),
          Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_raw_tracepoint$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_raw_tracepoint",
          FunctionDescriptor.of(POINTER, POINTER, POINTER),
          Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_kprobe$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_kprobe",
          FunctionDescriptor.of(POINTER, POINTER, BOOL, POINTER),
          Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_kprobe_multi_opts$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_kprobe_multi_opts",
          FunctionDescriptor.of(POINTER, POINTER, POINTER, POINTER),
          Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_uprobe$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_uprobe",
          FunctionDescriptor.of(POINTER, POINTER, BOOL, INT, POINTER, LONG),
          Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_usdt$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_usdt",
          FunctionDescriptor.of(POINTER, POINTER, INT, POINTER, POINTER, POINTER, POINTER),
          Errno.CAPTURE);

  private static final LateHandle bpf_program__attach_cgroup$mh =
      LIBBPF.bindLate(
          "bpf_program__attach_cgroup",
          FunctionDescriptor.of(POINTER, POINTER, INT),
          Errno.CAPTURE);

  private static final LateHandle bpf_link_create$mh =
      LIBBPF.bindLate("bpf_link_create", FunctionDescriptor.of(INT, INT, INT, INT, POINTER));

  private static final LateHandle bpf_tc_hook_create$mh =
      LIBBPF.bindLate("bpf_tc_hook_create", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_tc_attach$mh =
      LIBBPF.bindLate("bpf_tc_attach", FunctionDescriptor.of(INT, POINTER, POINTER));

  private static final LateHandle bpf_tc_detach$mh =
      LIBBPF.bindLate("bpf_tc_detach", FunctionDescriptor.of(INT, POINTER, POINTER));

  private static final LateHandle bpf_link__fd$mh =
      LIBBPF.bindLate("bpf_link__fd", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_link__destroy$mh =
      LIBBPF.bindLate("bpf_link__destroy", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_object__btf$mh =
      LIBBPF.bindLate("bpf_object__btf", FunctionDescriptor.of(POINTER, POINTER));

  private static final LateHandle btf__find_by_name_kind$mh =
      LIBBPF.bindLate("btf__find_by_name_kind", FunctionDescriptor.of(INT, POINTER, POINTER, INT));

  private static final LateHandle btf__type_by_id$mh =
      LIBBPF.bindLate("btf__type_by_id", FunctionDescriptor.of(POINTER, POINTER, INT));

  private static final LateHandle btf__name_by_offset$mh =
      LIBBPF.bindLate("btf__name_by_offset", FunctionDescriptor.of(POINTER, POINTER, INT));

  private static final LateHandle ring_buffer__new$mh =
      LIBBPF.bindLate(
          "ring_buffer__new",
          FunctionDescriptor.of(POINTER, INT, POINTER, POINTER, POINTER),
          Errno.CAPTURE);

  private static final LateHandle ring_buffer__free$mh =
      LIBBPF.bindLate("ring_buffer__free", FunctionDescriptor.ofVoid(POINTER));

  private static final LateHandle ring_buffer__poll$mh =
      LIBBPF.bindLate("ring_buffer__poll", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle ring_buffer__consume$mh =
      LIBBPF.bindLate("ring_buffer__consume", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle perf_buffer__new$mh =
      LIBBPF.bindLate(
          "perf_buffer__new",
          FunctionDescriptor.of(POINTER, INT, LONG, POINTER, POINTER, POINTER, POINTER),
          Errno.CAPTURE);

  private static final LateHandle perf_buffer__free$mh =
      LIBBPF.bindLate("perf_buffer__free", FunctionDescriptor.ofVoid(POINTER));

  private static final LateHandle perf_buffer__poll$mh =
      LIBBPF.bindLate("perf_buffer__poll", FunctionDescriptor.of(INT, POINTER, INT));

  private static final LateHandle perf_buffer__consume$mh =
      LIBBPF.bindLate("perf_buffer__consume", FunctionDescriptor.of(INT, POINTER));

  private LibBpf() {}

  /** Why libbpf cannot be used here and what to do, or empty if it can. */
  public static Optional<String> unavailable() {
    return LIBBPF.unavailable();
  }

  /** Whether this libbpf has the symbol, e.g. {@code ring_buffer__consume_n} (1.5). */
  public static boolean has(String symbol) {
    return LIBBPF.has(symbol);
  }

  private static NativeLibrary recentEnough(NativeLibrary library) {
    if (library.unavailable().isPresent()) {
      return library;
    }
    if (!library.has("libbpf_minor_version")) {
      return NativeLibrary.absent("the library found is not libbpf, or older than 1.0: " + FIX);
    }
    FunctionDescriptor version = FunctionDescriptor.of(INT);
    try {
      int major = (int) library.bind("libbpf_major_version", version).invokeExact();
      int minor = (int) library.bind("libbpf_minor_version", version).invokeExact();
      return major == 1 && minor >= 1
          ? library
          : NativeLibrary.absent("libbpf " + major + "." + minor + " is not supported: " + FIX);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** bpf_map_create(3): a file descriptor or {@code -errno}; {@code opts} may be NULL. */
  public static int bpf_map_create(
      int map_type,
      MemorySegment map_name,
      int key_size,
      int value_size,
      int max_entries,
      MemorySegment opts) {
    try {
      return (int)
          bpf_map_create$mh
              .get()
              .invokeExact(map_type, map_name, key_size, value_size, max_entries, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_lookup_elem(int fd, MemorySegment key, MemorySegment value) {
    try {
      return (int) bpf_map_lookup_elem$mh.invokeExact(fd, key, value);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_lookup_elem_flags(
      int fd, MemorySegment key, MemorySegment value, long flags) {
    try {
      return (int) bpf_map_lookup_elem_flags$mh.invokeExact(fd, key, value, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_lookup_and_delete_elem(int fd, MemorySegment key, MemorySegment value) {
    try {
      return (int) bpf_map_lookup_and_delete_elem$mh.invokeExact(fd, key, value);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_update_elem(
      int fd, MemorySegment key, MemorySegment value, long flags) {
    try {
      return (int) bpf_map_update_elem$mh.invokeExact(fd, key, value, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_delete_elem(int fd, MemorySegment key) {
    try {
      return (int) bpf_map_delete_elem$mh.invokeExact(fd, key);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** {@code key} NULL asks for the first key; {@code -ENOENT} after the last. */
  public static int bpf_map_get_next_key(int fd, MemorySegment key, MemorySegment next_key) {
    try {
      return (int) bpf_map_get_next_key$mh.invokeExact(fd, key, next_key);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** {@code in_batch} NULL starts; {@code count} is in and out; {@code -ENOENT} at the end. */
  public static int bpf_map_lookup_batch(
      int fd,
      MemorySegment in_batch,
      MemorySegment out_batch,
      MemorySegment keys,
      MemorySegment values,
      MemorySegment count,
      MemorySegment opts) {
    try {
      return (int)
          bpf_map_lookup_batch$mh.invokeExact(fd, in_batch, out_batch, keys, values, count, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_lookup_and_delete_batch(
      int fd,
      MemorySegment in_batch,
      MemorySegment out_batch,
      MemorySegment keys,
      MemorySegment values,
      MemorySegment count,
      MemorySegment opts) {
    try {
      return (int)
          bpf_map_lookup_and_delete_batch$mh.invokeExact(
              fd, in_batch, out_batch, keys, values, count, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_update_batch(
      int fd, MemorySegment keys, MemorySegment values, MemorySegment count, MemorySegment opts) {
    try {
      return (int) bpf_map_update_batch$mh.invokeExact(fd, keys, values, count, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_delete_batch(
      int fd, MemorySegment keys, MemorySegment count, MemorySegment opts) {
    try {
      return (int) bpf_map_delete_batch$mh.invokeExact(fd, keys, count, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_obj_get_info_by_fd(int bpf_fd, MemorySegment info, MemorySegment info_len) {
    try {
      return (int) bpf_obj_get_info_by_fd$mh.get().invokeExact(bpf_fd, info, info_len);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_prog_load(
      int prog_type,
      MemorySegment prog_name,
      MemorySegment license,
      MemorySegment insns,
      long insn_cnt,
      MemorySegment opts) {
    try {
      return (int)
          bpf_prog_load$mh.get().invokeExact(prog_type, prog_name, license, insns, insn_cnt, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** A file descriptor or {@code -errno}; {@code opts} may be NULL. */
  public static int bpf_btf_load(MemorySegment btf_data, long btf_size, MemorySegment opts) {
    try {
      return (int) bpf_btf_load$mh.get().invokeExact(btf_data, btf_size, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_prog_test_run_opts(int prog_fd, MemorySegment opts) {
    try {
      return (int) bpf_prog_test_run_opts$mh.get().invokeExact(prog_fd, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_iter_create(int link_fd) {
    try {
      return (int) bpf_iter_create$mh.get().invokeExact(link_fd);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The file descriptor that keeps run-time statistics switched on, or {@code -errno}. */
  public static int bpf_enable_stats(int type) {
    try {
      return (int) bpf_enable_stats$mh.get().invokeExact(type);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_prog_get_next_id(int start_id, MemorySegment next_id) {
    try {
      return (int) bpf_prog_get_next_id$mh.get().invokeExact(start_id, next_id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_get_next_id(int start_id, MemorySegment next_id) {
    try {
      return (int) bpf_map_get_next_id$mh.invokeExact(start_id, next_id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_link_get_next_id(int start_id, MemorySegment next_id) {
    try {
      return (int) bpf_link_get_next_id$mh.get().invokeExact(start_id, next_id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_prog_get_fd_by_id(int id) {
    try {
      return (int) bpf_prog_get_fd_by_id$mh.get().invokeExact(id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map_get_fd_by_id(int id) {
    try {
      return (int) bpf_map_get_fd_by_id$mh.get().invokeExact(id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** Possible CPUs, not those online; or {@code -errno}. */
  public static int libbpf_num_possible_cpus() {
    try {
      return (int) libbpf_num_possible_cpus$mh.get().invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** E.g. {@code hash}; empty for a type this libbpf does not know. */
  public static String libbpf_bpf_map_type_str(int type) {
    try {
      return NativeLibrary.text((MemorySegment) libbpf_bpf_map_type_str$mh.get().invokeExact(type));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** E.g. {@code xdp}; empty for a type this libbpf does not know. */
  public static String libbpf_bpf_prog_type_str(int type) {
    try {
      return NativeLibrary.text(
          (MemorySegment) libbpf_bpf_prog_type_str$mh.get().invokeExact(type));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The type number of what a tracing program hangs on, or {@code -errno}. */
  public static int libbpf_find_vmlinux_btf_id(MemorySegment name, int attach_type) {
    try {
      return (int) libbpf_find_vmlinux_btf_id$mh.get().invokeExact(name, attach_type);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** 1 supported, 0 not, or {@code -errno}. */
  public static int libbpf_probe_bpf_map_type(int map_type, MemorySegment opts) {
    try {
      return (int) libbpf_probe_bpf_map_type$mh.get().invokeExact(map_type, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int libbpf_probe_bpf_prog_type(int prog_type, MemorySegment opts) {
    try {
      return (int) libbpf_probe_bpf_prog_type$mh.get().invokeExact(prog_type, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The version libbpf says it has, e.g. {@code v1.1}. */
  public static String libbpf_version_string() {
    try {
      return NativeLibrary.text((MemorySegment) libbpf_version_string$mh.get().invokeExact());
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int libbpf_major_version() {
    try {
      return (int) libbpf_major_version$mh.get().invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int libbpf_minor_version() {
    try {
      return (int) libbpf_minor_version$mh.get().invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /**
   * The print callback {@code int (*)(int level, const char *format, va_list args)}; gives back the
   * former one.
   */
  public static MemorySegment libbpf_set_print(MemorySegment fn) {
    try {
      return (MemorySegment) libbpf_set_print$mh.get().invokeExact(fn);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_object__open_mem(
      MemorySegment errno, MemorySegment obj_buf, long obj_buf_sz, MemorySegment opts) {
    try {
      return (MemorySegment)
          bpf_object__open_mem$mh.get().invokeExact(errno, obj_buf, obj_buf_sz, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_object__load(MemorySegment obj) {
    try {
      return (int) bpf_object__load$mh.get().invokeExact(obj);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static void bpf_object__close(MemorySegment obj) {
    try {
      bpf_object__close$mh.get().invokeExact(obj);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_object__next_map(MemorySegment obj, MemorySegment map) {
    try {
      return (MemorySegment) bpf_object__next_map$mh.get().invokeExact(obj, map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_object__next_program(MemorySegment obj, MemorySegment prog) {
    try {
      return (MemorySegment) bpf_object__next_program$mh.get().invokeExact(obj, prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_object__find_map_by_name(MemorySegment obj, MemorySegment name) {
    try {
      return (MemorySegment) bpf_object__find_map_by_name$mh.get().invokeExact(obj, name);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_object__find_program_by_name(
      MemorySegment obj, MemorySegment name) {
    try {
      return (MemorySegment) bpf_object__find_program_by_name$mh.get().invokeExact(obj, name);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__fd(MemorySegment map) {
    try {
      return (int) bpf_map__fd$mh.get().invokeExact(map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static String bpf_map__name(MemorySegment map) {
    try {
      return NativeLibrary.text((MemorySegment) bpf_map__name$mh.get().invokeExact(map));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__type(MemorySegment map) {
    try {
      return (int) bpf_map__type$mh.get().invokeExact(map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__key_size(MemorySegment map) {
    try {
      return (int) bpf_map__key_size$mh.get().invokeExact(map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__value_size(MemorySegment map) {
    try {
      return (int) bpf_map__value_size$mh.get().invokeExact(map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__max_entries(MemorySegment map) {
    try {
      return (int) bpf_map__max_entries$mh.get().invokeExact(map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__map_flags(MemorySegment map) {
    try {
      return (int) bpf_map__map_flags$mh.get().invokeExact(map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_type(MemorySegment map, int type) {
    try {
      return (int) bpf_map__set_type$mh.get().invokeExact(map, type);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_max_entries(MemorySegment map, int max_entries) {
    try {
      return (int) bpf_map__set_max_entries$mh.get().invokeExact(map, max_entries);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_key_size(MemorySegment map, int size) {
    try {
      return (int) bpf_map__set_key_size$mh.get().invokeExact(map, size);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_value_size(MemorySegment map, int size) {
    try {
      return (int) bpf_map__set_value_size$mh.get().invokeExact(map, size);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_map_flags(MemorySegment map, int flags) {
    try {
      return (int) bpf_map__set_map_flags$mh.get().invokeExact(map, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_autocreate(MemorySegment map, int autocreate) {
    try {
      return (int) bpf_map__set_autocreate$mh.get().invokeExact(map, autocreate);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_map__attach_struct_ops(MemorySegment errno, MemorySegment map) {
    try {
      return (MemorySegment) bpf_map__attach_struct_ops$mh.get().invokeExact(errno, map);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_map__initial_value(MemorySegment map, MemorySegment psize) {
    try {
      return (MemorySegment) bpf_map__initial_value$mh.get().invokeExact(map, psize);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__fd(MemorySegment prog) {
    try {
      return (int) bpf_program__fd$mh.get().invokeExact(prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static String bpf_program__name(MemorySegment prog) {
    try {
      return NativeLibrary.text((MemorySegment) bpf_program__name$mh.get().invokeExact(prog));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static String bpf_program__section_name(MemorySegment prog) {
    try {
      return NativeLibrary.text(
          (MemorySegment) bpf_program__section_name$mh.get().invokeExact(prog));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__type(MemorySegment prog) {
    try {
      return (int) bpf_program__type$mh.get().invokeExact(prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__expected_attach_type(MemorySegment prog) {
    try {
      return (int) bpf_program__expected_attach_type$mh.get().invokeExact(prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__set_autoload(MemorySegment prog, int autoload) {
    try {
      return (int) bpf_program__set_autoload$mh.get().invokeExact(prog, autoload);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__set_attach_target(
      MemorySegment prog, int attach_prog_fd, MemorySegment attach_func_name) {
    try {
      return (int)
          bpf_program__set_attach_target$mh
              .get()
              .invokeExact(prog, attach_prog_fd, attach_func_name);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__set_log_level(MemorySegment prog, int log_level) {
    try {
      return (int) bpf_program__set_log_level$mh.get().invokeExact(prog, log_level);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_map__set_pin_path(MemorySegment map, MemorySegment path) {
    try {
      return (int) bpf_map__set_pin_path$mh.get().invokeExact(map, path);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_program__set_log_buf(
      MemorySegment prog, MemorySegment log_buf, long log_size) {
    try {
      return (int) bpf_program__set_log_buf$mh.get().invokeExact(prog, log_buf, log_size);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__insns(MemorySegment prog) {
    try {
      return (MemorySegment) bpf_program__insns$mh.get().invokeExact(prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static long bpf_program__insn_cnt(MemorySegment prog) {
    try {
      return (long) bpf_program__insn_cnt$mh.get().invokeExact(prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach(MemorySegment errno, MemorySegment prog) {
    try {
      return (MemorySegment) bpf_program__attach$mh.get().invokeExact(errno, prog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_perf_event(
      MemorySegment errno, MemorySegment prog, int pfd) {
    try {
      return (MemorySegment) bpf_program__attach_perf_event$mh.get().invokeExact(errno, prog, pfd);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_raw_tracepoint(
      MemorySegment errno, MemorySegment prog, MemorySegment tp_name) {
    try {
      return (MemorySegment)
          bpf_program__attach_raw_tracepoint$mh.get().invokeExact(errno, prog, tp_name);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_kprobe(
      MemorySegment errno, MemorySegment prog, boolean retprobe, MemorySegment func_name) {
    try {
      return (MemorySegment)
          bpf_program__attach_kprobe$mh.get().invokeExact(errno, prog, retprobe, func_name);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_kprobe_multi_opts(
      MemorySegment errno, MemorySegment prog, MemorySegment pattern, MemorySegment opts) {
    try {
      return (MemorySegment)
          bpf_program__attach_kprobe_multi_opts$mh.get().invokeExact(errno, prog, pattern, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_uprobe(
      MemorySegment errno,
      MemorySegment prog,
      boolean retprobe,
      int pid,
      MemorySegment binary_path,
      long func_offset) {
    try {
      return (MemorySegment)
          bpf_program__attach_uprobe$mh
              .get()
              .invokeExact(errno, prog, retprobe, pid, binary_path, func_offset);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_usdt(
      MemorySegment errno,
      MemorySegment prog,
      int pid,
      MemorySegment binary_path,
      MemorySegment usdt_provider,
      MemorySegment usdt_name,
      MemorySegment opts) {
    try {
      return (MemorySegment)
          bpf_program__attach_usdt$mh
              .get()
              .invokeExact(errno, prog, pid, binary_path, usdt_provider, usdt_name, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_program__attach_cgroup(
      MemorySegment errno, MemorySegment prog, int cgroup_fd) {
    try {
      return (MemorySegment)
          bpf_program__attach_cgroup$mh.get().invokeExact(errno, prog, cgroup_fd);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_link_create(
      int prog_fd, int target_fd, int attach_type, MemorySegment opts) {
    try {
      return (int) bpf_link_create$mh.get().invokeExact(prog_fd, target_fd, attach_type, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_tc_hook_create(MemorySegment hook) {
    try {
      return (int) bpf_tc_hook_create$mh.get().invokeExact(hook);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_tc_attach(MemorySegment hook, MemorySegment opts) {
    try {
      return (int) bpf_tc_attach$mh.get().invokeExact(hook, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_tc_detach(MemorySegment hook, MemorySegment opts) {
    try {
      return (int) bpf_tc_detach$mh.get().invokeExact(hook, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_link__fd(MemorySegment link) {
    try {
      return (int) bpf_link__fd$mh.get().invokeExact(link);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_link__destroy(MemorySegment link) {
    try {
      return (int) bpf_link__destroy$mh.get().invokeExact(link);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment bpf_object__btf(MemorySegment obj) {
    try {
      return (MemorySegment) bpf_object__btf$mh.get().invokeExact(obj);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The type's id or {@code -errno}. */
  public static int btf__find_by_name_kind(MemorySegment btf, MemorySegment type_name, int kind) {
    try {
      return (int) btf__find_by_name_kind$mh.get().invokeExact(btf, type_name, kind);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment btf__type_by_id(MemorySegment btf, int id) {
    try {
      return (MemorySegment) btf__type_by_id$mh.get().invokeExact(btf, id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static String btf__name_by_offset(MemorySegment btf, int offset) {
    try {
      return NativeLibrary.text(
          (MemorySegment) btf__name_by_offset$mh.get().invokeExact(btf, offset));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment ring_buffer__new(
      MemorySegment errno,
      int map_fd,
      MemorySegment sample_cb,
      MemorySegment ctx,
      MemorySegment opts) {
    try {
      return (MemorySegment)
          ring_buffer__new$mh.get().invokeExact(errno, map_fd, sample_cb, ctx, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static void ring_buffer__free(MemorySegment rb) {
    try {
      ring_buffer__free$mh.get().invokeExact(rb);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int ring_buffer__poll(MemorySegment rb, int timeout_ms) {
    try {
      return (int) ring_buffer__poll$mh.get().invokeExact(rb, timeout_ms);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int ring_buffer__consume(MemorySegment rb) {
    try {
      return (int) ring_buffer__consume$mh.get().invokeExact(rb);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** {@code page_cnt} pages for each CPU, a power of two; {@code opts} may be NULL. */
  public static MemorySegment perf_buffer__new(
      MemorySegment errno,
      int map_fd,
      long page_cnt,
      MemorySegment sample_cb,
      MemorySegment lost_cb,
      MemorySegment ctx,
      MemorySegment opts) {
    try {
      return (MemorySegment)
          perf_buffer__new$mh
              .get()
              .invokeExact(errno, map_fd, page_cnt, sample_cb, lost_cb, ctx, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static void perf_buffer__free(MemorySegment pb) {
    try {
      perf_buffer__free$mh.get().invokeExact(pb);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int perf_buffer__poll(MemorySegment pb, int timeout_ms) {
    try {
      return (int) perf_buffer__poll$mh.get().invokeExact(pb, timeout_ms);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int perf_buffer__consume(MemorySegment pb) {
    try {
      return (int) perf_buffer__consume$mh.get().invokeExact(pb);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  // What is asked about other programs' objects.

  private static final LateHandle bpf_link_get_fd_by_id$mh =
      LIBBPF.bindLate("bpf_link_get_fd_by_id", FunctionDescriptor.of(INT, INT));

  private static final LateHandle bpf_btf_get_fd_by_id$mh =
      LIBBPF.bindLate("bpf_btf_get_fd_by_id", FunctionDescriptor.of(INT, INT));

  private static final LateHandle bpf_obj_get$mh =
      LIBBPF.bindLate("bpf_obj_get", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle bpf_task_fd_query$mh =
      LIBBPF.bindLate(
          "bpf_task_fd_query",
          FunctionDescriptor.of(
              INT, INT, INT, INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));

  private static final LateHandle bpf_prog_query$mh =
      LIBBPF.bindLate(
          "bpf_prog_query", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER, POINTER));

  private static final LateHandle bpf_xdp_query$mh =
      LIBBPF.bindLate("bpf_xdp_query", FunctionDescriptor.of(INT, INT, INT, POINTER));

  private static final LateHandle btf__load_from_kernel_by_id_split$mh =
      LIBBPF.bindLate(
          "btf__load_from_kernel_by_id_split",
          FunctionDescriptor.of(POINTER, INT, POINTER),
          Errno.CAPTURE);

  private static final LateHandle btf__load_vmlinux_btf$mh =
      LIBBPF.bindLate("btf__load_vmlinux_btf", FunctionDescriptor.of(POINTER), Errno.CAPTURE);

  private static final LateHandle btf__free$mh =
      LIBBPF.bindLate("btf__free", FunctionDescriptor.ofVoid(POINTER));

  private static final LateHandle libbpf_bpf_attach_type_str$mh =
      LIBBPF.bindLate("libbpf_bpf_attach_type_str", FunctionDescriptor.of(POINTER, INT));

  private static final LateHandle libbpf_bpf_link_type_str$mh =
      LIBBPF.bindLate("libbpf_bpf_link_type_str", FunctionDescriptor.of(POINTER, INT));

  /** A link's descriptor, or {@code -errno}. */
  public static int bpf_link_get_fd_by_id(int id) {
    try {
      return (int) bpf_link_get_fd_by_id$mh.get().invokeExact(id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_btf_get_fd_by_id(int id) {
    try {
      return (int) bpf_btf_get_fd_by_id$mh.get().invokeExact(id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** A descriptor of what is pinned there, or {@code -errno}. */
  public static int bpf_obj_get(MemorySegment pathname) {
    try {
      return (int) bpf_obj_get$mh.get().invokeExact(pathname);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_task_fd_query(
      int pid,
      int fd,
      int flags,
      MemorySegment buf,
      MemorySegment buf_len,
      MemorySegment prog_id,
      MemorySegment fd_type,
      MemorySegment probe_offset,
      MemorySegment probe_addr) {
    try {
      return (int)
          bpf_task_fd_query$mh
              .get()
              .invokeExact(
                  pid, fd, flags, buf, buf_len, prog_id, fd_type, probe_offset, probe_addr);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_prog_query(
      int target_fd,
      int type,
      int query_flags,
      MemorySegment attach_flags,
      MemorySegment prog_ids,
      MemorySegment prog_cnt) {
    try {
      return (int)
          bpf_prog_query$mh
              .get()
              .invokeExact(target_fd, type, query_flags, attach_flags, prog_ids, prog_cnt);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bpf_xdp_query(int ifindex, int flags, MemorySegment opts) {
    try {
      return (int) bpf_xdp_query$mh.get().invokeExact(ifindex, flags, opts);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /**
   * A module's types, on those of {@code base_btf}, which may be NULL; NULL where there are none.
   */
  public static MemorySegment btf__load_from_kernel_by_id_split(
      MemorySegment errno, int id, MemorySegment base_btf) {
    try {
      return (MemorySegment)
          btf__load_from_kernel_by_id_split$mh.get().invokeExact(errno, id, base_btf);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static MemorySegment btf__load_vmlinux_btf(MemorySegment errno) {
    try {
      return (MemorySegment) btf__load_vmlinux_btf$mh.get().invokeExact(errno);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static void btf__free(MemorySegment btf) {
    try {
      btf__free$mh.get().invokeExact(btf);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** {@code cgroup_inet_ingress}; empty where this libbpf does not know the type. */
  public static String libbpf_bpf_attach_type_str(int t) {
    try {
      return NativeLibrary.text((MemorySegment) libbpf_bpf_attach_type_str$mh.get().invokeExact(t));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** {@code perf_event}; empty where this libbpf does not know the type. */
  public static String libbpf_bpf_link_type_str(int t) {
    try {
      return NativeLibrary.text((MemorySegment) libbpf_bpf_link_type_str$mh.get().invokeExact(t));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
