package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.AttachTarget;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.KernelNames;
import dev.bpfgauge.libbpf.LoadedPrograms;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.os.Shown;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a kernel does not take a program, in one sentence: what it lacks, or what the verifier said
 * of which line. Read from what libbpf 1.1 to 1.7 and Linux 5.14 to 7.2 print.
 *
 * @param section of the program, which names what it hangs on
 * @param type {@code BPF_PROG_TYPE_…}
 * @param withoutMaps maps that could not be made → why
 * @param unknown functions and variables of the kernel that it does not have
 */
record LoadReason(
    String section, int type, Map<String, String> withoutMaps, Collection<String> unknown) {
  private static final int LONGEST_LINE = 120;

  private static final Pattern MAP =
      Pattern.compile("BPF map '([^'\\n]*)' is referenced but wasn't created");
  private static final Pattern RELOCATION =
      Pattern.compile("failed to resolve CO-RE relocation <(\\w+)> \\[\\d+\\] ([^\\n]*)");
  private static final Pattern KFUNC =
      Pattern.compile("kfunc '([^'\\n]*)' is referenced but wasn't resolved");
  private static final Pattern UNRESOLVED_CALL =
      Pattern.compile(
          "\\(85\\) call (?:kernel-function )?#0\\b"
              + "|invalid kernel function call not eliminated");
  private static final Pattern NO_HELPER = Pattern.compile("invalid func (\\w+)#(\\d+)");
  private static final Pattern HELPER_NOT_HERE =
      Pattern.compile("(?:unknown func|program of this type cannot use helper) (\\w+)#(\\d+)");
  private static final Pattern NOT_GPL =
      Pattern.compile("cannot call GPL(?:-restricted function|_only)? ?from non-GPL compatible");
  private static final Pattern TARGET =
      Pattern.compile("failed to find (?:kernel|vmlinux) BTF type ID of '([^'\\n]*)'");
  private static final Pattern TOO_LARGE =
      Pattern.compile("BPF program is too large\\. Processed (\\d+) insn");

  private static final Pattern NO_CONFIGURATION = Pattern.compile("failed to open system Kconfig");

  private static final String CONFIGURATION =
      "its object reads the kernel's configuration (__kconfig), and neither /proc/config.gz nor"
          + " /boot/config-RELEASE is there; guests have it of kernels that were fetched with it:"
          + " kernels fetch --again";

  private static final Pattern INFINITE = Pattern.compile("(infinite loop detected at insn \\d+)");

  private static final Pattern LAST_LINE = Pattern.compile("processed \\d+ insns .*");
  private static final String NOTHING_SEEN = "processed 0 insns ";
  private static final Pattern INSTRUCTION = Pattern.compile("(?:from )?\\d+(?: to \\d+.*)?: .*");

  private static final Pattern STATES = Pattern.compile("(?:cur|old) state:.*");
  private static final Pattern SOURCE = Pattern.compile("; (.*?)(?: @ (\\S+:\\d+))?");
  private static final Pattern NOT_OF_THE_VERIFIER =
      Pattern.compile(
          "(?:libbpf:|-- |arg#\\d+ |func#\\d+ |last_idx |regs=|parent |mark_precise|BTF"
              + " loading|verification time).*");

  /** The sentence. */
  String of(BpfException e) {
    return isDenied(e) ? denied(e) : sentence(e, e.log());
  }

  /** The kernel will not, for this user or for all; nothing is wrong with the program. */
  static boolean isDenied(BpfException e) {
    return e.isLockedDown() || (e.errno() == Errno.EPERM && !hasVerifiersWords(e.log()));
  }

  static String denied(BpfException e) {
    return KernelsAnswer.DENIED.says(
        String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName()));
  }

  private String sentence(BpfException e, String log) {
    return first(
            () -> found(MAP, log).map(m -> map(m.group(1))),
            () -> found(RELOCATION, log).map(m -> relocation(m.group(1), m.group(2))),
            () -> found(KFUNC, log).map(m -> kfunc(m.group(1))),
            () ->
                found(UNRESOLVED_CALL, log)
                    .filter(_ -> !unknown.isEmpty())
                    .map(_ -> kfunc(String.join(" or ", unknown))),
            () -> found(NO_HELPER, log).map(m -> noHelper(m.group(1), m.group(2))),
            () -> found(HELPER_NOT_HERE, log).map(m -> helperNotHere(m.group(1), m.group(2))),
            () ->
                found(NOT_GPL, log)
                    .map(_ ->
                        "its licence is not compatible with the GPL, and it calls what the kernel"
                            + " keeps for GPL programs"
                            + at(log)),
            () -> found(TARGET, log).map(m -> target(m.group(1))),
            () ->
                found(TOO_LARGE, log)
                    .map(m ->
                        "the verifier gave up after %s instructions: too many paths, or a loop too long"
                            .formatted(m.group(1))),
            () -> found(INFINITE, log).map(m -> "the verifier says: " + m.group(1) + at(log)),
            () -> verifiers(log).map(this::withUnknown),
            () -> tooLarge(e),
            () -> found(NO_CONFIGURATION, log).map(_ -> CONFIGURATION),
            this::ofSection,
            this::noSuchType,
            () -> libbpfs(log))
        .orElseGet(() -> String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
  }

  private interface Rule {
    Optional<String> sentence();
  }

  private static Optional<String> first(Rule... rules) {
    for (Rule rule : rules) {
      Optional<String> sentence = rule.sentence();
      if (sentence.isPresent()) {
        return sentence.map(Shown::name);
      }
    }
    return Optional.empty();
  }

  private static Optional<Matcher> found(Pattern pattern, String log) {
    Matcher matcher = pattern.matcher(log);
    return matcher.find() ? Optional.of(matcher) : Optional.empty();
  }

  private String map(String name) {
    return "it uses map %s, which this kernel does not make: %s"
        .formatted(name, withoutMaps.getOrDefault(name, "no reason is told"));
  }

  /** {@code struct task_struct___x.no_such_field (0:1 @ offset 4)}, {@code enum x::Y = 3}. */
  private static String relocation(String kind, String what) {
    String name =
        what.replaceFirst(" \\([^()]*\\)$", "")
            .replaceFirst(" = -?\\d+$", "")
            .replaceAll("___\\w+", "");
    return kind.startsWith("type_")
            || kind.startsWith("local_type")
            || kind.startsWith("target_type")
        ? "this kernel has no type " + name
        : kind.startsWith("enumval")
            ? "this kernel has no " + name
            : "this kernel has no field " + name;
  }

  private static String kfunc(String name) {
    return "this kernel has no function %s that programs may call (kfunc)".formatted(name);
  }

  private static String noHelper(String name, String number) {
    return "this kernel has no helper %s".formatted(helper(name, number));
  }

  private String helperNotHere(String name, String number) {
    return name.equals("unknown")
        ? noHelper(name, number)
        : "helper %s is not for programs of type %s on this kernel"
            .formatted(helper(name, number), LoadedPrograms.typeWord(type));
  }

  private static String helper(String name, String number) {
    return name.equals("unknown") ? "number " + number : name;
  }

  private String target(String name) {
    return switch (section.replaceFirst("[./].*", "")) {
      case "tp_btf", "raw_tp", "raw_tracepoint" -> "this kernel has no tracepoint " + name;
      case "lsm", "lsm_cgroup" -> "this kernel has no security hook " + name;
      case "iter" -> "this kernel has no iterator " + name;
      default -> function(name);
    };
  }

  private static String function(String name) {
    Set<String> known = KernelNames.functions();
    return known.contains(name)
        ? "function %s of this kernel is closed to tracing: static, notrace or without BTF"
            .formatted(name)
        : "this kernel has no function %s to attach to: it is missing, inlined or closed to tracing%s"
            .formatted(name, AttachTarget.near(name, known));
  }

  /** What is missing is 0 to the verifier, and no pointer. */
  private String withUnknown(String said) {
    return unknown.isEmpty() || !said.contains("'scalar'")
        ? said
        : said + "; this kernel does not have " + String.join(" and ", unknown);
  }

  private static Optional<String> tooLarge(BpfException e) {
    return e.errno() == Errno.E2BIG
        ? Optional.of(
            "the verifier gave up after a million instructions: too many paths, or a loop too long")
        : Optional.empty();
  }

  private Optional<String> ofSection() {
    if (section.matches("f(entry|exit|mod_ret)(\\.s)?")) {
      return Optional.of("its section names no function to attach to");
    }
    return section.matches("freplace\\b.*")
        ? Optional.of(
            "it replaces a function of another program (freplace), which is not loaded here")
        : type == 0
            ? Optional.of(
                "its section “%s” names no hook that this machine's libbpf knows"
                    .formatted(section))
            : Optional.empty();
  }

  private Optional<String> noSuchType() {
    return LibBpf.libbpf_probe_bpf_prog_type(type, MemorySegment.NULL) == 0
        ? Optional.of("this kernel has no programs of type " + LoadedPrograms.typeWord(type))
        : Optional.empty();
  }

  /** What the verifier says at its end, and of which line of the source. */
  private static Optional<String> verifiers(String log) {
    List<String> lines = log.lines().toList();
    int end = lines.size() - 1;
    while (end >= 0 && !LAST_LINE.matcher(lines.get(end)).matches()) {
      end--;
    }
    List<String> said = new ArrayList<>();
    for (int i = end - 1; i >= 0 && !INSTRUCTION.matcher(lines.get(i)).matches(); i--) {
      if (isSaid(lines.get(i))) {
        said.addFirst(lines.get(i).strip());
      }
    }
    return said.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the verifier says: "
                + String.join("; ", said.subList(Math.max(0, said.size() - 2), said.size()))
                + at(log));
  }

  private static boolean isSaid(String line) {
    return !line.isBlank()
        && !line.startsWith(";")
        && !STATES.matcher(line).matches()
        && !NOT_OF_THE_VERIFIER.matcher(line).matches();
  }

  /** Where it has not looked at an instruction, something else has refused. */
  private static boolean hasVerifiersWords(String log) {
    return log.lines()
        .anyMatch(line -> LAST_LINE.matcher(line).matches() && !line.startsWith(NOTHING_SEEN));
  }

  /** The last line of the source that the log names; empty where there is no BTF. */
  private static String at(String log) {
    String last = "";
    for (String line : log.lines().toList()) {
      Matcher source = SOURCE.matcher(line);
      if (source.matches() && !source.group(1).isBlank()) {
        String text = source.group(1).strip();
        last =
            ", at “%s”"
                    .formatted(
                        text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "…" : text)
                + (source.group(2) == null ? "" : " (" + source.group(2) + ")");
      }
    }
    return last;
  }

  /** libbpf's own last complaint. */
  private static Optional<String> libbpfs(String log) {
    String last = BpfException.firstComplaint(log);
    return last.isEmpty() ? Optional.empty() : Optional.of("libbpf says: " + last);
  }
}
