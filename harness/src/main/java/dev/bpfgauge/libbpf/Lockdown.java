package dev.bpfgauge.libbpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What kernel_lockdown(7) withholds from everybody, root too.
 *
 * @param mode {@code none}, {@code integrity} or {@code confidentiality}
 */
public record Lockdown(String mode) {
  private static final String CONFIDENTIALITY = "confidentiality";
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");

  /** How to have it lifted. */
  public static final String FIX = "boot with lockdown=integrity, or without secure boot";

  /** Of this machine. */
  public static Lockdown read() {
    return read(Path.of("/sys"), Path.of("/proc"));
  }

  /** By securityfs, and where that is not mounted by the boot parameters. */
  public static Lockdown read(Path sys, Path proc) {
    String modes = text(sys.resolve("kernel/security/lockdown"));
    return modes.isEmpty() ? ofParameters(text(proc.resolve("cmdline"))) : of(modes);
  }

  /**
   * @param modes the file's text, e.g. {@code none [integrity] confidentiality}
   */
  static Lockdown of(String modes) {
    Matcher chosen = CHOSEN.matcher(modes);
    return new Lockdown(chosen.find() ? chosen.group(1) : "none");
  }

  private static Lockdown ofParameters(String parameters) {
    return Arrays.stream(parameters.strip().split("\\s+", -1))
        .filter(word -> word.startsWith("lockdown="))
        .reduce((_, last) -> last)
        .map(word -> new Lockdown(word.substring("lockdown=".length())))
        .orElse(new Lockdown("none"));
  }

  /** Whether no program may read the kernel's memory, and nobody may trace it. */
  public boolean forbidsReading() {
    return mode.equals(CONFIDENTIALITY);
  }

  /**
   * Why a call was refused, where it is lockdown that did.
   *
   * @param log libbpf's and the verifier's words, which name the helper that is not to be had
   */
  Optional<String> reason(String log) {
    if (!forbidsReading()) {
      return Optional.empty();
    }
    boolean certain = log.contains("helper bpf_probe_read") || log.contains("func bpf_probe_read");
    return Optional.of(
        "kernel lockdown is in mode confidentiality"
            + (certain
                ? ", in which no program reads the kernel's memory; "
                : " and may be the reason; ")
            + FIX);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
