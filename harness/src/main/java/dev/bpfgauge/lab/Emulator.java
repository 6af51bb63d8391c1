package dev.bpfgauge.lab;

import dev.bpfgauge.machine.host.CpuInfo;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Clock;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.SearchPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * QEMU on this machine, and its command lines.
 *
 * @param program the emulator of the guests' architecture, and where its data are
 * @param version as it says of itself
 * @param kvm guests can run on this processor itself
 * @param wishes what its guests have beyond what all have
 */
record Emulator(GuestArch arch, List<String> program, String version, boolean kvm, Wishes wishes) {
  Emulator {
    program = List.copyOf(program);
  }

  /** Where further programs run beside the guest's own. */
  private static final int MORE_MEGABYTES = 2048;

  /**
   * Finds it.
   *
   * @throws Refusal with the command that installs it
   */
  static Emulator find(GuestArch arch, Wishes wishes) {
    List<String> program =
        List.of(
            SearchPath.find(arch.emulator())
                .orElseThrow(() ->
                    Refusal.environment(
                        "the lab needs %s, which is not on the PATH: apt-get install -y %s"
                            .formatted(arch.emulator(), arch.emulatorPackage())))
                .toString());
    String version = version(program);
    if (wishes.board().cpus() > 1 && !DebianEmulator.isEnough(version)) {
      String tooOld = version;
      program =
          new DebianEmulator(new KernelStore(arch), arch)
              .command()
              .orElseThrow(() ->
                  Refusal.environment(
                      "several processors need QEMU %s or later, this is %s: %s"
                          .formatted(
                              DebianEmulator.NEEDED,
                              tooOld,
                              Program.command("kernels", "fetch", "--emulator", "debian:7.2"))));
      version = version(program);
    }
    boolean kvm = arch.isThisMachines() && hasKvm(arch, Path.of(program.getFirst()));
    return new Emulator(arch, program, version, kvm, wishes);
  }

  private static String version(List<String> program) {
    HostProgram.Ended said =
        HostProgram.run(Path.of("/"), List.of(program.getFirst(), "--version"));
    return said.output().lines().findFirst().orElse("unknown").strip();
  }

  /**
   * Tries it, up to a processor that stands still: the device may be there and not work. Inside a
   * virtual machine that tells too little: seen was one whose guests began to boot, and stopped
   * with "KVM internal error" at an instruction that the host's KVM could not emulate.
   */
  private static boolean hasKvm(GuestArch arch, Path program) {
    if (!Files.isReadable(Path.of("/dev/kvm"))
        || !Files.isWritable(Path.of("/dev/kvm"))
        || CpuInfo.read(Roots.SYSTEM).hypervisor()) {
      return false;
    }
    return HostProgram.run(
            Path.of("/"),
            List.of(
                program.toString(),
                "-accel",
                "kvm",
                "-machine",
                arch.machine(),
                "-cpu",
                "host",
                "-S",
                "-nodefaults",
                "-display",
                "none",
                "-monitor",
                "stdio"),
            "quit\n")
        .wentWell();
  }

  /** Whether guests of that mode run on the processor itself. */
  boolean hardware(GuestMode mode) {
    return kvm && mode != GuestMode.INSTRUCTIONS;
  }

  /** What a figure of that mode counts; two runs with different clocks are not comparable. */
  String clock(GuestMode mode) {
    return (counts(mode)
            ? Clock.INSTRUCTIONS
            : hardware(mode) ? Clock.NANOSECONDS : Clock.EMULATED_NANOSECONDS)
        .word();
  }

  /**
   * Whether the guest's clock counts instructions. Where nobody asks for time it does: emulated
   * time is too uneven for the suites' own checks.
   */
  private boolean counts(GuestMode mode) {
    if (wishes.board().cpus() > 1) {
      return wishes.board().counted() && !hardware(mode);
    }
    return switch (mode) {
      case INSTRUCTIONS -> true;
      case FUNCTIONAL -> !hardware(mode);
      case TIME -> false;
    };
  }

  /** Virtual processors of a guest. */
  int cpus(GuestMode mode) {
    int wanted = wishes.board().cpus();
    return wanted > 0 ? wanted : counts(mode) ? 1 : 2;
  }

  /** What a guest of that mode has to find itself to be. */
  GuestBoard board(GuestMode mode, KernelImage kernel) {
    boolean ownCpus = wishes.kernelParameters().matches(".*\\b(maxcpus|nr_cpus|possible_cpus)=.*");
    boolean ownMemory = wishes.kernelParameters().matches(".*\\b(mem|memmap|crashkernel)=.*");
    int online = ownCpus ? 0 : cpus(mode);
    int possible = wishes.possibleCpus() > 0 ? Math.max(wishes.possibleCpus(), online) : online;
    return new GuestBoard(kernel.release(), possible, online, ownMemory ? 0 : megabytes());
  }

