package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Offwaketime}. */
public final class OffwaketimeSpec implements ToolSpec {
  @Override
  public String name() {
    return Offwaketime.NAME;
  }

  @Override
  public List<String> description() {
    return List.of(
        "How long threads were off the CPU, and why.",
        "Each wait with the thread's stack and its waker's.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SWITCH;
  }

  @Override
  public Optional<HostEvents> hostEvents() {
    return Optional.of(HostEvents.SWITCHES);
  }

  /** Its stacks are named when it ends. */
  @Override
  public Output output() {
    return Output.AT_THE_END;
  }

  /** The nearest: one side's stacks only. */
  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer("offcputime", Output.AT_THE_END));
  }

  @Override
  public Optional<String> graphUnit() {
    return Optional.of("microseconds");
  }

  /** {@code tools offwaketime}. */
  private static final class Given implements Options {
    private static final long ANY_STATE = -1;

    @Mixin private final PidOption only = new PidOption();

    @Option(
        names = {"-t", "--tid"},
        paramLabel = "TID",
        description = "Only this thread.")
    private @Nullable Integer tid;

    @Option(
        names = {"-u", "--user-threads-only"},
        description = "Only threads of processes.")
    private boolean userThreads;

    @Option(
        names = {"-k", "--kernel-threads-only"},
        description = "Only the kernel's threads.")
    private boolean kernelThreads;

    @Mixin private final StackOptions stacks = new StackOptions();

    @Option(
        names = {"-m", "--min-block-time"},
        paramLabel = "US",
        description = "Shorter waits do not count. Default: 1 us.")
    private long shortest = 1;

    @Option(
        names = {"-M", "--max-block-time"},
        paramLabel = "US",
        description = "Longer waits do not count.")
    private long longest = Long.MAX_VALUE;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only waits in this state, e.g. 1 (interruptible) or 2.")
    private long state = ANY_STATE;

    @Override
    public Tool attach(int injectNanos) {
      if (userThreads && kernelThreads) {
        throw Refusal.usage("-u and -k exclude each other: give one of them.");
      }
      return Offwaketime.attach(
          new Offwaketime.Options(
              only.orAll(),
              Processes.orAll("thread", "ps -eL", tid),
              userThreads
                  ? Offwaketime.Threads.USER
                  : kernelThreads ? Offwaketime.Threads.KERNEL : Offwaketime.Threads.ALL,
              stacks.halves(),
              state,
              shortest,
              longest,
              stacks.places(),
              stacks.folded(),
              injectNanos));
    }
  }
}
