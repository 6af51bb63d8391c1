package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.BpfProgram.Info;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.BpfProgram.RunOutput;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A program given as its instructions, not as a compiled object: laid out in native memory once,
 * then loaded by bpf_prog_load as often as wanted. One thread at a time.
 */
public final class Instructions implements AutoCloseable {

  /** Of the verifier's log: one line or a few of statistics, nothing of each instruction. */
  static final int BPF_LOG_STATS = 4;

  static final int LOG_BYTES = 1 << 16;

  /** Programs of type syscall are sleepable, all of them. */
  private static final int BPF_F_SLEEPABLE = 1 << 4;

  private final Lifetime lifetime;
  private final String name;
  private final int type;
  private final int count;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment kernelName;
  private final MemorySegment license;
  private final MemorySegment code;
  private final MemorySegment plain;
  private final MemorySegment logged;
  private final MemorySegment log;
  private final int btf;

  private Instructions(String name, int type, long[] code, List<Integer> functions) {
    this.name = name;
    this.type = type;
    this.count = code.length;
    this.lifetime = new Lifetime("program " + name);
    String kept = name.substring(0, Math.min(name.length(), Uapi.BPF_OBJ_NAME_LEN - 1));
    kernelName = arena.allocateFrom(kept);
    license = arena.allocateFrom("Dual BSD/GPL");
    this.code = arena.allocateFrom(ValueLayout.JAVA_LONG, code);
    log = arena.allocate(LOG_BYTES);
    btf = functions.isEmpty() ? -1 : typesOf(functions.size());
    plain = options(functions);
    logged = options(functions);
    Uapi.bpf_prog_load_opts.setInt(logged, "log_level", BPF_LOG_STATS);
    Uapi.bpf_prog_load_opts.setInt(logged, "log_size", LOG_BYTES);
    Uapi.bpf_prog_load_opts.setPointer(logged, "log_buf", log);
  }

  /**
   * Lays a program out; nothing is loaded yet.
   *
   * @param name at most 15 characters are kept by the kernel; letters, digits, {@code _} and {@code
   *     .}
   * @param type {@code BPF_PROG_TYPE_…} of {@link Uapi}
   * @param code one {@code struct bpf_insn} each
   * @param functions where the functions begin, the program's own first, if one of them is to be
   *     called back; else empty. The kernel wants types (BTF) of such programs, which they get
   * @throws BpfException where the kernel refuses the types
   */
  public static Instructions of(String name, int type, long[] code, List<Integer> functions) {
    return new Instructions(name, type, code, functions);
  }

  private MemorySegment options(List<Integer> functions) {
    MemorySegment opts = Uapi.bpf_prog_load_opts.allocate(arena);
    Uapi.bpf_prog_load_opts.setLong(opts, "sz", opts.byteSize());
    if (type == Uapi.BPF_PROG_TYPE_SYSCALL) {
      Uapi.bpf_prog_load_opts.setInt(opts, "prog_flags", BPF_F_SLEEPABLE);
    }
    if (!functions.isEmpty()) {
      long each = Uapi.bpf_func_info.size();
      MemorySegment infos = arena.allocate(each * functions.size(), Integer.BYTES);
      for (int i = 0; i < functions.size(); i++) {
        MemorySegment info = infos.asSlice(i * each, each);
        Uapi.bpf_func_info.setInt(info, "insn_off", functions.get(i));
        Uapi.bpf_func_info.setInt(info, "type_id", BareBtf.FIRST_FUNCTION + i);
      }
      Uapi.bpf_prog_load_opts.setInt(opts, "prog_btf_fd", btf);
      Uapi.bpf_prog_load_opts.setPointer(opts, "func_info", infos);
      Uapi.bpf_prog_load_opts.setInt(opts, "func_info_cnt", functions.size());
      Uapi.bpf_prog_load_opts.setInt(opts, "func_info_rec_size", Math.toIntExact(each));
    }
    return opts;
  }

  private int typesOf(int functions) {
    byte[] bytes = BareBtf.ofFunctions(functions);
    int fd =
        LibBpf.bpf_btf_load(
            arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length, MemorySegment.NULL);
    if (fd < 0) {
      arena.close();
      throw new BpfException("bpf_btf_load", "types of " + name, -fd);
    }
    return fd;
  }

  /** How many there are, before the verifier rewrites them. */
  public int count() {
    return count;
  }

  /**
   * Has the kernel verify and compile the program: one BPF_PROG_LOAD without a log.
   *
   * @return the program, to be closed by the caller
   * @throws BpfException where the verifier refuses; its log is not asked for
   */
  public Loaded load() {
    return load(plain);
  }

  /** As {@link #load}, and gives the verifier's statistics, lines of text, instead. */
  public String verifierStatistics() {
    load(logged).close();
    return log.getString(0, StandardCharsets.UTF_8);
  }

  private Loaded load(MemorySegment opts) {
    String call = "bpf_prog_load";
    return lifetime.get(
        call,
        () -> {
          int fd = LibBpf.bpf_prog_load(type, kernelName, license, code, count, opts);
          if (fd < 0) {
            throw new BpfException(call, name + ", " + count + " instructions", -fd);
          }
          return new Loaded(name, fd);
        });
  }

  /** A program that the kernel accepted. */
  public static final class Loaded implements AutoCloseable {
    private final Lifetime lifetime;
    private final String about;
    private final int fd;

    private Loaded(String name, int fd) {
      this.about = "program " + name;
      this.lifetime = new Lifetime(about);
      this.fd = fd;
    }

    /** What the kernel says of it. */
    public Info info() {
      return lifetime.get("bpf_obj_get_info_by_fd", () -> BpfProgram.info(fd, about));
    }

    /** Runs it now, by BPF_PROG_RUN; see {@link BpfProgram#run}. */
    public RunOutput run(RunInput input) {
      return lifetime.get("bpf_prog_test_run_opts", () -> BpfProgram.run(fd, input, about));
    }

    /** Makes it ready to be run by itself with a context of these bytes. */
    public PreparedRun prepared(MemorySegment context) {
      return new PreparedRun(lifetime, fd, about, context);
    }

    /** Unloads it. Idempotent. */
    @Override
    public void close() {
      lifetime.close(() -> BpfMap.closeFd(fd));
    }
  }

  /** Gives the memory back; loaded programs stay until they are closed. Idempotent. */
  @Override
  public void close() {
    lifetime.close(() -> {
      if (btf >= 0) {
        BpfMap.closeFd(btf);
      }
      arena.close();
    });
  }
}
