package dev.bpfgauge.suite.tools;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Tcpsubnet}. */
public final class TcpsubnetSpec implements ToolSpec {
  @Override
  public String name() {
    return Tcpsubnet.NAME;
  }

  @Override
  public List<String> description() {
    return List.of("Bytes sent by TCP, by the subnet they go to.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.SEND;
  }

  @Override
  public Optional<HostEvents> hostEvents() {
    return Optional.of(HostEvents.SENDS);
  }

  /** {@code tools tcpsubnet}. */
  private static final class Given implements Options {
    @Option(
        names = "--subnets",
        paramLabel = "LIST",
        description = "Subnets, in the order they are tried. Default: ${DEFAULT-VALUE}.",
        defaultValue = Tcpsubnet.DEFAULT_SUBNETS)
    private String subnets = Tcpsubnet.DEFAULT_SUBNETS;

    @Option(
        names = {"-f", "--format"},
        paramLabel = "WORD",
        description = "b, k or m: bytes, kB or MB. Default: ${DEFAULT-VALUE}.",
        defaultValue = "b")
    private String format = "b";

    @Override
    public Tool attach(int injectNanos) {
      return Tcpsubnet.attach(
          new Tcpsubnet.Options(subnets, Tcpsubnet.Format.of(format), injectNanos));
    }
  }
}
