package dev.bpfgauge.suite.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the kernel prints at log level 4. */
class StatisticsTest {

  @Test
  void readsTheLinesOfLinux6() {
    String log =
        """
        verification time 123 usec
        stack depth 0
        processed 2002 insns (limit 1000000) max_states_per_insn 4 total_states 20 peak_states 19 \
        mark_read 2
        """;

    assertEquals(new Statistics(OptionalLong.of(123), 2002, 19, 20), Statistics.parse(log));
  }

  @Test
  void doesWithoutTheTime() {
    String log =
        "processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0"
            + " mark_read 0\n";

    assertEquals(new Statistics(OptionalLong.empty(), 7, 0, 0), Statistics.parse(log));
  }

  @Test
  void saysWhatTheLogWasInstead() {
    assertEquals(
        "the verifier's log has no statistics: something else",
        assertThrows(IllegalStateException.class, () -> Statistics.parse("something else\n"))
            .getMessage());
  }
}
