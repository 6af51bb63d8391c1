package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the kernel prints at log level 4. */
class VerifierStatisticsTest {

  @Test
  void readsTheLinesOfLinux6() {
    String log =
        """
        verification time 123 usec
        stack depth 0+32+16
        processed 2002 insns (limit 1000000) max_states_per_insn 4 total_states 20 peak_states 19 \
        mark_read 2
        """;

    assertEquals(
        new VerifierStatistics(OptionalLong.of(123), OptionalLong.of(48), 2002, 19, 20),
        VerifierStatistics.parse(log));
  }

  @Test
  void doesWithoutTheTime() {
    String log =
        "processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0"
            + " mark_read 0\n";

    assertEquals(
        new VerifierStatistics(OptionalLong.empty(), OptionalLong.empty(), 7, 0, 0),
        VerifierStatistics.parse(log));
  }

  @Test
  void saysWhatTheLogWasInstead() {
    assertEquals(
        "the verifier's log has no statistics: something else",
        assertThrows(
                IllegalStateException.class, () -> VerifierStatistics.parse("something else\n"))
            .getMessage());
  }
}
