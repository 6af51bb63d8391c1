package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the files of real processes say: a user, Docker's root, Podman's, a virtual machine's. */
class DenialTest {
  private static final String WHOLE = "         0          0 4294967295\n";
  private static final String NEEDED = "CAP_BPF";

  private static String status(String uid, String capabilities, int seccomp) {
    return """
    Name:	java
    Uid:	%1$s	%1$s	%1$s	%1$s
    CapInh:	0000000000000000
    CapEff:	%2$s
    NoNewPrivs:	0
    Seccomp:	%3$d
    Seccomp_filters:	0
    """
        .formatted(uid, capabilities, seccomp);
  }

  private static String reason(String status, String uidMap, String lsm) {
    return Denial.of(status, uidMap, lsm).reason(NEEDED);
  }

  @Test
  void whoHasNoCapabilityIsToldWhich() {
    assertEquals(
        "run as root, or grant CAP_BPF", reason(status("1000", "0000000000000000", 0), WHOLE, ""));
    assertEquals(
        "this process is root without all of root's capabilities, as in a container: grant"
            + " CAP_BPF",
        reason(status("0", "00000000a80425fb", 2), WHOLE, ""));
  }

  @Test
  void whoHasAllIsToldWhatElseRefuses() {
    String all = "000001ffffffffff";
    assertTrue(
        reason(status("0", all, 0), "         0       1000          1\n", "")
            .startsWith("root of a user namespace may not"));
    assertTrue(
        reason(status("0", all, 2), WHOLE, "").startsWith("a seccomp filter is in force here"));
    assertEquals(
        "this process has the capabilities and no seccomp filter, so a security module (apparmor)"
            + " may refuse it, see dmesg, or the kernel to everybody",
        reason(status("0", all, 0), WHOLE, "lockdown,capability,yama,apparmor,bpf"));
    assertEquals(
        "this process has the capabilities and no seccomp filter, so this kernel or its host"
            + " refuses it to everybody",
        reason(status("0", all, 0), WHOLE, "lockdown,capability,bpf\n"));
  }

  @Test
  void whatIsNotReadableIsNotKnown() {
    assertEquals(new Denial(-1, 0, 0, false, List.of()), Denial.of("", "", ""));
    Denial here = Denial.read();
    assertTrue(here.user() >= 0 && here.seccomp() >= 0, here.toString());
  }
}
