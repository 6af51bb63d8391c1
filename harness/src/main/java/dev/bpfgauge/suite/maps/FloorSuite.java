package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.List;
import java.util.Optional;

/** What every operation contains, as {@link MapsSuite#floor} lists it; measured along with maps. */
public final class FloorSuite implements Suite {
  @Override
  public String name() {
    return Cell.FLOOR;
  }

  @Override
  public boolean isNamedByRun() {
    return false;
  }

  @Override
  public boolean isReference() {
    return true;
  }

  @Override
  public String words(String operation) {
    return switch (FloorStep.ofWord(operation)) {
      case EMPTY -> "empty method";
      case FFM -> "foreign call of a no-op";
      case GETPPID -> "getppid, a cheap system call";
      case BPF_REFUSED -> "bpf(2), refused at once";
    };
  }

  @Override
  public List<String> operationOrder() {
    return FloorStep.names();
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return MapsSuite.floor();
  }

  @Override
  public Meter meter() {
    return new MapsMeter();
  }

  @Override
  public Optional<OwnProcess> ownProcess() {
    return Optional.of(CellRunner::run);
  }

  @Override
  public List<Extra> extras() {
    return Turns.extrasAnd(Reference.EXTRAS);
  }

  @Override
  public Optional<InTurns> inTurns() {
    return Optional.of(new TurnsFork());
  }

  /** It is in every run of suite maps. */
  @Override
  public List<String> options(Cell cell) {
    return List.of();
  }
}
