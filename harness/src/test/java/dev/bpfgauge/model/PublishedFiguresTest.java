package dev.bpfgauge.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PublishedFiguresTest {

  @Test
  void theFamousPerCpuFigureIsFound() {
    assertEquals(
        0.009763, PublishedFigures.seconds("cpu80", "lookup", "percpu-array").orElseThrow());
    assertEquals(
        0.004152, PublishedFigures.seconds("cstates-off", "delete", "percpu-hash").orElseThrow());
  }

  @Test
  void whatTheDocumentDoesNotGiveIsAbsent() {
    assertTrue(PublishedFigures.seconds("idle", "lookup", "hash").isEmpty());
    assertTrue(PublishedFigures.seconds("cpu80", "lookup", "lru-hash").isEmpty());
  }
}
