package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;

/**
 * Where a program hangs by its section's name (libbpf: Documentation/bpf/libbpf/program_types.rst),
 * and whether that is there: loading a program does not ask for it.
 *
 * @param hook what stands before the first slash: {@code kprobe}, {@code tp}
 * @param target what stands behind it
 */
public record AttachTarget(String hook, String target) {
  /** Where libbpf looks for a library that is named without a folder. */
  private static final List<String> LIBRARIES = List.of("/usr/lib64", "/usr/lib", "/lib64", "/lib");

  private static final int MISTYPED = 2;

  /** Of a program's section, e.g. {@code kprobe/vfs_read}. */
  public static AttachTarget of(String section) {
    String plain = section.startsWith("?") ? section.substring(1) : section;
    int split = plain.indexOf('/');
    return split < 0
        ? new AttachTarget(plain, "")
        : new AttachTarget(plain.substring(0, split), plain.substring(split + 1));
  }

  /** One sentence where it is not there on this machine; empty where it is, or nobody knows. */
  public Optional<String> missing() {
    try {
      return switch (hook.replaceFirst("[.+].*", "")) {
        case "kprobe", "kretprobe" -> hook.contains(".") ? Optional.empty() : function();
        case "ksyscall", "kretsyscall" -> systemCall();
        case "tp", "tracepoint" -> tracepoint();
        case "uprobe", "uretprobe" -> hook.contains(".multi") ? Optional.empty() : symbol();
        default -> Optional.empty();
      };
    } catch (BpfException e) {
      return Optional.empty(); // No tracefs to be had, for this user.
    }
  }

  private Optional<String> function() {
    String name = target.replaceFirst("\\+.*", "");
    Collection<String> known = KernelNames.functions();
    return name.isEmpty() || known.isEmpty() || known.contains(name)
        ? Optional.empty()
        : Optional.of("this kernel has no function " + name + near(name, known));
  }

  private Optional<String> systemCall() {
    Collection<String> known = KernelNames.functions();
    boolean there =
        Stream.of("__x64_sys_", "__arm64_sys_", "__se_sys_", "sys_")
            .anyMatch(prefix -> known.contains(prefix + target));
    return known.isEmpty() || there
        ? Optional.empty()
        : Optional.of("this kernel has no system call " + target);
  }

  private Optional<String> tracepoint() {
    Collection<String> known = KernelNames.tracepoints();
    return known.isEmpty() || known.contains(target)
        ? Optional.empty()
        : Optional.of("this kernel has no tracepoint " + target + near(target, known));
  }

  /** The same where attaching failed for what only the attempt tells; its own words otherwise. */
  public String missing(BpfException e) {
    return missing()
        .or(() -> e.errno() == Errno.ENOENT ? rawTracepoint() : Optional.empty())
        .or(() -> e.errno() == Errno.EINVAL ? closed() : Optional.empty())
        .orElseGet(() -> words(e));
  }

  private Optional<String> rawTracepoint() {
    return hook.matches("raw_(tp|tracepoint)(\\.w)?")
        ? Optional.of(
            "this kernel has no raw tracepoint "
                + target
                + near(
                    target,
                    KernelNames.tracepoints().stream()
                        .map(name -> name.substring(name.indexOf('/') + 1))
                        .toList()))
        : Optional.empty();
  }

  private Optional<String> closed() {
    return hook.matches("k(ret)?probe")
        ? Optional.of(
            "function %s of this kernel is closed to probes: notrace, or on the kprobes' blacklist"
                .formatted(target))
        : Optional.empty();
  }

  private static String words(BpfException e) {
    String words = BpfException.firstComplaint(e.log());
    if (words.contains("legacy kprobe event") && words.contains("No such file")) {
      return "this kernel has no kprobes for perf events, and no tracefs is mounted either"
          + " (CONFIG_KPROBE_EVENTS; mount -t tracefs tracefs /sys/kernel/tracing)";
    }
    return words.isEmpty()
        ? String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName())
        : words;
  }

  private Optional<String> symbol() {
    int colon = target.lastIndexOf(':');
    if (colon <= 0) {
      return Optional.of("its section names no file and no function to attach to");
    }
    String name = target.substring(0, colon);
    String function = target.substring(colon + 1).replaceFirst("\\+.*", "");
    Optional<Path> file = file(name);
    if (file.isEmpty()) {
      return Optional.of("there is no file %s here to attach to".formatted(Shown.name(name)));
    }
    if (function.isEmpty() || function.matches("0x[0-9a-fA-F]+|\\d+")) {
      return Optional.empty();
    }
    List<String> known = symbols(file.get());
    String plain = function.replaceFirst("@.*", "");
    return known.isEmpty() || known.contains(plain)
        ? Optional.empty()
        : Optional.of(
            "%s has no function %s%s"
                .formatted(Shown.name(file.get().toString()), plain, near(plain, known)));
  }

  private static Optional<Path> file(String name) {
    if (name.startsWith("/")) {
      return Optional.of(Path.of(name)).filter(Files::isRegularFile);
    }
    return name.contains(".so")
        ? Stream.concat(
                Arrays.stream(
                    Optional.ofNullable(System.getenv("LD_LIBRARY_PATH"))
                        .orElse("")
                        .split(":", -1)),
                Stream.concat(LIBRARIES.stream(), multiarch().stream()))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, name))
            .filter(Files::isRegularFile)
            .findFirst()
        : SearchPath.find(name);
  }

  private static List<String> multiarch() {
    return System.getProperty("os.arch", "").equals("aarch64")
        ? List.of("/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
        : List.of("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu");
  }

  /** Of both symbol tables; empty where it is no ELF file. */
  private static List<String> symbols(Path file) {
    try {
      ElfFile elf = ElfFile.from(file.toFile());
      List<String> names = new ArrayList<>();
      for (ElfSymbolTableSection table :
          Arrays.asList(elf.getSymbolTableSection(), elf.getDynamicSymbolTableSection())) {
        if (table != null) {
          for (ElfSymbol symbol : table.symbols) {
            if (symbol.st_shndx != 0 && symbol.getName() != null) {
              names.add(symbol.getName());
            }
          }
        }
      }
      return names;
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
  }

  /** What it may be called here: a variant that the compiler made, a longer name, or a near one. */
  public static String near(String name, Collection<String> known) {
    List<String> variants =
        known.stream().filter(it -> it.startsWith(name + ".")).sorted().limit(2).toList();
    if (!variants.isEmpty()) {
      return "; it has " + String.join(" and ", variants);
    }
    return known.stream()
        .filter(it -> it.endsWith("_" + name))
        .min(Comparator.naturalOrder())
        .or(() ->
            known.stream()
                .filter(it -> different(name, it) <= MISTYPED)
                .min(
                    Comparator.comparingInt((String it) -> different(name, it))
                        .thenComparing(Comparator.naturalOrder())))
        .map(it -> "; it has " + Shown.name(it))
        .orElse("");
  }

  /** Letters of the one place where they differ: quick, for all names of a kernel are asked. */
  private static int different(String name, String other) {
    int longer = Math.max(name.length(), other.length());
    int shorter = Math.min(name.length(), other.length());
    if (longer - shorter > MISTYPED || longer <= 2 * MISTYPED) {
      return longer;
    }
    int before = 0;
    while (before < shorter && name.charAt(before) == other.charAt(before)) {
      before++;
    }
    int after = 0;
    while (after < shorter - before
        && name.charAt(name.length() - 1 - after) == other.charAt(other.length() - 1 - after)) {
      after++;
    }
    return longer - before - after;
  }
}
