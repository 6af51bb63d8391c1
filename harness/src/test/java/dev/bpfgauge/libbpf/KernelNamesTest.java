package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelNamesTest {
  @Test
  void functionsAreWhatIsOfTheTextSection() {
    String symbols =
        """
        ffffffff81000000 T _stext
        ffffffff81000f10 t do_one.isra.0
        ffffffff82a00000 D jiffies
        0000000000000000 W weak_one
        ffffffffc0a01230 t veth_xmit\t[veth]
        ffffffff\
        """;
    assertEquals(
        Set.of("_stext", "do_one.isra.0", "weak_one", "veth_xmit"),
        KernelNames.functions(symbols.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void thisKernelsAreFound() {
    Requires.bpf();
    assertTrue(KernelNames.functions().contains("vfs_read"));
    assertTrue(KernelNames.tracepoints().contains("syscalls/sys_enter_openat"));
  }
}
