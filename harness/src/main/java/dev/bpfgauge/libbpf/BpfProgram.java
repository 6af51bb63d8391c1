package dev.bpfgauge.libbpf;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A program of a {@link BpfObject}, with which it lives and dies. */
public final class BpfProgram {
  private static final int ITERATOR_BYTES = 4096;
  private static final Path FTRACE_ENABLED = Path.of("/proc/sys/kernel/ftrace_enabled");
  private static final Set<String> FUNCTION_TRACING = Set.of("fentry", "fexit", "fmod_ret");
  private static final Set<String> KPROBES = Set.of("kprobe", "kretprobe");

  /** Whether kprobes at a function's beginning go by function tracing here. */
  private static final boolean KPROBES_TOO = !System.getProperty("os.arch", "").equals("aarch64");

  private final BpfObject object;
  private final String name;
  private final MemorySegment program;

  BpfProgram(BpfObject object, String name, MemorySegment program) {
    this.object = object;
    this.name = name;
    this.program = program;
  }

  /**
   * A program as the kernel describes it.
   *
   * @param id unique among this kernel's programs while the program exists
   * @param tag hash of its instructions
   * @param jitedBytes machine code; 0 where the JIT is off or the kernel hides it
   * @param translatedBytes instructions after the verifier's rewriting, 8 bytes each
   * @param runTimeNanos spent in it while {@link RunTimeStats} were on
   * @param runCount runs while {@link RunTimeStats} were on
   * @param verifiedInstructions steps the verifier took; empty before Linux 5.16
   */
  public record Info(
      int id,
      String name,
      int type,
      String tag,
      long jitedBytes,
      long translatedBytes,
      long runTimeNanos,
      long runCount,
      OptionalLong missedRuns,
      OptionalInt verifiedInstructions) {}

  /**
   * What BPF_PROG_RUN is given (kernel: Documentation/bpf/bpf_prog_run.rst).
   *
   * @param data a packet, for packet programs: at least 14 bytes, an Ethernet header
   * @param dataOut where the packet goes back to
   * @param context what the program gets as its context; syscall programs write it too
   * @param repeat runs in one call; 1 for types that cannot repeat
   */
  public record RunInput(
      @Nullable MemorySegment data,
      @Nullable MemorySegment dataOut,
      @Nullable MemorySegment context,
      int repeat) {

    public RunInput {
      if (repeat < 1) {
        throw new IllegalArgumentException("repeat is " + repeat + ", at least 1 is needed");
      }
      requireWritable("dataOut", dataOut);
      requireWritable("context", context);
    }

    /** A packet, {@code repeat} times. */
    public static RunInput packet(MemorySegment data, int repeat) {
      return new RunInput(requireNonNull(data, "data"), null, null, repeat);
    }

    /** A syscall program's context, read and written. */
    public static RunInput context(MemorySegment context) {
      return new RunInput(null, null, requireNonNull(context, "context"), 1);
    }

    private static void requireWritable(String role, @Nullable MemorySegment segment) {
      if (segment != null && segment.isReadOnly()) {
        throw new IllegalArgumentException("bpf_prog_test_run_opts: " + role + " is read-only");
      }
    }
  }

  /**
   * What BPF_PROG_RUN gave back.
   *
   * @param returnValue of the last run
   * @param nanosPerRun mean over the runs as the kernel timed them; 0 for syscall programs
   * @param dataOutBytes length of the packet afterwards
   */
  public record RunOutput(int returnValue, long nanosPerRun, long dataOutBytes) {}

  public String name() {
    return name;
  }

  /** The ELF section, which names the hook: {@code tp/syscalls/sys_enter_getppid}. */
  public String section() {
    return object.locked(
        "bpf_program__section_name", () -> LibBpf.bpf_program__section_name(program));
  }

  /** {@code BPF_PROG_TYPE_…} of {@link Uapi}. */
  public int type() {
    return object.locked("bpf_program__type", () -> LibBpf.bpf_program__type(program));
  }

  /** {@code enum bpf_attach_type} of the section; 0 where the type has none. */
  public int attachType() {
    return object.locked(
        "bpf_program__expected_attach_type",
        () -> LibBpf.bpf_program__expected_attach_type(program));
  }

