package dev.bpfgauge.suite.ab;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One thing in which an arm differs: {@code env:NAME=VALUE}.
 *
 * @param kind what is set
 * @param name of a variable or file; empty where the kind has none
 * @param value what it becomes
 */
public record Setting(Kind kind, String name, String value) {

  /** In a control group's folder: what is written there joins it. */
  static final String PROCESSES = "cgroup.procs";

  /** What can differ. */
  public enum Kind {
    /** A variable of the command's environment. */
    ENV("NAME=VALUE"),
    /** Another command, for the shell. */
    RUN("COMMAND"),
    /** A file below /proc/sys, dots in place of slashes. */
    SYSCTL("NAME=VALUE"),
    /** A file below /sys or /proc/sys. */
    FILE("PATH=VALUE"),
    /** CPUs that the command may use, as in cpuset(7). */
    CPUS("LIST"),
    /** The folder of a control group that the command runs in. */
    CGROUP("FOLDER"),
    /** An object whose programs are attached meanwhile. */
    BPF("FILE");

    private final String shape;

    Kind(String shape) {
      this.shape = shape;
    }

    /** Whether it is in force for everything on the machine. */
    boolean isOfMachine() {
      return switch (this) {
        case SYSCTL, FILE, BPF -> true;
        case ENV, RUN, CPUS, CGROUP -> false;
      };
    }

    private boolean hasName() {
      return shape.contains("=");
    }

    String word() {
      return EnumWords.of(this);
    }
  }

  /**
   * Reads one, or the name of a {@link KnownSetting}.
   *
   * @param option where it stands, for messages
   * @throws Refusal with what is taken where it is none
   */
  public static Setting parse(String option, String text) {
    Optional<KnownSetting> known = KnownSetting.named(text);
    if (known.isPresent()) {
      return parse(option + " " + text, known.get().text());
    }
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(it -> it.word().equals(word))
            .findFirst()
            .orElseThrow(() -> Refusal.option(unknown(option, text, word)));
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    int equals = rest.indexOf('=');
    if (rest.isBlank() || (kind.hasName() && equals < 1)) {
      throw Refusal.option(
          "%s %s: %s takes %s:%s.".formatted(option, text, kind.word(), kind.word(), kind.shape));
    }
    boolean isPath = kind == Kind.BPF || kind == Kind.CGROUP;
    Setting setting =
        kind.hasName()
            ? new Setting(kind, rest.substring(0, equals), rest.substring(equals + 1))
            : new Setting(kind, "", isPath ? Path.of(rest).toAbsolutePath().toString() : rest);
    setting.check(option + " " + text);
    return setting;
  }

  private static String unknown(String option, String text, String word) {
    return text.startsWith("/")
        ? "%s %s: a file is file:%s.".formatted(option, text, text)
        : option
            + ": "
            + NearestName.unknown(
                "setting", word, Arrays.stream(Kind.values()).map(Kind::word).toList())
            + ", or a name that ab list shows";
  }

  private void check(String given) {
    switch (kind) {
      case CPUS -> cpus(given);
      case SYSCTL, FILE -> {
        Path file = file();
        if (!file.startsWith("/sys") && !file.startsWith("/proc/sys")) {
          throw Refusal.option(given + ": only files below /sys and /proc/sys are settings.");
        }
        if (!Files.isRegularFile(file)) {
          throw Refusal.option(given + ": this kernel has no " + file + ".");
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
          throw Refusal.environment(
              given + ": " + file + " cannot be read and written by this user: sudo.");
        }
      }
      case CGROUP -> {
        Path processes = Path.of(value, PROCESSES);
        if (!Files.isRegularFile(processes)) {
          throw Refusal.option(
              given + ": " + value + " is not a control group: make it with mkdir.");
        }
        if (!Files.isWritable(processes)) {
          throw Refusal.environment(
              given + ": " + processes + " cannot be written by this user: sudo.");
        }
      }
      case BPF -> {
        if (!Files.isRegularFile(Path.of(value))) {
          throw Refusal.option(given + ": there is no file " + value + ".");
        }
      }
      default -> {}
    }
  }

  /** The file of a setting of the machine. */
  Path file() {
    return switch (kind) {
      case SYSCTL -> Path.of("/proc/sys", name.replace('.', '/')).normalize();
      case FILE -> Path.of(name).normalize();
      default -> throw new IllegalStateException(kind + " has no file");
    };
  }

  /**
   * The CPUs of {@link Kind#CPUS}.
   *
   * @throws Refusal where it is no list of them
   */
  List<Integer> cpus(String given) {
    List<Integer> cpus = new ArrayList<>();
    for (String part : value.split(",", -1)) {
      String[] ends = part.strip().split("-", -1);
      try {
        int first = Integer.parseInt(ends[0]);
        int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
        if (ends.length > 2 || first < 0 || last < first || last > 8191) {
          throw new NumberFormatException(part);
        }
        for (int cpu = first; cpu <= last; cpu++) {
          cpus.add(cpu);
        }
      } catch (NumberFormatException e) {
        throw new Refusal(
            Refusal.Kind.OPTION,
            "%s: '%s' is not a list of CPUs like 0-3,8.".formatted(given, value),
            e);
      }
    }
    return cpus;
  }

  /** What it sets, so that nothing is set twice. */
  public String target() {
    return switch (kind) {
      case SYSCTL, FILE -> file().toString();
      case BPF, CGROUP -> value;
      case ENV -> "env:" + name;
      case RUN, CPUS -> kind.word();
    };
  }

  /** As it was given. */
  public String text() {
    return kind.word() + ":" + (kind.hasName() ? name + "=" : "") + value;
  }
}
