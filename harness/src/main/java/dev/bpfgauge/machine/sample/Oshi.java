package dev.bpfgauge.machine.sample;

import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.nativefree.SystemInfo;
import oshi.util.GlobalConfig;

/** The one OSHI instance: its implementation on /proc alone, without native code. */
final class Oshi {
  private Oshi() {}

  private static final HardwareAbstractionLayer HARDWARE = hardware();

  private static HardwareAbstractionLayer hardware() {
    // By default OSHI answers from a cache for 300 ms: a window would begin before it was opened.
    GlobalConfig.set(GlobalConfig.OSHI_UTIL_MEMOIZER_EXPIRATION, 0);
    return new SystemInfo().getHardware();
  }

  static CentralProcessor processor() {
    return HARDWARE.getProcessor();
  }

  static GlobalMemory memory() {
    return HARDWARE.getMemory();
  }
}
