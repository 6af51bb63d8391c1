package dev.bpfgauge.suite.tools;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Cpudist}. */
public final class CpudistSpec implements ToolSpec {
  @Override
  public String name() {
    return Cpudist.NAME;
  }

  @Override
  public List<String> description() {
    return List.of("How long tasks stay on a CPU, or off it, as a histogram.");
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

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer(Cpudist.NAME, Output.EACH_SECOND));
  }

  /** {@code tools cpudist}. */
  private static final class Given implements Options {
    @Option(
        names = {"-O", "--offcpu"},
        description = "Time off the CPU.")
    private boolean offCpu;

    @Option(
        names = {"-I", "--idle"},
        description = "Include idle time of CPUs.")
    private boolean idleToo;

    @Option(
        names = {"-P", "--pids"},
        description = "A histogram for each process.")
    private boolean eachProcess;

    @Option(
        names = {"-L", "--tids"},
        description = "A histogram for each thread.")
    private boolean eachThread;

    @Option(
        names = {"-m", "--milliseconds"},
        description = "In milliseconds.")
    private boolean milliseconds;

    @Mixin private final PidOption only = new PidOption();
    @Mixin private final CgroupOption cgroup = new CgroupOption();

    @Override
    public Tool attach(int injectNanos) {
      Cpudist.Each each =
          eachThread ? Cpudist.Each.THREAD : eachProcess ? Cpudist.Each.PROCESS : Cpudist.Each.ALL;
      return Cpudist.attach(
          new Cpudist.Options(
              offCpu, idleToo, milliseconds, each, only.orAll(), cgroup.folder, injectNanos));
    }
  }
}
