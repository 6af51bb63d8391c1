package dev.bpfgauge.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** When a run has what was asked for, and what of a reason is the kernel's own answer. */
class CompletenessTest {
  private static final Cell LOOKUP = new Cell("maps", "maps.lookup", new TreeMap<>(), "idle");
  private static final Cell DELETE = new Cell("maps", "maps.delete", new TreeMap<>(), "idle");

  private final List<Cell> planned = new ArrayList<>();
  private final List<ForkRecord> forks = new ArrayList<>();

  private void add(int count, Cell cell, ForkStatus status, String reason) {
    for (int i = 0; i < count; i++) {
      planned.add(cell);
      forks.add(fork(cell, status, reason));
    }
  }

  private ForkRecord fork(Cell cell, ForkStatus status, String reason) {
    return new ForkRecord(
        forks.size(), 0, cell, status, reason, Instant.EPOCH, 0, 1, null, List.of());
  }

  private Completeness completeness() {
    return Completeness.of(planned, forks);
  }

  @Test
  void someLostForksLeaveARunComplete() {
    add(451, LOOKUP, ForkStatus.OK, "");
    add(6, LOOKUP, ForkStatus.LOAD_NOT_REACHED, "system cpu before the fork");

    assertEquals(RunInfo.Status.COMPLETE, completeness().status());
  }

  @Test
  void whatTheKernelCannotDoIsAnswered() {
    add(2, LOOKUP, ForkStatus.OK, "");
    add(2, DELETE, ForkStatus.REFUSED, "EINVAL");
    add(2, DELETE.on("tcx"), ForkStatus.UNAVAILABLE, "absent: tcx (Linux 6.6): it said no");
    add(2, DELETE.on("fentry"), ForkStatus.UNAVAILABLE, "denied: EPERM: it said no\nat length");

    assertEquals(RunInfo.Status.COMPLETE, completeness().status());
  }

  @Test
  void aCellThatLostMostOfItsForksIsMissing() {
    add(9, LOOKUP, ForkStatus.OK, "");
    add(2, DELETE, ForkStatus.OK, "");
    add(2, DELETE, ForkStatus.CRASHED, "SIGSEGV");
    assertEquals(RunInfo.Status.COMPLETE, completeness().status());

    add(1, DELETE, ForkStatus.TIMEOUT, "killed");

    assertEquals(List.of(DELETE), completeness().unanswered());
    assertEquals(RunInfo.Status.PARTIAL, completeness().status());
  }

  @Test
  void whatThisMachineLacksIsNoAnswerAndForksThatWereNotRunAreLost() {
    add(1, LOOKUP, ForkStatus.UNAVAILABLE, "stress-ng is absent: apt install stress-ng");
    planned.addAll(Collections.nCopies(2, DELETE));

    assertEquals(List.of(LOOKUP, DELETE), completeness().unanswered());
  }

  @Test
  void aReasonInAnOldJournalIsReadAsEver() {
    assertTrue(unavailable("denied: EPERM: bpf_object__load").isKernelsRefusal());
    assertTrue(unavailable("absent: CONFIG_KPROBES").isKernelsRefusal());
    assertTrue(fork(DELETE, ForkStatus.REFUSED, "anything").isKernelsRefusal());
    assertFalse(unavailable("denied").isKernelsRefusal());
    assertFalse(unavailable("access denied: no").isKernelsRefusal());
    assertFalse(fork(DELETE, ForkStatus.CRASHED, "absent: CONFIG_KPROBES").isKernelsRefusal());
    assertEquals("absent: CONFIG_KPROBES", KernelsAnswer.ABSENT.says("CONFIG_KPROBES"));
  }

  private ForkRecord unavailable(String reason) {
    return fork(DELETE, ForkStatus.UNAVAILABLE, reason);
  }
}
