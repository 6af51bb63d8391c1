package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
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
      CompletableFuture<List<ProcessHandle>> family = new CompletableFuture<>();
      var ended =
          ForkSupervisor.supervise(
              () -> {
                Process hanging = new ProcessBuilder("sh", "-c", "sleep 60 & wait").start();
                while (hanging.isAlive() && hanging.children().findAny().isEmpty()) {
                  Thread.onSpinWait();
                }
                family.complete(
                    Stream.concat(Stream.of(hanging.toHandle()), hanging.descendants()).toList());
                return hanging.waitFor();
              },
              Duration.ofSeconds(3));

      assertInstanceOf(ForkSupervisor.TimedOut.class, ended);
      assertEquals(2, family.join().size(), "the shell and what it started");
      for (ProcessHandle member : family.join()) {
        member.onExit().join();
        assertFalse(member.isAlive());
      }
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
