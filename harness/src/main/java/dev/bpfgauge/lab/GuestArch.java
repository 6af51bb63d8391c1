package dev.bpfgauge.lab;

import dev.bpfgauge.results.NearestName;
import dev.bpfgauge.results.Refusal;
import java.util.Arrays;
import java.util.List;

/** A processor architecture that guests are booted for. */
public enum GuestArch {
  AMD64("amd64", "qemu-system-x86_64", "qemu-system-x86");

  private final String debian;
  private final String emulator;
  private final String emulatorPackage;

  GuestArch(String debian, String emulator, String emulatorPackage) {
    this.debian = debian;
    this.emulator = emulator;
    this.emulatorPackage = emulatorPackage;
  }

  /** Debian's name. */
  public String debian() {
    return debian;
  }

  String emulator() {
    return emulator;
  }

  String emulatorPackage() {
    return emulatorPackage;
  }

  /**
   * The architecture of Debian's name.
   *
   * @throws Refusal where guests are not booted for it
   */
  public static GuestArch ofDebian(String name) {
    List<String> names = Arrays.stream(values()).map(GuestArch::debian).toList();
    return Arrays.stream(values())
        .filter(arch -> arch.debian.equals(name))
        .findFirst()
        .orElseThrow(() -> Refusal.usage(NearestName.unknown("architecture", name, names)));
  }
}
