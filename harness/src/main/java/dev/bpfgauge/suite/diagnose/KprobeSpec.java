package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.Kprobe.Shows;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.PidOption;
import dev.bpfgauge.suite.tools.StackOptions;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Kprobe}. */
public final class KprobeSpec implements ToolSpec {
  /** Every system call: it is there on each kernel. */
  private static final String USUAL_EVENT = "tracepoint:raw_syscalls:sys_enter";

  @Override
  public String name() {
    return Kprobe.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Who passes a function or a tracepoint, how often, from where.",
        "Calls that the compiler made part of their caller are not seen.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  /** It looks at what the user names. */
  @Override
  public boolean isInTheWholePicture() {
    return false;
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.READ;
  }

  /** Own system calls are all counted. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    ((Kprobe) tool).prove();
    return Map.of();
  }

  @Override
  public Optional<String> graphUnit() {
    return Optional.of("hits");
  }

  /** {@code diagnose kprobe}. */
  private static final class Given implements Options {
    @Option(
        names = {"-e", "--event"},
        paramLabel = "EVENT",
        description = {
          "FUNCTION of the kernel, tracepoint:CATEGORY:NAME or",
          "uprobe:FILE:FUNCTION; may be repeated.",
          "Default: " + USUAL_EVENT + "."
        })
    private List<String> events = new ArrayList<>();

    @Mixin private final PidOption only = new PidOption();

    @Option(
        names = {"-k", "--stacks"},
        description = "Count by stacks, not by processes.")
    private boolean stacks;

    @Option(
        names = {"-t", "--times"},
        description = "Wall time until the function returns, a histogram.")
    private boolean times;

    @Option(
        names = {"-a", "--argument"},
        paramLabel = "N",
        description = "Count by the value of argument N, from 1 to 5, too.")
    private int argument;

    @Option(
        names = {"-r", "--maxrows"},
        paramLabel = "N",
        description = "Print the N with the most. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + CountedStacks.USUAL_TOP)
    private int top = CountedStacks.USUAL_TOP;

    @Mixin private final StackOptions how = new StackOptions();

    @Override
    public boolean hasStacks() {
      return stacks;
    }

    @Override
    public Tool attach(int injectNanos) {
      if (stacks && times) {
        throw Refusal.option("--argument, --stacks and --times exclude each other.");
      }
      if (how.folded() && !stacks) {
        throw Refusal.option("-f prints stacks: give -k with it.");
      }
      return Kprobe.attach(
          new Kprobe.Options(
              (events.isEmpty() ? List.of(USUAL_EVENT) : events)
                  .stream().map(ProbedEvent::of).toList(),
              stacks ? Shows.STACKS : times ? Shows.TIMES : Shows.PROCESSES,
              only.process(),
              argument,
              how.halves(),
              how.places(),
              CountedStacks.Form.of(how.folded(), top),
              injectNanos));
    }
  }
}
