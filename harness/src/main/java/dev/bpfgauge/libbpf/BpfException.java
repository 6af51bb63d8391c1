package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.os.Shown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A call of libbpf or the kernel that was refused. The message is one sentence: the call, what it
 * was about, errno's name and text, and what would help where that is known. What libbpf printed
 * meanwhile (for a load: the verifier's log) follows on lines of its own.
 */
public final class BpfException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LOG_LINES_IN_MESSAGE = 60;

  /** The errno of what the kernel was not asked for. */
  private static final int NONE = 0;

  private static final Pattern HARMLESS =
      Pattern.compile(".*(?:skipping|Ignored and continue|optional, ignoring).*");

  private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

  private final String call;
  private final int errno;
  private final String log;
  private final boolean lockedDown;

  BpfException(String call, String about, int errno, String log) {
    this(call, about, errno, log, lockdown(call, errno, log));
  }

  private BpfException(
      String call, String about, int errno, String log, Optional<String> lockdown) {
    super(message(call, about, errno, log, lockdown.orElseGet(() -> hint(call, errno))));
    this.call = call;
    this.errno = errno;
    this.log = log;
    this.lockedDown = lockdown.isPresent();
  }

  BpfException(String call, String about, int errno) {
    this(call, about, errno, "");
  }

  /**
   * What the kernel would take, and would do nothing for.
   *
   * @param reason one sentence with the fix
   */
  private BpfException(String call, String reason) {
    super(reason);
    this.call = call;
    this.errno = NONE;
    this.log = "";
    this.lockedDown = false;
  }

  /**
   * Refuses what the kernel would take, but would never do.
   *
   * @param reason one sentence with the fix
   */
  static BpfException inVain(String call, String reason) {
    return new BpfException(call, reason);
  }

  /** The C function that failed, e.g. {@code bpf_map_update_elem}. */
  public String call() {
    return call;
  }

  /** Positive, one of {@link Errno}'s or another; 0 where the kernel was not asked. */
  public int errno() {
    return errno;
  }

  /** What libbpf printed during the call, the verifier's log included; may be empty. */
  public String log() {
    return log;
  }

  /** The first of libbpf's complaints: those behind it follow from it. */
  public static String firstComplaint(String log) {
    return Shown.name(
        log.lines()
            .filter(line -> line.startsWith("libbpf: "))
            .map(line -> line.substring("libbpf: ".length()).strip())
            .filter(line -> !line.isEmpty() && !HARMLESS.matcher(line).matches())
            .findFirst()
            .orElse(""));
  }

  /** The last that the verifier said of what was wrong; empty where it said nothing. */
  public Optional<String> lastWords() {
    return log.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.matches("(libbpf:|processed|--|verification).*"))
        .reduce((_, later) -> later);
  }

  /**
   * Whether a setting of this machine is the reason, or may be, and not what its kernel is: the
   * message names the setting.
   */
  public boolean isForASetting() {
    return lockedDown || errno == NONE;
  }

  /** Whether {@link Lockdown} may be the reason. */
  public boolean isLockedDown() {
    return lockedDown;
  }

  private static String message(String call, String about, int errno, String log, String hint) {
    return call
        + "("
        + about
        + ") failed: "
        + errnoText(errno)
        + (hint.isEmpty() ? "" : ": " + hint)
        + (log.isEmpty() ? "" : "\n" + end(log));
  }

  /** E.g. {@code EPERM}. */
  public String errnoName() {
    String text = errnoText(errno);
    return text.substring(0, text.indexOf(" ("));
  }

  /** E.g. {@code EPERM (Operation not permitted)}. */
  static String errnoText(int errno) {
    String name =
        switch (errno) {
          case Errno.EPERM -> "EPERM";
          case Errno.ENOENT -> "ENOENT";
          case Errno.ESRCH -> "ESRCH";
          case Errno.EINTR -> "EINTR";
          case Errno.E2BIG -> "E2BIG";
          case Errno.EBADF -> "EBADF";
          case Errno.EAGAIN -> "EAGAIN";
          case Errno.ENOMEM -> "ENOMEM";
          case Errno.EACCES -> "EACCES";
          case Errno.EFAULT -> "EFAULT";
          case Errno.EBUSY -> "EBUSY";
          case Errno.EEXIST -> "EEXIST";
          case Errno.ENODEV -> "ENODEV";
          case Errno.EINVAL -> "EINVAL";
          case Errno.EMFILE -> "EMFILE";
          case Errno.ENOSPC -> "ENOSPC";
          case Errno.ERANGE -> "ERANGE";
          case Errno.ENOSYS -> "ENOSYS";
          case Errno.EOPNOTSUPP -> "EOPNOTSUPP";
          case Errno.ETIMEDOUT -> "ETIMEDOUT";
          case Errno.ENOTSUPP -> "ENOTSUPP";
          default -> "errno " + errno;
        };
    return name + " (" + description(errno) + ")";
  }

  private static String description(int errno) {
    if (errno == Errno.ENOTSUPP) {
      return "not supported by this kernel"; // the kernel's own 524, which libc does not know
    }
    return LibC.has("strerrordesc_np") ? LibC.strerrordesc_np(errno) : LibC.strerror(errno);
  }

  /**
   * Loading and attaching is what lockdown refuses: by EINVAL for a helper, else by EPERM. Where it
   * holds from the boot on, tracefs has no tracepoints.
   */
  private static Optional<String> lockdown(String call, int errno, String log) {
    boolean refused =
        errno == Errno.EPERM
            || errno == Errno.EACCES
            || errno == Errno.EINVAL
            || (errno == Errno.ENOENT && call.equals(Tracepoint.CALL));
    return refused
            && call.matches(
                "bpf_(object__load|prog_load|program__attach.*)|perf_.*|open|" + Tracepoint.CALL)
        ? Lockdown.read().reason(log)
        : Optional.empty();
  }

  private static String hint(String call, int errno) {
    return switch (errno) {
      case Errno.EPERM -> missingCapability(call);
      case Errno.EMFILE -> "too many open files; raise the limit with ulimit -n";
      case Errno.ENOSYS ->
          call.matches("bpf_(map_.*|btf_load|prog_load|object__load)")
              ? "this kernel has no bpf(2) (CONFIG_BPF_SYSCALL), or a filter takes it away"
              : "this kernel has no such call";
      case Errno.ESRCH ->
          call.equals("bpf_object__load") && !Files.isReadable(BTF)
              ? "there is no " + BTF + ", where a kernel tells its types (CONFIG_DEBUG_INFO_BTF)"
              : "";
      case Errno.E2BIG ->
          switch (call) {
            case "bpf_map_update_elem", "bpf_map_update_batch" -> "the map is full";
            case "bpf_prog_load" -> "the verifier walks a million instructions at most";
            case "bpf_map_create" -> "the kernel does not make maps this large";
            default -> "";
          };
      case Errno.ENOMEM ->
          call.equals("bpf_map_create")
              ? "not enough memory; ask for fewer entries or smaller values"
              : "";
      case Errno.ENOSPC ->
          call.startsWith("bpf_map_lookup")
              ? "one bucket holds more than the batch; ask for a larger one"
              : "";
      default -> "";
    };
  }

  private static String missingCapability(String call) {
    String capability =
        switch (call) {
          case "bpf_object__load" ->
              "CAP_BPF, for tracing programs CAP_PERFMON and for network programs CAP_NET_ADMIN";
          case "bpf_program__attach",
              "bpf_program__attach_perf_event",
              "bpf_program__attach_raw_tracepoint",
              "perf_event_open" ->
              "CAP_BPF and CAP_PERFMON";
          case "bpf_enable_stats",
              "bpf_prog_get_next_id",
              "bpf_link_get_next_id",
              "bpf_map_get_next_id",
              "fsopen",
              "fsconfig",
              "fsmount" ->
              "CAP_SYS_ADMIN";
          default -> "CAP_BPF (CAP_SYS_ADMIN before Linux 5.8)";
        };
    return Denial.read().reason(capability);
  }

  /** The end of a long log, where the verifier says why; all of it is in {@link #log()}. */
  private static String end(String log) {
    List<String> lines = log.lines().toList();
    int dropped = lines.size() - LOG_LINES_IN_MESSAGE;
    return dropped <= 0
        ? log.stripTrailing()
        : "(%d lines of the log left out)\n".formatted(dropped)
            + String.join("\n", lines.subList(dropped, lines.size()));
  }
}
