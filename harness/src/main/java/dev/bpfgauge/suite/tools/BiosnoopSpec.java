package dev.bpfgauge.suite.tools;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Biosnoop}. */
public final class BiosnoopSpec implements ToolSpec {
  @Override
  public String name() {
    return Biosnoop.NAME;
  }

  @Override
  public List<String> description() {
    return List.of("A row for each block request: when, who, which disk, how long.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.DISK;
  }

  @Override
  public Optional<HostEvents> hostEvents() {
    return Optional.of(HostEvents.REQUESTS);
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer(Biosnoop.NAME, Output.AS_IT_HAPPENS));
  }

  /** {@code tools biosnoop}. */
  private static final class Given implements Options {
    @Option(
        names = {"-Q", "--queue"},
        description = "Show the time in the system's queue.")
    private boolean queued;

    @Mixin private final DiskOption disk = new DiskOption();
    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return Biosnoop.attach(new Biosnoop.Options(queued, disk.name, only.orAll(), injectNanos));
    }
  }
}