  /** Whether the guest's kernel is told of more processors than there are. */
  private boolean hasProcessorTable(GuestMode mode) {
    return arch == GuestArch.AMD64 && wishes.possibleCpus() > cpus(mode);
  }

  private int megabytes() {
    int asked = wishes.board().megabytes();
    return wishes.programs().isEmpty() ? asked : Math.max(MORE_MEGABYTES, asked);
  }

  private String processors(GuestMode mode) {
    int online = cpus(mode);
    return wishes.possibleCpus() > online && arch != GuestArch.AMD64
        ? online + ",maxcpus=" + wishes.possibleCpus()
        : Integer.toString(online);
  }

  /** The processor the guest sees. */
  String cpu(GuestMode mode) {
    return hardware(mode) ? "host" : arch.emulatedCpu();
  }

  /**
   * What boots a guest: its messages come on standard output, its console goes into a file, and it
   * dies with the thread that starts it, however that ends.
   *
   * @param disk its file
   * @param variables what the guest's first program finds in its environment
   */
  List<String> command(
      GuestMode mode,
      Path kernel,
      Path initramfs,
      GuestDisk disk,
      Path console,
      Map<String, String> variables) {
    List<String> command = new ArrayList<>();
    SearchPath.find("setpriv")
        .ifPresent(
            setpriv -> command.addAll(List.of(setpriv.toString(), "--pdeathsig", "KILL", "--")));
    command.addAll(program);
    Wishes.Board board = wishes.board();
    command.addAll(List.of("-machine", arch.machine(), "-m", megabytes() + "M"));
    command.addAll(List.of("-smp", processors(mode)));
    command.addAll(nodes(board));
    command.addAll(List.of("-cpu", cpu(mode)));
    // Parallel emulation was seen to kill a guest while its kernel patched its own code.
    String turns = board.isParallel() ? "multi" : "single";
    command.addAll(List.of("-accel", hardware(mode) ? "kvm" : "tcg,thread=" + turns));
    if (counts(mode)) {
      command.addAll(List.of("-icount", "shift=0,sleep=off"));
    }
    command.addAll(List.of("-nodefaults", "-display", "none", "-no-reboot"));
    command.addAll(List.of("-chardev", "file,id=console,append=on,path=" + escaped(console)));
    command.addAll(List.of("-chardev", "stdio,id=channel,signal=off"));
    command.addAll(arch.lines("console", "channel"));
    // NVMe: the one kind of disk that Debian's cloud kernels have built in.
    disk.file()
        .ifPresent(file ->
            command.addAll(
                List.of(
                    "-drive",
                    "if=none,id=disk,format=raw,cache=unsafe,file=" + escaped(file),
                    "-device",
                    "nvme,drive=disk,serial=bpfgauge")));
    command.addAll(List.of("-kernel", kernel.toString(), "-initrd", initramfs.toString()));
    StringJoiner parameters = new StringJoiner(" ").add(kernelParameters(mode));
    variables.forEach((name, value) -> parameters.add(name + "=" + value));
    command.addAll(List.of("-append", parameters.toString()));
    return command;
  }

  /** Processors in order and memory, divided among NUMA nodes. */
  private static List<String> nodes(Wishes.Board board) {
    List<String> options = new ArrayList<>();
    int each = board.cpus() / board.nodes();
    for (int node = 0; board.nodes() > 1 && node < board.nodes(); node++) {
      options.addAll(
          List.of(
              "-object",
              "memory-backend-ram,id=node%d,size=%dM"
                  .formatted(node, board.megabytes() / board.nodes()),
              "-numa",
              "node,nodeid=%1$d,memdev=node%1$d,cpus=%2$d-%3$d"
                  .formatted(node, node * each, (node + 1) * each - 1)));
    }
    return options;
  }

  /** What the guest's kernel is told. */
  String kernelParameters(GuestMode mode) {
    return "console="
        + arch.console()
        + " loglevel=4 panic=-1 mitigations=off nokaslr rdinit=/init"
        + (counts(mode) ? arch.instructionClock() : "")
        + (hasProcessorTable(mode) ? " maxcpus=" + cpus(mode) : "")
        + (wishes.kernelParameters().isEmpty() ? "" : " " + wishes.kernelParameters());
  }

  /** A comma in QEMU's options is written twice. */
  private static String escaped(Path path) {
    return path.toString().replace(",", ",,");
  }
}
