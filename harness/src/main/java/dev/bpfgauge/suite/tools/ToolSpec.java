package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.SuiteWords.Extra;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * One description of a tracing tool, which everything else reads: the command line its name,
 * sentences and options, suite {@code tools} its load and its counterpart, suite {@code loads} how
 * it is attached and what shows that it counts. A new tool is bpf/tools/NAME.bpf.c, a {@link Tool},
 * one of these, and its line in META-INF/services/dev.bpfgauge.suite.tools.ToolSpec. Those stand in
 * the order in which people list them.
 */
public interface ToolSpec {

  /**
   * As users type it: small letters, with hyphens between words. No arm and no command beside it is
   * so called.
   */
  String name();

  /** Whose subcommand it is. */
  default Family family() {
    return Family.TOOLS;
  }

  /** What it shows, a sentence each; the first also stands in the list of commands. */
  List<String> description();

  /** What its subcommand takes, nothing of it given. */
  Options options();

  /** What makes the events that it traces. */
  TargetLoad load();

  /** What its events are on a host without it; empty where nothing counts them there. */
  default Optional<HostEvents> hostEvents() {
    return Optional.empty();
  }

  /** When it prints while its cost is measured. */
  default Output output() {
    return Output.EACH_SECOND;
  }

  /** What its cost is held against; empty where libbpf-tools has nothing of the kind. */
  default Optional<Peer> peer() {
    return Optional.empty();
  }

  /** The unit of its stacks' counts, e.g. {@code samples}; empty where it has no stacks. */
  default Optional<String> graphUnit() {
    return Optional.empty();
  }

  /** What must be there before suite {@code loads} attaches it, which is timed. */
  default void prepare() {}

  /**
   * Attaches it for suite {@code loads}: as without options.
   *
   * @throws Refusal where this kernel does not take it
   */
  default Tool attach() {
    return options().attach(0);
  }

  /**
   * Has it show, attached by {@link #attach}, that it works: it is asked for its output.
   *
   * @return figures for suite {@code loads}, see {@link #extras}
   * @throws IllegalStateException where it counted something else than there was
   */
  default Map<String, Double> prove(Tool tool) {
    tool.take();
    return Map.of();
  }

  /** Whether it is part of the whole picture, {@code diagnose --for}. */
  default boolean isInTheWholePicture() {
    return family() == Family.DIAGNOSE;
  }

  /**
   * What is lost to what it found.
   *
   * @param taken its findings
   * @param seconds that they are of
   */
  default List<LostTime> lostTimes(Findings taken, double seconds) {
    return List.of();
  }

  /** What {@link #prove} returns. */
  default List<Extra> extras() {
    return List.of();
  }

  /**
   * A tool's options, in fields with annotations of picocli whose initial values are what they are
   * where nothing is given.
   */
  interface Options {

    /**
     * Attaches the tool as they say.
     *
     * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
     * @throws Refusal where they contradict each other, or this kernel does not take the tool
     */
    Tool attach(int injectNanos);

    /** Whether it counts by stacks as they say; only of a tool with {@link ToolSpec#graphUnit}. */
    default boolean hasStacks() {
      return true;
    }
  }

  /** Commands whose subcommands tools are. */
  enum Family {
    /** In the manner of BCC. */
    TOOLS,
    /** A module of {@code diagnose}. */
    DIAGNOSE;

    /** The command, e.g. {@code tools}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** When a tool prints. */
  enum Output {
    /** Once in an interval, which is its argument. */
    EACH_SECOND,
    /** A row for each event; it takes no interval. */
    AS_IT_HAPPENS,
    /** Only when it ends. */
    AT_THE_END
  }

  /**
   * A tool of libbpf-tools: one of the same name does the same, another is only the nearest.
   *
   * @param name also its program's, but for a distribution's additions
   * @param arguments with which it does what ours does
   */
  record Peer(String name, Output output, List<String> arguments) {
    public Peer {
      arguments = List.copyOf(arguments);
    }

    /** One that needs none. */
    public Peer(String name, Output output) {
      this(name, output, List.of());
    }
  }

  /** The tools of {@code tools}, in the order in which people list them. */
  static List<ToolSpec> all() {
    return of(Family.TOOLS);
  }

  /** Those of a family, in the order in which people list them. */
  static List<ToolSpec> of(Family family) {
    return Registered.ALL.stream().filter(tool -> tool.family() == family).toList();
  }

  /** All there are, of whatever family. */
  static List<ToolSpec> every() {
    return Registered.ALL;
  }

  /** Names of all there are, of whatever family. */
  static List<String> everyName() {
    return Registered.ALL.stream().map(ToolSpec::name).toList();
  }

  /** Their names. */
  static List<String> names() {
    return all().stream().map(ToolSpec::name).toList();
  }

  /**
   * The tool of a name.
   *
   * @throws Refusal where there is none
   */
  static ToolSpec of(String name) {
    return Registered.ALL.stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow(() -> Refusal.option(NearestName.unknown("tool", name, everyName())));
  }

  /** Ours for one of libbpf-tools; empty for one that is no tool's peer. */
  static Optional<ToolSpec> withPeer(String name) {
    return Registered.ALL.stream()
        .filter(tool -> tool.peer().filter(peer -> peer.name().equals(name)).isPresent())
        .findFirst();
  }

  /** Read once. */
  final class Registered {
    private static final List<ToolSpec> ALL =
        ServiceLoader.load(ToolSpec.class, ToolSpec.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Registered() {}
  }
}
