package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The suite {@code mllb}: what one decision of a network costs inside BPF, for the MLLB paper's
 * network of 10 hidden units and the MLLB guide's of 64 and 32, in each form that computes it. The
 * weights are random: nothing in the programs depends on them. The cells' profile is left empty;
 * the plan puts them on its arms.
 */
public final class MllbSuite implements Suite {
  public static final String NAME = "mllb";
  private static final String INFERENCE = NAME + ".inference";
  private static final String DECISION = NAME + ".decision";
  private static final String LOOP = NAME + ".loop";
  private static final List<Integer> SMALL = List.of(10);
  private static final List<Integer> LARGE = List.of(64, 32);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return NAME;
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public List<String> operationOrder() {
    return Stream.of(INFERENCE, DECISION, LOOP)
        .map(benchmark -> benchmark.substring(NAME.length() + 1))
        .toList();
  }

  /** The loop is subtracted from all but itself. */
  @Override
  public boolean isNet(Cell cell) {
    return !cell.benchmark().equals(LOOP);
  }

  @Override
  public List<Param> params() {
    return List.of(Param.named("net").telling(), Param.named("form").telling());
  }

  @Override
  public List<Extra> extras() {
    return Turns.extrasAnd(
        new Extra("insns", "", "instructions of the program", Better.LESS),
        new Extra("jited_bytes", "B", "machine code", Better.LESS));
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(wanted.operations());
  }

  @Override
  public Meter meter() {
    return new InferenceMeter();
  }

  @Override
  public List<Choice> choices() {
    return List.of(new Choice("mllbOperations", "  in suite " + NAME + ": --op", operations()));
  }

  /** Operations of cells are tasks; what the option takes is a form of the network, or a task. */
  @Override
  public List<String> options(Cell cell) {
    return List.of(
        "--op", cell.benchmark().equals(INFERENCE) ? cell.param("form") : cell.operation());
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Table> tables = new InferenceCosts(evidence).tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(
            Section.of("inference", "A network in BPF", Place.COST, Map.of("tables", tables)));
  }

  /**
   * What a cell asks for.
   *
   * @param program of bpf/mllb/infer.bpf.c
   * @param form that must be loaded for it
   */
  record Task(String program, Form form, List<Integer> hidden) {

    /** The loop's own time is what was asked for. */
    boolean isLoop() {
      return program.equals(Inference.EMPTY);
    }

    boolean isDecision() {
      return program.equals(Inference.WHOLE);
    }
  }

  /** Every word for an operation. */
  public static List<String> operations() {
    return Stream.concat(
            Arrays.stream(Form.values()).map(Form::word), Stream.of("decision", "loop"))
        .toList();
  }

  /**
   * The cells asked for.
   *
   * @param operations words of {@link #operations()}; empty: all of them
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> operations) {
    List<Cell> cells = new ArrayList<>();
    for (String word : operations.isEmpty() ? operations() : operations) {
      if (!operations().contains(word)) {
        throw Refusal.option(NearestName.unknown("operation", word, operations()));
      }
      switch (word) {
        case "decision" -> cells.add(cell(DECISION, Form.UNROLLED, SMALL));
        case "loop" -> cells.add(new Cell(NAME, LOOP, Map.of(), ""));
        default -> {
          Form form = Form.ofWord(word);
          cells.add(cell(INFERENCE, form, SMALL));
          if (form != Form.UNROLLED) {
            cells.add(cell(INFERENCE, form, LARGE));
          }
        }
      }
    }
    return cells;
  }

  private static Cell cell(String benchmark, Form form, List<Integer> hidden) {
    return new Cell(NAME, benchmark, Map.of("form", form.word(), "net", shape(hidden)), "");
  }

  private static String shape(List<Integer> hidden) {
    return Feature.COUNT
        + "-"
        + String.join("-", hidden.stream().map(String::valueOf).toList())
        + "-1";
  }

  /**
   * Reads a cell.
   *
   * @throws Refusal where a word is wrong
   */
  static Task of(Cell cell) {
    if (cell.benchmark().equals(LOOP)) {
      return new Task(Inference.EMPTY, Form.UNROLLED, SMALL);
    }
    Form form = Form.ofWord(cell.param("form"));
    List<Integer> hidden =
        Stream.of(SMALL, LARGE)
            .filter(units -> shape(units).equals(cell.param("net")))
            .findFirst()
            .orElseThrow(() ->
                Refusal.usage(
                    "net=%s is neither %s nor %s"
                        .formatted(cell.param("net"), shape(SMALL), shape(LARGE))));
    String program = cell.benchmark().equals(DECISION) ? Inference.WHOLE : form.word();
    return new Task(program, form, hidden);
  }
}
