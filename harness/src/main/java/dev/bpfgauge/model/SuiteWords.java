package dev.bpfgauge.model;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/**
 * What a suite's cells, parameters and figures are called: the part of a suite's description that
 * whoever reads a run needs, without what measures it. Suites are registered in
 * META-INF/services/dev.bpfgauge.model.SuiteWords, in the order in which people list them.
 */
public interface SuiteWords {

  /** The word in {@link Cell#suite}. */
  String name();

  /** What stands before the names of its cells where other suites' stand too; may be empty. */
  default String lead() {
    return "";
  }

  /**
   * What its cells have in common and other suites' cells of the same name do not; may be empty.
   */
  default String mark() {
    return "";
  }

  /** From where maps are called. */
  default MapsCalled mapsCalled() {
    return MapsCalled.NOT_AT_ALL;
  }

  /** Where a suite's cells call maps from. */
  enum MapsCalled {
    FROM_USER_SPACE,
    IN_THE_KERNEL,
    NOT_AT_ALL
  }

  /** Its cells answer with yes or no; what that took is no cost to compare. */
  default boolean isYesOrNo() {
    return false;
  }

  /**
   * A cell's cost is what is left of a time after another was subtracted. Noise may then bring the
   * figure of a fork to zero or below: a figure like any other, which a plain time cannot have.
   */
  default boolean isNet(Cell cell) {
    return false;
  }

  /** Its report sections replace the charts and tables of costs by operation and map. */
  default boolean hasOwnSections() {
    return false;
  }

  /** Its cells are what others are held against, and not what a run is about. */
  default boolean isReference() {
    return false;
  }

  /** What its arms are, where they are neither profiles nor kernels. */
  default Optional<Arms> arms() {
    return Optional.empty();
  }

  /**
   * The arms that a suite brings.
   *
   * @param word what one of them is: tool
   * @param command the command whose runs have them: {@code tools overhead}
   * @param resumes whether that command also goes on with a run, and a guest of the lab measures
   *     such a run by itself, as its own
   * @param title of a report on them
   * @param history what their figures show over many runs
   * @param labels those that they have; empty for any. A run with others has other arms
   */
  record Arms(
      String word,
      String command,
      boolean resumes,
      String title,
      String history,
      List<String> labels) {}

  /** What its figures are the cost of, where that is not the operation itself; may be empty. */
  default String costOf() {
    return "";
  }

  /** An operation in words. */
  default String words(String operation) {
    return operation;
  }

  /** Operations as people list them. */
  List<String> operationOrder();

  /** Parameters of its cells. Those that several suites have, each declares alike. */
  default List<Param> params() {
    return List.of();
  }

  /** Figures beside the cost. */
  default List<Extra> extras() {
    return List.of();
  }

  /**
   * A parameter.
   *
   * @param name in {@link Cell#params}
   * @param words of a value; whole numbers come grouped by thousands
   * @param usual the value that goes without saying, empty for none
   * @param isTelling without it nobody knows what was measured, even where all cells have the same
   * @param values in reading order, as far as they are words
   */
  record Param(
      String name,
      UnaryOperator<String> words,
      String usual,
      boolean isTelling,
      List<String> values) {

    /** Its name and the value: {@code size 1 000}. */
    public static Param named(String name) {
      return of(name, value -> name + " " + value);
    }

    public static Param of(String name, UnaryOperator<String> words) {
      return new Param(name, words, "", false, List.of());
    }

    /** The same with a value that goes without saying. */
    public Param usually(String value) {
      return new Param(name, words, value, isTelling, values);
    }

    /** The same, but said in every name. */
    public Param telling() {
      return new Param(name, words, usual, true, values);
    }

    /** The same with values in reading order. */
    public Param among(List<String> inOrder) {
      return new Param(name, words, usual, isTelling, inOrder);
    }
  }

  /**
   * A figure beside the cost.
   *
   * @param key in {@link Measurement#extras}; one that ends with an underscore begins many
   * @param unit empty for a plain number
   * @param words what it is
   * @param better which way is better
   */
  record Extra(String key, String unit, String words, Better better) {
    /** Whether a figure of a measurement is this one, or one of these. */
    public boolean isNamed(String name) {
      return key.endsWith("_") ? name.startsWith(key) : name.equals(key);
    }
  }

  /** Which way a figure is better. */
  enum Better {
    LESS,
    MORE,
    NEITHER
  }

  /** All suites, in the order in which people list them. */
  static List<SuiteWords> all() {
    return Registered.ALL;
  }

  /** The suite of a name; empty for one that this program does not know (any more). */
  static Optional<SuiteWords> named(String name) {
    return all().stream().filter(suite -> suite.name().equals(name)).findFirst();
  }

  /** Whether a cell's cost is a difference, by its suite. */
  static boolean isNetCost(Cell cell) {
    return named(cell.suite()).filter(suite -> suite.isNet(cell)).isPresent();
  }

  /** Whether a mean can be a cell's: only a difference may be nothing or less. */
  static boolean isUsable(Cell cell, double mean) {
    return Double.isFinite(mean) && (mean > 0 || isNetCost(cell));
  }

  /** Whether a cell calls a map, and from there. */
  static boolean isCalled(Cell cell, MapsCalled from) {
    return named(cell.suite()).filter(suite -> suite.mapsCalled() == from).isPresent();
  }

  /** Whether one of some suites calls maps from there. */
  static boolean areCalled(List<String> suites, MapsCalled from) {
    return suites.stream()
        .anyMatch(suite -> named(suite).filter(it -> it.mapsCalled() == from).isPresent());
  }

  /**
   * The first suite of a run that brings its own arms.
   *
   * @param labels of the run's arms
   */
  static Optional<Arms> armsOf(List<String> suites, List<String> labels) {
    return suites.stream()
        .flatMap(suite -> named(suite).stream())
        .flatMap(suite -> suite.arms().stream())
        .filter(arms -> arms.labels().isEmpty() || arms.labels().containsAll(labels))
        .findFirst();
  }

  /** Read once. */
  final class Registered {
    private static final List<SuiteWords> ALL =
        ServiceLoader.load(SuiteWords.class, SuiteWords.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Registered() {}
  }
}
