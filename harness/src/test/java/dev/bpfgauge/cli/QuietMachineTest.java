package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of a machine on which nothing can be measured. */
class QuietMachineTest {

  @Test
  void itIsSaidHowMuchIsInUseByWhomAndWhatToDo() {
    List<Samples.Other> busiest =
        List.of(
            new Samples.Other("java", 41.3),
            new Samples.Other("cc1", 30),
            new Samples.Other("sh", 0.4));

    assertEquals(
        "it needs a quiet machine, with at most 5 % of the CPUs in use, and 83 % are (java 41 %,"
            + " cc1 30 %). End what is running, or try again when it has ended.",
        QuietMachine.sentence(5, 83.2, busiest));
    assertEquals(
        "it needs a quiet machine, with at most 5 % of the CPUs in use, and 83 % are."
            + " End what is running, or try again when it has ended.",
        QuietMachine.sentence(5, 83.2, List.of()));
  }
}
