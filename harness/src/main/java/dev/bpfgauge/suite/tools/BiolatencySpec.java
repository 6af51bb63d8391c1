package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Biolatency}. */
public final class BiolatencySpec implements ToolSpec {
  @Override
  public String name() {
    return Biolatency.NAME;
  }

  @Override
  public List<String> description() {
    return List.of("How long block devices take, as a histogram.");
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
    return Optional.of(new Peer(Biolatency.NAME, Output.EACH_SECOND));
  }

  /** {@code tools biolatency}. */
  private static final class Given implements Options {
    @Option(
        names = {"-Q", "--queued"},
        description = "Include the time in the system's queue.")
    private boolean queued;

    @Option(
        names = {"-m", "--milliseconds"},
        description = "In milliseconds.")
    private boolean milliseconds;

    @Option(
        names = {"-D", "--disks"},
        description = "A histogram for each disk.")
    private boolean eachDisk;

    @Option(
        names = {"-F", "--flags"},
        description = "A histogram for each set of flags, e.g. Sync-Write.")
    private boolean eachFlags;

    @Mixin private final DiskOption disk = new DiskOption();

    @Override
    public Tool attach(int injectNanos) {
      if (eachDisk && eachFlags) {
        throw Refusal.usage("-D and -F are not possible together: give one of them.");
      }
      Biolatency.Each each =
          eachDisk ? Biolatency.Each.DISK : eachFlags ? Biolatency.Each.FLAGS : Biolatency.Each.ALL;
      return Biolatency.attach(
          new Biolatency.Options(queued, milliseconds, each, disk.name, injectNanos));
    }
  }
}
