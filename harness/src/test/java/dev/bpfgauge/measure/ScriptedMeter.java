package dev.bpfgauge.measure;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.io.IOException;
import java.util.List;

/** Does what the cell's operation says; its measurement tells who did it. */
final class ScriptedMeter implements Meter {

  public static void main(String[] args) throws IOException {
    MeterFork.answer(suite -> new ScriptedMeter());
  }

  static Cell cell(String operation) {
    return new Cell("scripted", "scripted." + operation, java.util.Map.of(), "idle");
  }

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    switch (cell.benchmark()) {
      case "scripted.chat" -> System.out.println("{\"end\": \"measured\"}");
      case "scripted.hang" -> hang();
      case "scripted.exit" -> Runtime.getRuntime().halt(7);
      case "scripted.die" -> throw new OutOfMemoryError("no more");
      case "scripted.wrong" -> throw new IllegalStateException("a wrong result");
      default -> {}
    }
    return new Outcome.Measured(
        new Measurement(
            ProcessHandle.current().pid(),
            List.of(1.0),
            null,
            Thread.currentThread().threadId(),
            null,
            null),
        null);
  }

  private static void hang() {
    try {
      new ProcessBuilder("sleep", "60").start().waitFor();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
