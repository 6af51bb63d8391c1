package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A fork's processes never outlive the supervision, and no other process is touched. */
class ForkSupervisorTest {

  @Test
  void returnsWhatTheForkReturns() throws Exception {
    var ended = ForkSupervisor.supervise(() -> 42, Duration.ofSeconds(10));

    assertEquals(new ForkSupervisor.Returned<>(42), ended);
  }

  @Test
  void aThrowingForkIsAResult() throws Exception {
    var failure = new IllegalStateException("no");

    var ended =
        ForkSupervisor.supervise(
            () -> {
              throw failure;
            },
            Duration.ofSeconds(10));

    assertEquals(new ForkSupervisor.Threw<>(failure), ended);
  }

  @Test
  void aHangingForkIsKilledWithItsGrandchildrenAndItsElderSiblingLives() throws Exception {
    Process sibling = new ProcessBuilder("sleep", "60").start();
    try {
      CompletableFuture<ProcessHandle> child = new CompletableFuture<>();
      var ended =
          ForkSupervisor.supervise(
              () -> {
                Process hanging = new ProcessBuilder("sh", "-c", "sleep 60 & wait").start();
                child.complete(hanging.toHandle());
                return hanging.waitFor();
              },
              Duration.ofMillis(500));

      assertInstanceOf(ForkSupervisor.TimedOut.class, ended);
      child.join().onExit().join();
      assertFalse(child.join().isAlive());
      assertEquals(1, ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count());
      assertTrue(sibling.isAlive());
    } finally {
      sibling.destroyForcibly().waitFor();
    }
  }

  @Test
  void anInterruptedCallerLeavesNoProcess() throws Exception {
    AtomicReference<ProcessHandle> child = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .start(() -> {
              try {
                ForkSupervisor.supervise(
                    () -> {
                      Process hanging = new ProcessBuilder("sleep", "60").start();
                      child.set(hanging.toHandle());
                      return hanging.waitFor();
                    },
                    Duration.ofSeconds(50));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    while (child.get() == null) {
      Thread.onSpinWait();
    }

    caller.interrupt();
    caller.join();

    child.get().onExit().join();
    assertFalse(child.get().isAlive());
  }
}