  /**
   * Its instructions, one {@code struct bpf_insn} each: before {@link BpfObject#load} as the
   * compiler left them, without the functions of other sections that it calls.
   */
  public long[] instructions() {
    return object.locked(
        "bpf_program__insns",
        () -> {
          long count = LibBpf.bpf_program__insn_cnt(program);
          return LibBpf.bpf_program__insns(program)
              .reinterpret(count * Long.BYTES)
              .toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        });
  }

  /**
   * Asks for the verifier's statistics in place of its log; before load only.
   *
   * @return where they stand after it, as text that ends with a NUL; it lives as long as the arena
   */
  public MemorySegment wantStatistics(Arena arena) {
    String call = "bpf_program__set_log_buf";
    return object.locked(
        call,
        () -> {
          object.requireNotLoaded(call);
          MemorySegment log = arena.allocate(Instructions.LOG_BYTES);
          require(call, LibBpf.bpf_program__set_log_buf(program, log, log.byteSize()));
          require(
              "bpf_program__set_log_level",
              LibBpf.bpf_program__set_log_level(program, Instructions.BPF_LOG_STATS));
          return log;
        });
  }

  /** Whether the kernel has it: its object is loaded, and it was not switched off. */
  public boolean isLoaded() {
    return object.locked("bpf_program__fd", () -> LibBpf.bpf_program__fd(program) >= 0);
  }

  /** What programs loaded as this one is may call. Nothing is loaded yet, and nothing stays. */
  public HelperProbe helperProbe() {
    String section = section();
    return object.locked(
        "bpf_program__expected_attach_type",
        () ->
            new HelperProbe(
                LibBpf.bpf_program__type(program),
                LibBpf.bpf_program__expected_attach_type(program),
                section.substring(section.indexOf('/') + 1)));
  }

  /** Whether {@link BpfObject#load} is to load this program; before load only. */
  public void setAutoload(boolean autoload) {
    String call = "bpf_program__set_autoload";
    object.locked(
        call,
        () -> {
          object.requireNotLoaded(call);
          return require(call, LibBpf.bpf_program__set_autoload(program, autoload ? 1 : 0));
        });
  }

  /**
   * Names the kernel's function or tracepoint that a program attached by BTF (fentry, fexit,
   * tp_btf) is for, in place of its section's; before load only, which fails with ESRCH where BTF
   * does not know it: there is none, or it was inlined.
   */
  public void setAttachTarget(String target) {
    requireNonNull(target, "target");
    String call = "bpf_program__set_attach_target";
    object.locked(
        call,
        () -> {
          object.requireNotLoaded(call);
          try (Arena arena = Arena.ofConfined()) {
            return require(
                call,
                LibBpf.bpf_program__set_attach_target(program, 0, arena.allocateFrom(target)));
          }
        });
  }

  /** The program's descriptor; valid until the object is closed. */
  public int fd() {
    return loaded("bpf_program__fd", fd -> fd);
  }

  /** Attaches the program where its section says. */
  public BpfLink attach() {
    String section = section();
    String[] parts = section.split("/", -1);
    if (parts.length == 3 && (parts[0].equals("tp") || parts[0].equals("tracepoint"))) {
      return attachTracepoint(parts[1], parts[2]);
    }
    if (FUNCTION_TRACING.contains(parts[0]) || (KPROBES_TOO && KPROBES.contains(parts[0]))) {
      requireFunctionTracing("bpf_program__attach", section);
    }
    return attached(
        "bpf_program__attach", section, errno -> LibBpf.bpf_program__attach(errno, program));
  }

  /**
   * Such a program is attached all the same while function tracing is off, but never runs. That
   * holds for kprobes at a function's beginning where the architecture puts them there by function
   * tracing, as x86 does and arm64 does not (CONFIG_KPROBES_ON_FTRACE).
   */
  private void requireFunctionTracing(String call, String where) {
    try {
      if (ForeignText.read(FTRACE_ENABLED).strip().equals("0")) {
        throw BpfException.inVain(
            call,
            "program %s on %s would be attached and never run, for kernel.ftrace_enabled is 0;"
                    .formatted(name, where)
                + " sysctl kernel.ftrace_enabled=1");
      }
    } catch (IOException e) {
      // A kernel without function tracing says so itself.
    }
  }

