package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Biolatency;
import dev.bpfgauge.suite.tools.Biosnoop;
import dev.bpfgauge.suite.tools.Cpudist;
import dev.bpfgauge.suite.tools.Filetop;
import dev.bpfgauge.suite.tools.Offwaketime;
import dev.bpfgauge.suite.tools.Tcpsubnet;
import dev.bpfgauge.suite.tools.Tool;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tools}: tracing tools in the manner of BCC, each a subcommand. */
@Command(
    name = "tools",
    description = {
      "Trace with tools like those of BCC.",
      "Each is attached until its last interval or Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ToolsCommand.BiolatencyCommand.class,
      ToolsCommand.BiosnoopCommand.class,
      ToolsCommand.CpudistCommand.class,
      ToolsCommand.OffwaketimeCommand.class,
      ToolsCommand.FiletopCommand.class,
      ToolsCommand.TcpsubnetCommand.class,
      OverheadCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tools cpudist          how long tasks run at a time, until Ctrl-C",
      "  tools cpudist -O 1 10  off the CPU, ten histograms of one second",
      "  tools biolatency -D 5  block devices' latency each five seconds, by disk",
      "  tools biosnoop --json  a line of JSON for each batch of block requests",
      "  tools tcpsubnet --subnets 10.0.0.0/8,::/0 -f k 1"
    })
