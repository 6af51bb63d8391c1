package dev.bpfgauge.machine.host;

import java.util.Arrays;
import java.util.List;

/** How this distribution installs a thing; it knows the names of what we need. */
enum Packages {
  APT(
      "apt-get install -y ",
      "libbpf1",
      "stress-ng",
      "gcc libc6-dev libbpf-dev",
      "qemu-system-x86",
      "qemu-system-arm"),
  DNF(
      "dnf install -y ",
      "libbpf",
      "stress-ng",
      "gcc libbpf-devel",
      "qemu-system-x86",
      "qemu-system-aarch64"),
  ZYPPER("zypper install -y ", "libbpf1", "stress-ng", "gcc libbpf-devel", "qemu-x86", "qemu-arm"),
  PACMAN(
      "pacman -S --noconfirm ",
      "libbpf",
      "stress-ng",
      "gcc",
      "qemu-system-x86",
      "qemu-system-aarch64"),
  APK(
      "apk add ",
      "libbpf",
      "stress-ng",
      "gcc musl-dev libbpf-dev",
      "qemu-system-x86_64",
      "qemu-system-aarch64"),
  UNKNOWN("", "", "", "", "", "");

  private final String command;
  private final String libbpf;
  private final String stressNg;
  private final String compiler;
  private final String x86Emulator;
  private final String armEmulator;

  Packages(
      String command,
      String libbpf,
      String stressNg,
      String compiler,
      String x86Emulator,
      String armEmulator) {
    this.command = command;
    this.libbpf = libbpf;
    this.stressNg = stressNg;
    this.compiler = compiler;
    this.x86Emulator = x86Emulator;
    this.armEmulator = armEmulator;
  }

  /** By ID and ID_LIKE of os-release(5). */
  static Packages of(Roots roots) {
    String osRelease = Roots.text(roots.etc().resolve("os-release")).orElse("");
    List<String> ids =
        osRelease
            .lines()
            .filter(line -> line.startsWith("ID=") || line.startsWith("ID_LIKE="))
            .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
            .flatMap(value -> Arrays.stream(value.split("\\s+", -1)))
            .toList();
    for (String id : ids) {
      switch (id) {
        case "debian", "ubuntu" -> {
          return APT;
        }
        case "fedora", "rhel", "centos", "amzn", "ol", "openEuler", "anolis", "kylin" -> {
          return DNF;
        }
        case "suse", "opensuse", "sles" -> {
          return ZYPPER;
        }
        case "arch" -> {
          return PACMAN;
        }
        case "alpine" -> {
          return APK;
        }
        default -> {}
      }
    }
    return UNKNOWN;
  }

  /**
   * The command, for {@code libbpf}, {@code stress-ng}, {@code compiler}, {@code x86 emulator} or
   * {@code arm emulator}.
   */
  String install(String what) {
    String packages =
        switch (what) {
          case "libbpf" -> libbpf;
          case "stress-ng" -> stressNg;
          case "compiler" -> compiler;
          case "x86 emulator" -> x86Emulator;
          case "arm emulator" -> armEmulator;
          default -> throw new IllegalArgumentException("no package is known for " + what);
        };
    return this == UNKNOWN
        ? "install " + what + " with this distribution's package manager"
        : "sudo " + command + packages;
  }
}
