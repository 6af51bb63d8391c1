package dev.bpfgauge.lab;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.util.Arrays;
import java.util.List;

/** A processor architecture that guests are booted for, and what QEMU's machine for it is like. */
public enum GuestArch {
  AMD64("amd64", "x86_64-linux-gnu", "qemu-system-x86_64", "qemu-system-x86"),
  ARM64("arm64", "aarch64-linux-gnu", "qemu-system-aarch64", "qemu-system-arm");

  private final String debian;
  private final String triplet;
  private final String emulator;
  private final String emulatorPackage;

  GuestArch(String debian, String triplet, String emulator, String emulatorPackage) {
    this.debian = debian;
    this.triplet = triplet;
    this.emulator = emulator;
    this.emulatorPackage = emulatorPackage;
  }

  /** Debian's name. */
  public String debian() {
    return debian;
  }

  /** Debian's name of the folder of libraries, below {@code /usr/lib}. */
  String triplet() {
    return triplet;
  }

  String emulator() {
    return emulator;
  }

  String emulatorPackage() {
    return emulatorPackage;
  }

  /** QEMU's machine. */
  String machine() {
    return switch (this) {
      case AMD64 -> "pc";
      case ARM64 -> "virt";
    };
  }

  /**
   * The processor that is emulated. QEMU's most capable x86-64 was seen not to come up; an arm64's
   * timer counts in steps of 16 ns unless told that it has 1 GHz.
   */
  String emulatedCpu() {
    return switch (this) {
      case AMD64 -> "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt";
      case ARM64 -> "cortex-a72,cntfrq=1000000000";
    };
  }

  /** The guest's name of the serial line that its console goes to. */
  String console() {
    return switch (this) {
      case AMD64 -> "ttyS0";
      case ARM64 -> "ttyAMA0";
    };
  }

  /** The guest's name of the serial line that its messages go to. */
  String channel() {
    return switch (this) {
      case AMD64 -> "ttyS1";
      case ARM64 -> "ttyS0";
    };
  }

  /**
   * QEMU's arguments for these two lines.
   *
   * @param console id of the character device that is the console's other end
   * @param channel the same for messages
   */
  List<String> lines(String console, String channel) {
    return switch (this) {
      case AMD64 -> List.of("-serial", "chardev:" + console, "-serial", "chardev:" + channel);
      case ARM64 -> // The machine has one line of its own.
          List.of("-serial", "chardev:" + console, "-device", "pci-serial,chardev=" + channel);
    };
  }

  /** Path of the dynamic linker, which programs name. */
  String loader() {
    return switch (this) {
      case AMD64 -> "lib64/ld-linux-x86-64.so.2";
      case ARM64 -> "lib/ld-linux-aarch64.so.1";
    };
  }

  /**
   * Kernel parameters by which the emulator's instruction clock is the guest's. Without the timer
   * of the local APIC, for the kernel would find out its speed by reading the clock for a tenth of
   * a second, which takes the emulator three; the HPET's speed is known.
   */
  String instructionClock() {
    return switch (this) {
      case AMD64 -> " clocksource=tsc tsc=reliable nolapic_timer";
      case ARM64 -> ""; // The architecture's timer is the only clock there is.
    };
  }

  /** This machine runs its programs, and KVM may run its guests. */
  boolean isThisMachines() {
    return this == ofThisMachine();
  }

  /** This machine's own; on one that guests are not booted for, x86-64. */
  public static GuestArch ofThisMachine() {
    return System.getProperty("os.arch", "").equals("aarch64") ? ARM64 : AMD64;
  }

  static List<String> names() {
    return Arrays.stream(values()).map(GuestArch::debian).toList();
  }

  /**
   * The architecture of Debian's name.
   *
   * @throws Refusal where guests are not booted for it
   */
  public static GuestArch ofDebian(String name) {
    return Arrays.stream(values())
        .filter(arch -> arch.debian.equals(name))
        .findFirst()
        .orElseThrow(() -> Refusal.option(NearestName.unknown("architecture", name, names())));
  }
}