final class ToolsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code --cgroup}, where a tool can be limited to one. */
  static final class CgroupOption {
    @Option(
        names = {"-c", "--cgroup"},
        paramLabel = "DIR",
        description = "Only tasks of this control group.")
    @Nullable Path folder;
  }

  /** {@code --pid}, where a tool can be limited to one. */
  static final class PidOption {
    @Option(
        names = {"-p", "--pid"},
        paramLabel = "PID",
        description = "Only this process.")
    @Nullable Integer pid;

    /** 0 for all processes. */
    int orAll() {
      return named("process", "ps -e", pid);
    }
  }

  /** What was given; 0 for all where nothing was. */
  private static int named(String what, String list, @Nullable Integer number) {
    if (number != null && number < 1) {
      throw Refusal.usage("there is no %s %d; `%s` lists them.".formatted(what, number, list));
    }
    return number == null ? 0 : number;
  }

  /** {@code tools cpudist}. */
  @Command(
      name = "cpudist",
      description = "How long tasks stay on a CPU, or off it, as a histogram.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class CpudistCommand extends ToolCommand {
    @Option(
        names = {"-O", "--offcpu"},
        description = "Time off the CPU.")
    boolean offCpu;

    @Option(
        names = {"-I", "--idle"},
        description = "Include idle time of CPUs.")
    boolean idleToo;

    @Option(
        names = {"-P", "--pids"},
        description = "A histogram for each process.")
    boolean eachProcess;

    @Option(
        names = {"-L", "--tids"},
        description = "A histogram for each thread.")
    boolean eachThread;

    @Option(
        names = {"-m", "--milliseconds"},
        description = "In milliseconds.")
    boolean milliseconds;

    @Mixin PidOption only;
    @Mixin CgroupOption cgroup;

    @Override
    Tool attach() {
      Cpudist.Each each =
          eachThread ? Cpudist.Each.THREAD : eachProcess ? Cpudist.Each.PROCESS : Cpudist.Each.ALL;
      return Cpudist.attach(
          new Cpudist.Options(
              offCpu, idleToo, milliseconds, each, only.orAll(), cgroup.folder, injectNanos));
    }
  }

  /** {@code --disk}, where a tool can be limited to one. */
  static final class DiskOption {
    @Option(
        names = {"-d", "--disk"},
        paramLabel = "DISK",
        description = "Only this disk, e.g. sda.",
        defaultValue = "")
    String name = "";
  }

  /** {@code tools biolatency}. */
  @Command(
      name = "biolatency",
      description = "How long block devices take, as a histogram.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class BiolatencyCommand extends ToolCommand {
    @Option(
        names = {"-Q", "--queued"},
        description = "Include the time in the system's queue.")
    boolean queued;

    @Option(
        names = {"-m", "--milliseconds"},
        description = "In milliseconds.")
    boolean milliseconds;

    @Option(
        names = {"-D", "--disks"},
        description = "A histogram for each disk.")
    boolean eachDisk;

    @Option(
        names = {"-F", "--flags"},
        description = "A histogram for each set of flags, e.g. Sync-Write.")
    boolean eachFlags;

    @Mixin DiskOption disk;

    @Override
    Tool attach() {
      if (eachDisk && eachFlags) {
        throw Refusal.usage("-D and -F are not possible together: give one of them.");
      }
      Biolatency.Each each =
          eachDisk ? Biolatency.Each.DISK : eachFlags ? Biolatency.Each.FLAGS : Biolatency.Each.ALL;
      return Biolatency.attach(
          new Biolatency.Options(queued, milliseconds, each, disk.name, injectNanos));
    }
  }

  /** {@code tools biosnoop}. */
  @Command(
      name = "biosnoop",
      description = "A row for each block request: when, who, which disk, how long.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class BiosnoopCommand extends ToolCommand {
    @Option(
        names = {"-Q", "--queue"},
        description = "Show the time in the system's queue.")
    boolean queued;

    @Mixin DiskOption disk;
    @Mixin PidOption only;

    @Override
    Tool attach() {
      return Biosnoop.attach(new Biosnoop.Options(queued, disk.name, only.orAll(), injectNanos));
    }
  }

  /** {@code tools offwaketime}. */
  @Command(
      name = "offwaketime",
      description = {
        "How long threads were off the CPU, and why.",
        "Each wait with the thread's stack and its waker's."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class OffwaketimeCommand extends ToolCommand {
    private static final long ANY_STATE = -1;

    @Mixin PidOption only;

    @Option(
        names = {"-t", "--tid"},
        paramLabel = "TID",
        description = "Only this thread.")
    @Nullable Integer tid;

    @Option(
        names = {"-u", "--user-threads-only"},
        description = "Only threads of processes.")
    boolean userThreads;

    @Option(
        names = {"-k", "--kernel-threads-only"},
        description = "Only the kernel's threads.")
    boolean kernelThreads;

    @Option(
        names = {"-U", "--user-stacks-only"},
        description = "Stacks of user space only.")
    boolean userStacks;

    @Option(
        names = {"-K", "--kernel-stacks-only"},
        description = "Stacks of the kernel only.")
    boolean kernelStacks;

    @Option(
        names = {"-f", "--folded"},
        description = "One line for each, for flame graphs.")
    boolean folded;

    @Option(
        names = {"-m", "--min-block-time"},
        paramLabel = "US",
        description = "Shorter waits do not count. Default: 1 us.")
    long shortest = 1;

    @Option(
        names = {"-M", "--max-block-time"},
        paramLabel = "US",
        description = "Longer waits do not count.")
    long longest = Long.MAX_VALUE;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only waits in this state, e.g. 1 (interruptible) or 2.")
    long state = ANY_STATE;

    @Option(
        names = "--stack-storage-size",
        paramLabel = "N",
        description = {
          "Room for N stacks and 4 N pairs of stacks; 1.7 kB",
          "of memory for each N. Default: ${DEFAULT-VALUE}."
        },
        defaultValue = "" + Offwaketime.USUAL_STACKS)
    int stacks = Offwaketime.USUAL_STACKS;

    @Override
    Tool attach() {
      if ((userThreads && kernelThreads) || (userStacks && kernelStacks)) {
        throw Refusal.usage("-u and -k, -U and -K exclude each other: give one of each.");
      }
      return Offwaketime.attach(
          new Offwaketime.Options(
              only.orAll(),
              named("thread", "ps -eL", tid),
              userThreads
                  ? Offwaketime.Threads.USER
                  : kernelThreads ? Offwaketime.Threads.KERNEL : Offwaketime.Threads.ALL,
              userStacks
                  ? Offwaketime.Halves.USER
                  : kernelStacks ? Offwaketime.Halves.KERNEL : Offwaketime.Halves.BOTH,
              state,
              shortest,
              longest,
              stacks,
              folded,
              injectNanos));
    }
  }

  /** {@code tools filetop}. */
  @Command(
      name = "filetop",
      description = "Which files are read and written most, and by which thread.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class FiletopCommand extends ToolCommand {
    @Option(
        names = {"-a", "--all-files"},
        description = "Include sockets, pipes and devices.")
    boolean allTypes;

    @Option(
        names = {"-r", "--maxrows"},
        paramLabel = "N",
        description = "Rows shown. Default: ${DEFAULT-VALUE}.",
        defaultValue = "20")
    int most = 20;

    @Option(
        names = {"-s", "--sort"},
        paramLabel = "WORD",
        description = "all, reads, writes, rbytes or wbytes. Default: ${DEFAULT-VALUE}.",
        defaultValue = "all")
    String sort = "all";

    @Mixin PidOption only;

    @Override
    Tool attach() {
      return Filetop.attach(
          new Filetop.Options(allTypes, only.orAll(), Filetop.sort(sort), most, injectNanos));
    }
  }

  /** {@code tools tcpsubnet}. */
  @Command(
      name = "tcpsubnet",
      description = "Bytes sent by TCP, by the subnet they go to.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class TcpsubnetCommand extends ToolCommand {
    @Option(
        names = "--subnets",
        paramLabel = "LIST",
        description = "Subnets, in the order they are tried. Default: ${DEFAULT-VALUE}.",
        defaultValue = Tcpsubnet.DEFAULT_SUBNETS)
    String subnets = Tcpsubnet.DEFAULT_SUBNETS;

    @Option(
        names = {"-f", "--format"},
        paramLabel = "WORD",
        description = "b, k or m: bytes, kB or MB. Default: ${DEFAULT-VALUE}.",
        defaultValue = "b")
    String format = "b";

    @Override
    Tool attach() {
      return Tcpsubnet.attach(
          new Tcpsubnet.Options(subnets, Tcpsubnet.Format.of(format), injectNanos));
    }
  }
}
