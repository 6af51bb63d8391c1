package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a command does while another harness has the machine. */
class MachineLockTest {

  /** Holds the machine's lock. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] none) throws Exception {
      try (InstanceLock _ = MachineLock.refusing("").take()) {
        System.out.println("locked");
        Thread.sleep(600_000);
      }
    }
  }

  @Test
  void whoWaitsIsToldForWhomAndBeginsWhenThatHasEnded() throws Exception {
    try (ChildJvm other = ChildJvm.start(Holder.class)) {
      assertEquals("locked", other.line());
      Refusal refused =
          assertThrows(Refusal.class, () -> MachineLock.refusing("Give --wait.").take());
      assertTrue(String.valueOf(refused.getMessage()).endsWith(". Give --wait."));
      List<String> told = new CopyOnWriteArrayList<>();

      InstanceLock taken =
          MachineLock.waiting(
                  sentence -> {
                    told.add(sentence);
                    try {
                      other.kill();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  })
              .take();

      taken.close();
      assertEquals(1, told.size(), told::toString);
      assertTrue(told.getFirst().contains("pid " + other.pid()), told.getFirst());
    }
  }
}
