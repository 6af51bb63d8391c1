package dev.bpfgauge.machine.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What this process may do: its effective user and its effective capabilities, from {@code
 * /proc/self/status} (proc(5), capabilities(7)).
 *
 * @param effectiveUid the effective user id, -1 where procfs does not tell
 * @param effectiveCapabilities the mask CapEff
 */
public record Privileges(int effectiveUid, long effectiveCapabilities) {

  /** The capabilities the harness knows, by their bit in {@code linux/capability.h}. */
  public enum Capability {
    CAP_NET_ADMIN(12),
    CAP_SYS_ADMIN(21),
    CAP_SYS_RESOURCE(24),
    CAP_PERFMON(38),
    CAP_BPF(39);

    private final int bit;

    Capability(int bit) {
      this.bit = bit;
    }

    /** The name as setpriv(1) wants it, e.g. {@code bpf}. */
    String shortName() {
      return name().substring("CAP_".length()).toLowerCase(Locale.ROOT);
    }
  }

  /** This process. */
  public static Privileges read() {
    return read(Roots.SYSTEM);
  }

  static Privileges read(Roots roots) {
    Path status = roots.proc().resolve("self/status");
    return parse(Roots.text(status).orElse(""));
  }

  /** Reads the lines {@code Uid:} and {@code CapEff:}. */
  static Privileges parse(String status) {
    int uid = -1;
    long mask = 0;
    for (String line : status.lines().toList()) {
      String[] fields = line.trim().split("\\s+", -1);
      if (fields[0].equals("Uid:") && fields.length > 2) {
        uid = Integer.parseInt(fields[2]);
      } else if (fields[0].equals("CapEff:") && fields.length > 1) {
        mask = Long.parseUnsignedLong(fields[1], 16);
      }
    }
    return new Privileges(uid, mask);
  }

  public boolean isRoot() {
    return effectiveUid == 0;
  }

  public boolean has(Capability capability) {
    return (effectiveCapabilities >>> capability.bit & 1) == 1;
  }

  /** CAP_SYS_ADMIN stood for both before Linux 5.8, and still does. */
  public boolean mayUseBpf() {
    return has(Capability.CAP_BPF) || has(Capability.CAP_SYS_ADMIN);
  }

  /** Those of the given capabilities that are missing. */
  List<Capability> missing(Capability... wanted) {
    List<Capability> missing = new ArrayList<>();
    for (Capability capability : wanted) {
      if (!has(capability)) {
        missing.add(capability);
      }
    }
    return missing;
  }
}
