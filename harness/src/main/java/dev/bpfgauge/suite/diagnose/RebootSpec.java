package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.diagnose.Reboot.Request;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Reboot}. */
public final class RebootSpec implements ToolSpec {
  private static final String USUAL_FILE = "/var/log/bpfgauge-requests.log";
  private static final Path KERNEL_LOG = Path.of("/dev/kmsg");
  private static final Path NO_KERNEL_LOG = Path.of("/dev/null");

  @Override
  public String name() {
    return Reboot.NAME;
  }

  @Override
  public Family family() {
    return Family.DIAGNOSE;
  }

  @Override
  public List<String> description() {
    return List.of(
        "Who asks for a shutdown or restart, kept on the disk before it comes.",
        "Commands, signals to process 1, the system call.",
        "Each request is on the disk and in the kernel's log at once, to be read afterwards.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  /** It waits for an end, and keeps a file. */
  @Override
  public boolean isInTheWholePicture() {
    return false;
  }

  /** The nearest: it looks at each exec. */
  @Override
  public TargetLoad load() {
    return TargetLoad.SPAWN;
  }

  @Override
  public Output output() {
    return Output.AS_IT_HAPPENS;
  }

  /** It keeps what it sees in a folder that goes, and says nothing to the kernel. */
  @Override
  public Tool attach() {
    try {
      return Reboot.attach(
          new Reboot.Options(
              Scratch.newFolder("requests-").resolve("requests.log"), NO_KERNEL_LOG, 0));
    } catch (IOException e) {
      throw new IllegalStateException("no folder to keep requests in: " + e.getMessage(), e);
    }
  }

  /** Executes a program that is called as one that ends a machine, and ends by itself. */
  @Override
  public Map<String, Double> prove(Tool tool) {
    try {
      String script = KnownRequest.execute();
      List<Request> requests =
          ((Reboot) tool)
              .events().stream()
                  .filter(request -> request.comm().equals("halt"))
                  .filter(request -> request.arguments().words().contains(script))
                  .toList();
      if (requests.size() != 1 || !requests.getFirst().kept().startsWith("disk")) {
        throw new IllegalStateException("one was asked for and to be kept; shown: " + requests);
      }
      return Map.of();
    } catch (IOException e) {
      throw new IllegalStateException("no program to execute: " + e.getMessage(), e);
    }
  }

  /** The command of it. */
  private static final class Given implements Options {
    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "Where requests are kept. Default: ${DEFAULT-VALUE}.",
        defaultValue = USUAL_FILE)
    private Path file = Path.of(USUAL_FILE);

    @Override
    public Tool attach(int injectNanos) {
      return Reboot.attach(new Reboot.Options(file, KERNEL_LOG, injectNanos));
    }
  }
}
