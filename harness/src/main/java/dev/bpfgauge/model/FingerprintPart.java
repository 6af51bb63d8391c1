package dev.bpfgauge.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parts of a fingerprint that came after histories of runs had begun. A run from before does
 * not have them: what they were then is unknown, and no difference. A history goes on where they
 * are as usual.
 */
public enum FingerprintPart {
  /** Options that the environment gives every JVM, e.g. {@code -Xint}. */
  JVM_FLAGS("jvm flags", "none"),
  /** BPF run-time statistics, which somebody else has switched on. */
  BPF_STATISTICS("bpf statistics", "off"),
  /** Programs at hooks of the kernel, which somebody else has loaded. */
  OTHER_PROGRAMS("other bpf programs", "none"),
  /** How the verifier takes our programs: without CAP_PERFMON with checks against speculation. */
  BPF_VERIFIER("bpf verifier", "privileged"),
  /** Of the online CPUs, those this process may use. */
  CPUS_ALLOWED("cpus allowed", "all"),
  /** The limit of this process's control group and those above it. */
  CPU_QUOTA("cpu quota", "none"),
  /** Policy and nice value. */
  SCHEDULING("scheduling", "normal"),
  /** Whether kernel symbols have addresses. */
  KERNEL_ADDRESSES("kernel addresses", "shown"),
  /** What the user's own programs are given, beside what is built in. */
  INPUT("input of programs", "none", true),
  /** What a fork's figure is: means and medians of turns are not compared. */
  FIGURE("figure", "mean of a fork", true);

  /** The other value of {@link #FIGURE}. */
  public static final String MEDIAN_OF_TURNS = "median of turns";

  /** The value of a part, or the end of one, that this user may not read. */
  public static final String NOT_READABLE = "not readable";

  private final String word;
  private final String usual;
  private final boolean wasUsual;

  FingerprintPart(String word, String usual) {
    this(word, usual, false);
  }

  /**
   * @param wasUsual runs that do not say it have it as usual
   */
  FingerprintPart(String word, String usual, boolean wasUsual) {
    this.word = word;
    this.usual = usual;
    this.wasUsual = wasUsual;
  }

  /** What a fingerprint says of it; empty where that is not known. */
  static String value(Map<String, String> fingerprint, String name) {
    String otherwise =
        ofWord(name).filter(part -> part.wasUsual).map(part -> part.usual).orElse("");
    return fingerprint.getOrDefault(name, otherwise);
  }

  /** Its name in the fingerprint. */
  public String word() {
    return word;
  }

  /** Its value on a machine where nobody changed anything. */
  public String usual() {
    return usual;
  }

  static Optional<FingerprintPart> ofWord(String word) {
    for (FingerprintPart part : values()) {
      if (part.word.equals(word)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  /** Whether a fingerprint means the same without this entry. */
  static boolean saysNothing(String name, String value) {
    return ofWord(name)
        .filter(part -> value.equals(part.usual) || value.equals(NOT_READABLE))
        .isPresent();
  }

  /** The names of which one fingerprint does not say what another says. */
  public static Set<String> unsaid(Map<String, String> one, Map<String, String> other) {
    Set<String> unsaid = new TreeSet<>();
    Set<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    for (String name : names) {
      String left = one.get(name);
      String right = other.get(name);
      boolean oneLacksIt =
          (left == null) != (right == null)
              && ofWord(name).filter(part -> !part.wasUsual).isPresent();
      boolean oneCannotRead =
          left != null
              && right != null
              && !left.equals(right)
              && (left.endsWith(NOT_READABLE) || right.endsWith(NOT_READABLE));
      if (oneLacksIt || oneCannotRead) {
        unsaid.add(name);
      }
    }
    return unsaid;
  }

  /** Whether two values are the same, as far as both are known. */
  static boolean agree(String name, String left, String right) {
    boolean unknown = ofWord(name).isPresent() && (left.isEmpty() || right.isEmpty());
    return unknown || left.equals(right) || readAlike(left, right) || readAlike(right, left);
  }

  /** {@code enable 1, harden not readable} agrees with {@code enable 1, harden 2}. */
  private static boolean readAlike(String left, String right) {
    return left.endsWith(NOT_READABLE)
        && right.startsWith(left.substring(0, left.length() - NOT_READABLE.length()));
  }
}