  /**
   * Attaches to a tracepoint, e.g. {@code syscalls}, {@code sys_enter_getppid}; tracefs need not be
   * mounted.
   */
  public BpfLink attachTracepoint(String category, String event) {
    requireNonNull(category, "category");
    requireNonNull(event, "event");
    return attachPerfEvent(category + "/" + event, () -> Tracepoint.perfEvent(category, event));
  }

  /** Attaches to a raw tracepoint by its kernel name, e.g. {@code sys_enter}. */
  public BpfLink attachRawTracepoint(String tracepoint) {
    requireNonNull(tracepoint, "tracepoint");
    return attached(
        "bpf_program__attach_raw_tracepoint",
        tracepoint,
        errno -> {
          try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_program__attach_raw_tracepoint(
                errno, program, arena.allocateFrom(tracepoint));
          }
        });
  }

  /** Attaches to a function of the kernel, e.g. {@code __x64_sys_getppid}; needs CONFIG_KPROBES. */
  public BpfLink attachKprobe(boolean onReturn, String function) {
    requireNonNull(function, "function");
    if (KPROBES_TOO) {
      requireFunctionTracing("bpf_program__attach_kprobe", function);
    }
    return attached(
        "bpf_program__attach_kprobe",
        function,
        errno -> {
          try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_program__attach_kprobe(
                errno, program, onReturn, arena.allocateFrom(function));
          }
        });
  }

  /**
   * Attaches to a function of the kernel by fprobe; needs CONFIG_FPROBE. The kernel looks it up
   * itself: a pattern would have libbpf read all names of the kernel.
   */
  public BpfLink attachKprobeMulti(String function) {
    requireNonNull(function, "function");
    requireFunctionTracing("bpf_program__attach_kprobe_multi_opts", function);
    return attached(
        "bpf_program__attach_kprobe_multi_opts",
        function,
        errno -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment names =
                arena.allocateFrom(ValueLayout.ADDRESS, arena.allocateFrom(function));
            MemorySegment opts = Uapi.bpf_kprobe_multi_opts.allocate(arena);
            Uapi.bpf_kprobe_multi_opts.setLong(opts, "sz", opts.byteSize());
            Uapi.bpf_kprobe_multi_opts.setPointer(opts, "syms", names);
            Uapi.bpf_kprobe_multi_opts.setLong(opts, "cnt", 1);
            return LibBpf.bpf_program__attach_kprobe_multi_opts(
                errno, program, MemorySegment.NULL, opts);
          }
        });
  }

  /**
   * Attaches to code of a file that the calling thread has mapped; other processes run on
   * untouched.
   *
   * @param offset where in the file the function begins, in bytes
   */
  public BpfLink attachUprobe(boolean onReturn, Path binary, long offset) {
    return attachUprobe(onReturn, 0, binary, offset);
  }

  /**
   * Attaches to code of a file, in whatever process has it mapped.
   *
   * @param offset where in the file the function begins, in bytes
   */
  public BpfLink attachUprobeToAll(boolean onReturn, Path binary, long offset) {
    return attachUprobe(onReturn, -1, binary, offset);
  }

  private BpfLink attachUprobe(boolean onReturn, int pid, Path binary, long offset) {
    requireNonNull(binary, "binary");
    return attached(
        "bpf_program__attach_uprobe",
        binary + "+0x" + Long.toHexString(offset),
        errno -> {
          try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_program__attach_uprobe(
                errno, program, onReturn, pid, arena.allocateFrom(binary.toString()), offset);
          }
        });
  }

  /**
   * Attaches to a USDT probe of an ELF file that this process has mapped; other processes run on
   * untouched.
   *
   * @throws BpfException with ENOENT where the file has no such probe
   */
  public BpfLink attachUsdt(Path binary, String provider, String probe) {
    requireNonNull(binary, "binary");
    requireNonNull(provider, "provider");
    requireNonNull(probe, "probe");
    return attached(
        "bpf_program__attach_usdt",
        "%s:%s of %s".formatted(provider, probe, binary),
        errno -> {
          try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_program__attach_usdt(
                errno,
                program,
                0,
                arena.allocateFrom(binary.toString()),
                arena.allocateFrom(provider),
                arena.allocateFrom(probe),
                MemorySegment.NULL);
          }
        });
  }

  /** Attaches to the page faults of the calling thread, a software event: it runs at each. */
  public BpfLink attachPageFaults() {
    return attachPerfEvent("page faults", PerfEvent::pageFaults);
  }

  /**
   * Attaches to a CPU's own clock: it runs after each such time, whatever that CPU does.
   *
   * @throws BpfException where the kernel refuses, e.g. ENODEV for a CPU that is offline
   */
  public BpfLink attachCpuClock(int cpu, long periodNanos) {
    return attachPerfEvent("cpu-clock of CPU " + cpu, () -> PerfEvent.ofCpu(cpu, periodNanos));
  }

  /**
   * Attaches a packet program to a network device of the calling thread's network namespace.
   *
   * @param attachType {@code BPF_XDP} or {@code BPF_TCX_INGRESS} of {@link Uapi}
   * @param flags for XDP {@code XDP_FLAGS_…}, else 0
   */
  public BpfLink attachDevice(int ifindex, int attachType, int flags) {
    String call = "bpf_link_create";
    return loaded(
        call,
        fd -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment opts = Uapi.bpf_link_create_opts.allocate(arena);
            Uapi.bpf_link_create_opts.setLong(opts, "sz", opts.byteSize());
            Uapi.bpf_link_create_opts.setInt(opts, "flags", flags);
            int link = require(call, LibBpf.bpf_link_create(fd, ifindex, attachType, opts));
            return object.linked(new BpfLink(object, name, link));
          }
        });
  }

  /**
   * Attaches a tc program to the ingress of a device's clsact queueing discipline, which is made
   * where it is not there and stays; the program stays too, until {@link Filter#close}.
   */
  public Filter attachIngress(int ifindex) {
    return loaded(
        "bpf_tc_attach",
        fd -> {
          Arena arena = Arena.ofShared();
          // libbpf complains of a clsact that is there already, which is no trouble.
          try (LibBpfLog.Capture _ = LibBpfLog.capture()) {
            MemorySegment hook = Uapi.bpf_tc_hook.allocate(arena);
            Uapi.bpf_tc_hook.setLong(hook, "sz", hook.byteSize());
            Uapi.bpf_tc_hook.setInt(hook, "ifindex", ifindex);
            Uapi.bpf_tc_hook.setInt(hook, "attach_point", Uapi.BPF_TC_INGRESS);
            int made = LibBpf.bpf_tc_hook_create(hook);
            if (made != -Errno.EEXIST) {
              require("bpf_tc_hook_create", made);
            }
            MemorySegment opts = Uapi.bpf_tc_opts.allocate(arena);
            Uapi.bpf_tc_opts.setLong(opts, "sz", opts.byteSize());
            Uapi.bpf_tc_opts.setInt(opts, "prog_fd", fd);
            require("bpf_tc_attach", LibBpf.bpf_tc_attach(hook, opts));
            return new Filter(arena, hook, opts);
          } catch (RuntimeException e) {
            arena.close();
            throw e;
          }
        });
  }

  /** A program that is attached as a tc filter, which is no BPF link. */
  public static final class Filter implements AutoCloseable {
    private final Arena arena;
    private final MemorySegment hook;
    private final MemorySegment opts;

    private Filter(Arena arena, MemorySegment hook, MemorySegment opts) {
      this.arena = arena;
      this.hook = hook;
      this.opts = opts;
    }

    /** Detaches it; once only, in a thread of the same network namespace. */
    @Override
    public void close() {
      // Handle and priority, which attaching filled in, say which filter; the rest must be 0.
      Uapi.bpf_tc_opts.setInt(opts, "prog_fd", 0);
      Uapi.bpf_tc_opts.setInt(opts, "prog_id", 0);
      Uapi.bpf_tc_opts.setInt(opts, "flags", 0);
      int result = LibBpf.bpf_tc_detach(hook, opts);
      arena.close();
      if (result < 0) {
        throw new BpfException("bpf_tc_detach", "", -result);
      }
    }
  }

  /** Attaches to a cgroup, by the descriptor of its folder. */
  public BpfLink attachCgroup(int cgroup) {
    return attached(
        "bpf_program__attach_cgroup",
        "cgroup",
        errno -> LibBpf.bpf_program__attach_cgroup(errno, program, cgroup));
  }

  private BpfLink attachPerfEvent(String where, IntSupplier open) {
    String call = "bpf_program__attach_perf_event";
    return loaded(
        call,
        fd -> {
          int perfEvent = open.getAsInt();
          try {
            return attached(
                call,
                where,
                errno -> LibBpf.bpf_program__attach_perf_event(errno, program, perfEvent));
          } catch (RuntimeException e) {
            BpfMap.closeFd(perfEvent); // else the link owns it
            throw e;
          }
        });
  }

  private BpfLink attached(
      String call, String where, Function<MemorySegment, MemorySegment> attach) {
    return loaded(
        call,
        fd -> {
          try (Arena arena = Arena.ofConfined();
              LibBpfLog.Capture log = LibBpfLog.capture()) {
            MemorySegment errno = Errno.allocate(arena);
            MemorySegment link = attach.apply(errno);
            if (link.equals(MemorySegment.NULL)) {
              throw new BpfException(
                  call, "program " + name + " to " + where, Errno.of(errno), log.take());
            }
            return object.linked(new BpfLink(object, name, link));
          }
        });
  }

  /**
   * Runs the program now, by BPF_PROG_RUN.
   *
   * @throws BpfException e.g. EINVAL for an input its type does not take, ENOTSUPP for a type that
   *     cannot be run so
   */
  public RunOutput run(RunInput input) {
    requireNonNull(input, "input");
    return inKernel("bpf_prog_test_run_opts", fd -> run(fd, input, toString()));
  }

  /** Makes it ready to be run by itself with a context of these bytes. */
  public PreparedRun prepared(MemorySegment context) {
    return new PreparedRun(object.lifetime(), fd(), toString(), context);
  }

  /** Runs the program behind a descriptor; {@code about} names it in errors. */
  static RunOutput run(int fd, RunInput input, String about) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment opts = Uapi.bpf_test_run_opts.allocate(arena);
      Uapi.bpf_test_run_opts.setLong(opts, "sz", opts.byteSize());
      MemorySegment data = input.data == null ? null : copy(arena, input.data);
      MemorySegment dataOut = input.dataOut == null ? null : copy(arena, input.dataOut);
      MemorySegment context = input.context == null ? null : copy(arena, input.context);
      point(opts, "data_in", "data_size_in", data);
      point(opts, "data_out", "data_size_out", dataOut);
      point(opts, "ctx_in", "ctx_size_in", context);
      // 0 means 1 to every type, and syscall programs take nothing but 0.
      Uapi.bpf_test_run_opts.setInt(opts, "repeat", input.repeat == 1 ? 0 : input.repeat);
      int result = LibBpf.bpf_prog_test_run_opts(fd, opts);
      if (result < 0) {
        throw new BpfException("bpf_prog_test_run_opts", about, -result);
      }
      copyBack(dataOut, input.dataOut);
      copyBack(context, input.context);
      return new RunOutput(
          Uapi.bpf_test_run_opts.getInt(opts, "retval"),
          Integer.toUnsignedLong(Uapi.bpf_test_run_opts.getInt(opts, "duration")),
          Integer.toUnsignedLong(Uapi.bpf_test_run_opts.getInt(opts, "data_size_out")));
    }
  }

  /** The kernel gets memory that nobody can free meanwhile: opts hold bare addresses. */
  private static MemorySegment copy(Arena arena, MemorySegment segment) {
    return arena
        .allocate(Math.max(segment.byteSize(), 1), Long.BYTES)
        .asSlice(0, segment.byteSize())
        .copyFrom(segment);
  }

  private static void copyBack(@Nullable MemorySegment from, @Nullable MemorySegment to) {
    if (from != null && to != null) {
      to.copyFrom(from);
    }
  }

  private static void point(
      MemorySegment opts, String pointer, String size, @Nullable MemorySegment segment) {
    if (segment != null) {
      Uapi.bpf_test_run_opts.setPointer(opts, pointer, segment);
      Uapi.bpf_test_run_opts.setInt(opts, size, Math.toIntExact(segment.byteSize()));
    }
  }

  /**
   * Runs an iterator ({@code SEC("iter/task")}) over everything it iterates over: it is for what
   * the program does then, and what it writes is not kept.
   *
   * @throws BpfException where the kernel has no such iterator
   */
  public void iterate() {
    iterate(ITERATOR_BYTES, _ -> {});
  }

  /**
   * The same of a program that writes records of one size.
   *
   * @param recordBytes each one's size
   * @param record takes each; the segment is good during the call only
   */
  public void iterate(long recordBytes, Consumer<MemorySegment> record) {
    try (BpfLink link = attach();
        Arena arena = Arena.ofConfined()) {
      int fd = require("bpf_iter_create", LibBpf.bpf_iter_create(link.fd()));
      try {
        MemorySegment errno = Errno.allocate(arena);
        MemorySegment page = arena.allocate(ITERATOR_BYTES + recordBytes, Long.BYTES);
        long kept = 0; // the beginning of a record
        long read;
        do {
          read = LibC.read(errno, fd, page.asSlice(kept), ITERATOR_BYTES);
          if (read > 0) {
            kept = handOver(page, kept + read, recordBytes, record);
          }
        } while (read > 0 || (read < 0 && Errno.of(errno) == Errno.EAGAIN));
        if (read < 0) {
          throw new BpfException("read", "iterator " + name, Errno.of(errno));
        }
      } finally {
        BpfMap.closeFd(fd);
      }
    }
  }

  /** Whole records of so many bytes; what is left moves to the front, and its size comes back. */
  private static long handOver(
      MemorySegment page, long bytes, long recordBytes, Consumer<MemorySegment> record) {
    long at = 0;
    for (; at + recordBytes <= bytes; at += recordBytes) {
      record.accept(page.asSlice(at, recordBytes));
    }
    MemorySegment.copy(page, at, page, 0, bytes - at);
    return bytes - at;
  }

  /** What the kernel says of the program now, run-time statistics included. */
  public Info info() {
    return inKernel("bpf_obj_get_info_by_fd", fd -> info(fd, toString()));
  }

  /** What the kernel says of the program behind a descriptor; {@code about} names it in errors. */
  static Info info(int fd, String about) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = Uapi.bpf_prog_info.allocate(arena);
      MemorySegment size =
          arena.allocateFrom(ValueLayout.JAVA_INT, Math.toIntExact(info.byteSize()));
      int result = LibBpf.bpf_obj_get_info_by_fd(fd, info, size);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", about, -result);
      }
      return info(info, size.get(ValueLayout.JAVA_INT, 0));
    }
  }

  private static Info info(MemorySegment info, int filledBytes) {
    boolean countsMisses = filledBytes > Uapi.bpf_prog_info.offset("recursion_misses");
    boolean countsVerified = filledBytes > Uapi.bpf_prog_info.offset("verified_insns");
    return new Info(
        Uapi.bpf_prog_info.getInt(info, "id"),
        Uapi.bpf_prog_info.getText(info, "name"),
        Uapi.bpf_prog_info.getInt(info, "type"),
        HexFormat.of().toHexDigits(Long.reverseBytes(Uapi.bpf_prog_info.getLong(info, "tag"))),
        Uapi.bpf_prog_info.getInt(info, "jited_prog_len"),
        Uapi.bpf_prog_info.getInt(info, "xlated_prog_len"),
        Uapi.bpf_prog_info.getLong(info, "run_time_ns"),
        Uapi.bpf_prog_info.getLong(info, "run_cnt"),
        countsMisses
            ? OptionalLong.of(Uapi.bpf_prog_info.getLong(info, "recursion_misses"))
            : OptionalLong.empty(),
        countsVerified
            ? OptionalInt.of(Uapi.bpf_prog_info.getInt(info, "verified_insns"))
            : OptionalInt.empty());
  }

  @Override
  public String toString() {
    return "program " + name;
  }

  /** Runs {@code body} beside other threads, for what the kernel does and libbpf only passes on. */
  private <T> T inKernel(String call, IntFunction<T> body) {
    return object.whileOpen(call, () -> body.apply(fd()));
  }

  private <T> T loaded(String call, IntFunction<T> body) {
    return object.locked(
        call,
        () -> {
          object.requireLoaded(call);
          return body.apply(require("bpf_program__fd", LibBpf.bpf_program__fd(program)));
        });
  }

  private int require(String call, int result) {
    if (result < 0) {
      throw new BpfException(call, toString(), -result);
    }
    return result;
  }
}
