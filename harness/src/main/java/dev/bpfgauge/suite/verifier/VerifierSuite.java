package dev.bpfgauge.suite.verifier;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.OptionNumbers;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * The suite {@code verifier}: how long a program takes to load, and how the verifier's work and the
 * machine code grow with it. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class VerifierSuite implements Suite {
  public static final String NAME = VerifierCell.SUITE;

  private static final String PROGRAM_SIZE = "--program-size";

  /** Instructions of the program that compares the engines. */
  private static final int RUN_SIZE = 1_000;

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
    return Stream.concat(shapes().stream(), Stream.of(VerifierCell.RUN_WORD)).toList();
  }

  @Override
  public List<Param> params() {
    return List.of(
        Param.named("size").telling(), Param.named("shape"), Param.named(VerifierCell.ENGINE));
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra("insns", "", "instructions of the program", Better.NEITHER),
        new Extra("processed_insns", "", "instructions that the verifier walked", Better.LESS),
        new Extra("peak_states", "", "states remembered at once", Better.LESS),
        new Extra("total_states", "", "states remembered in all", Better.LESS),
        new Extra("verification_us", "µs", "verification, by the kernel", Better.LESS),
        new Extra("xlated_bytes", "B", "BPF code after the verifier", Better.LESS),
        new Extra("jited_bytes", "B", "machine code", Better.LESS));
  }

  /** What it takes beside the common options. */
  private static final class Own {
    @Option(
        names = PROGRAM_SIZE,
        split = ",",
        paramLabel = "N",
        description =
            "Suite verifier: instructions, branches, turns … of the programs; --op names their"
                + " shapes. Default: each shape's own.")
    List<Integer> programSizes = List.of();
  }

  @Override
  public Optional<Object> ownOptions() {
    return Optional.of(new Own());
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    List<Integer> sizes = wanted.own(Own.class).programSizes;
    OptionNumbers.require(PROGRAM_SIZE, sizes, 1, Integer.MAX_VALUE);
    return cells(wanted.operations(), sizes);
  }

  @Override
  public Meter meter() {
    return new VerifierMeter();
  }

  @Override
  public List<Choice> choices() {
    return List.of(new Choice("verifierPrograms", "  in suite " + NAME + ": --op", shapes()));
  }

  @Override
  public List<String> options(Cell cell) {
    return cell.operation().equals(VerifierCell.RUN_WORD)
        ? List.of()
        : List.of("--op", cell.operation(), "--program-size", cell.param("size"));
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    Table table = new VerifierWork(evidence).table();
    return table.rows().isEmpty()
        ? List.of()
        : List.of(Section.of("verifier", "Verifier and JIT", Place.COST, Map.of("table", table)));
  }

  /** Every word for a program's shape. */
  public static List<String> shapes() {
    return Shape.words();
  }

  /**
   * The cells asked for.
   *
   * @param shapes words of {@link #shapes()}; empty: all of them, and the two engines
   * @param sizes in each shape's own terms, those it cannot have left out; empty: its usual ones
   * @throws Refusal where a word is wrong or nothing is left
   */
  public static List<Cell> cells(List<String> shapes, List<Integer> sizes) {
    for (int size : sizes) {
      if ((shapes.isEmpty() ? shapes() : shapes)
          .stream().map(Shape::ofWord).noneMatch(shape -> size >= 1 && size <= shape.most())) {
        throw Refusal.usage("no program of these shapes has the size " + size);
      }
    }
    List<Cell> cells = new ArrayList<>();
    for (String word : shapes.isEmpty() ? shapes() : shapes) {
      Shape shape = Shape.ofWord(word);
      for (int size : sizes.isEmpty() ? shape.usual() : sizes) {
        if (size >= 1 && size <= shape.most()) {
          cells.add(load(shape, size));
        }
      }
    }
    if (shapes.isEmpty()) {
      cells.add(engine(VerifierCell.Task.RUN_JIT));
      cells.add(engine(VerifierCell.Task.RUN_INTERPRETER));
    }
    return cells.stream().distinct().toList();
  }

  /** Programs of medium size: plain, with many paths, and with a loop to walk. */
  @Override
  public List<Cell> overview() {
    return List.of(
        load(Shape.STRAIGHT_LINE, 1_000),
        load(Shape.BRANCHES, 100),
        load(Shape.BOUNDED_LOOP, 1_000));
  }

  private static Cell load(Shape shape, int size) {
    return new VerifierCell(shape, size, VerifierCell.Task.LOAD).cell();
  }

  private static Cell engine(VerifierCell.Task task) {
    return new VerifierCell(Shape.STRAIGHT_LINE, RUN_SIZE, task).cell();
  }
}
