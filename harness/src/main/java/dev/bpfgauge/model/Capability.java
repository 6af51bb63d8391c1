package dev.bpfgauge.model;

/**
 * Whether this machine can do a thing, and why not.
 *
 * @param name e.g. {@code bpf.map.hash}, {@code cpufreq}, {@code stress-ng}
 * @param state supported, denied (there, but refused) or absent
 * @param detail what was seen where supported (a version, a path); else the reason
 * @param fix the command or setting that would change it, or empty where there is none
 */
public record Capability(String name, State state, String detail, String fix) {

  /** {@code denied} is refused to us, {@code absent} is not in this kernel or system. */
  public enum State {
    SUPPORTED,
    DENIED,
    ABSENT
  }

  public static Capability supported(String name, String detail) {
    return new Capability(name, State.SUPPORTED, detail, "");
  }

  public static Capability denied(String name, String reason, String fix) {
    return new Capability(name, State.DENIED, reason, fix);
  }

  public static Capability absent(String name, String reason, String fix) {
    return new Capability(name, State.ABSENT, reason, fix);
  }

  public boolean isSupported() {
    return state == State.SUPPORTED;
  }
}
