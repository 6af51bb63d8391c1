package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.suite.tools.BuiltInTools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab, with a real kernel where one is in the cache or can be fetched. */
@SideBySide
class KernelsIT {
  private static final List<String> HOOKS =
      List.of("kprobe", "kretprobe", "kprobe.multi", "fentry", "fexit");

  @TempDir Path folder;

  /** What every kernel with BTF can do, whatever the machine's own kernel may refuse. */
  @Test
  void mapsAndHooksAreMeasuredInAGuest() throws Exception {
    Kernels.fetched(folder);

    Jar.Ended ended =
        functional(
            "--suite",
            "maps,kernel-maps,loads,hooks",
            "--map",
            "hash,array",
            "--op",
            "lookup,delete",
            "--hook",
            String.join(",", HOOKS),
            "--body",
            "counter");

    RunData run = Kernels.latest(folder);
    assertEquals(0, ended.exitCode(), ended + " " + run.forks());
    assertTrue(
        run.info().environment().getOrDefault("guest 6.12 says", "").startsWith("6.12."),
        run.info().environment().toString());
    assertTrue(run.info().inLab());
    ForkRecord delete = Kernels.row(run, "maps.delete", "array");
    assertEquals(ForkStatus.REFUSED, delete.status(), "arrays have no delete on any kernel");
    assertTrue(
        Stream.of("maps.lookup", "maps.delete", "kernel-maps.lookup")
            .allMatch(benchmark -> Kernels.row(run, benchmark, "hash").status() == ForkStatus.OK),
        run.forks().toString());
    for (String hook : HOOKS) {
      assertEquals(ForkStatus.OK, Kernels.row(run, "hooks." + hook, "").status(), hook);
      assertTrue(extra(run, "hooks." + hook, "runs_per_op") >= 1, hook);
      assertTrue(extra(run, "hooks." + hook, "base_ns") > 0, hook);
      assertEquals(1.0, extra(run, "loads." + hook, "helper_ringbuf_reserve"), hook);
      assertEquals(0.0, extra(run, "loads." + hook, "helper_xdp_adjust_head"), hook);
    }
  }

  private Jar.Ended functional(String... further) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("kernels", "run", "--kernels", Kernels.ONE, "--mode", "functional"));
    all.addAll(List.of(further));
    return new Jar(folder).besideOthers().run(all.toArray(String[]::new));
  }

  /** An A/A of the lab, and what it must not miss. */
  @Test
  void twoBootsOfOneKernelAreEquivalentArmsAndADelayedOneIsSlower() throws Exception {
    Kernels.fetched(folder);

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "kernels",
                "run",
                "--kernels",
                Kernels.ONE + "," + Kernels.ONE,
                "--delay",
                "50",
                "--suite",
                "maps,kernel-maps",
                "--map",
                "array,percpu-array",
                "--op",
                "lookup");

    RunData run = Kernels.latest(folder);
    assertEquals(0, ended.exitCode(), ended.out() + ended.err() + run.forks());
    String delayed = Kernels.ONE + "+50insn";
    assertEquals(
        List.of(Kernels.ONE, Kernels.ONE + "#2", delayed),
        run.info().plan().arms().stream().map(RunInfo.ArmInfo::label).toList());
    List<CellComparison> compared = RunAnalysis.of(run).comparisons();
    assertEquals(2, compared.stream().filter(c -> isOf(delayed, c)).count(), "maps alone");
    assertTrue(compared.size() > 4, compared.toString());
    for (CellComparison c : compared) {
      assertEquals(
          isOf(delayed, c) ? Verdict.SLOWER : Verdict.EQUIVALENT, c.verdict(), c.toString());
    }
  }

  private static boolean isOf(String arm, CellComparison comparison) {
    return comparison.subject().profile().equals(arm);
  }

  @Test
  void aGuestHasDebiansLibbpfWhereItIsAskedFor() throws Exception {
    Kernels.fetched(folder);
    Kernels.fetched(folder, List.of("--debian-libbpf", "debian:" + Kernels.ONE));

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "kernels",
                "run",
                "--debian-libbpf",
                "--kernels",
                Kernels.ONE,
                "--mode",
                "functional",
                "--suite",
                "maps,kernel-maps,hooks",
                "--map",
                "hash",
                "--op",
                "lookup",
                "--hook",
                "kprobe,fentry",
                "--body",
                "counter");

    RunData run = Kernels.latest(folder);
    assertEquals(0, ended.exitCode(), ended.out() + ended.err() + run.forks());
    String package_ = run.info().fingerprint().getOrDefault("libbpf1", "");
    Matcher version = Pattern.compile("\\d+:(\\d+\\.\\d+).*").matcher(package_);
    assertTrue(version.matches(), run.info().fingerprint().toString());
    assertEquals("v" + version.group(1), run.info().environment().get("libbpf in guest 6.12"));
  }

  /** Every suite once: what depends on the processor shows where the guest's is another. */
  @Test
  void anArm64GuestMeasuresWhatTheJarCan() throws Exception {
    Kernels.fetched(folder, "arm64", "qemu-system-aarch64");

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "kernels",
                "run",
                "--arch",
                "arm64",
                "--kernels",
                Kernels.ONE,
                "--mode",
                "functional",
                "--suite",
                "maps,kernel-maps,hooks,verifier,events",
                "--map",
                "hash",
                "--hook",
                "raw_tp,kprobe,fentry,uprobe",
                "--body",
                "counter",
                "--program-size",
                "100",
                "--via",
                "perf-buffer");

    RunData run = Kernels.latest(folder);
    assertTrue(
        run.info().environment().getOrDefault("guest 6.12 says", "").contains("arm64"),
        run.info().environment().toString() + ended.err());
    List<String> sound =
        run.forks().stream()
            .filter(fork -> fork.status() == ForkStatus.OK)
            .map(fork -> fork.cell().benchmark())
            .toList();
    for (String benchmark :
        List.of("floor.getppid", "maps.lookup", "kernel-maps.lookup", "hooks.fentry")) {
      assertTrue(sound.contains(benchmark), benchmark + ": " + run.forks());
    }
  }

  /** Of events, producer and reader take turns on the guest's one processor. */
  @Test
  void everyToolAttachesProgramsRunCompiledAndInterpretedAndEventsArrive() throws Exception {
    Kernels.fetched(folder);

    functional(
        "--suite",
        "loads,verifier,events",
        "--via",
        "ringbuf",
        "--disk",
        "64",
        "--programs",
        "pair.c,no-such-program");

    RunData run = Kernels.latest(folder);
    assertAll(
        () -> everyToolAttachesAndSaysHow(run),
        () -> programsRunCompiledAndInterpretedAndEventsArrive(run));
  }

  private void everyToolAttachesAndSaysHow(RunData run) throws Exception {
    assertEquals("64 MB, NVMe, ext4", run.info().fingerprint().get("guest's disk"));
    assertTrue(run.info().fingerprint().containsKey("guest's pair"));
    Path console = folder.resolve("results/" + run.info().id() + "/guests/6.12-boot1.log");
    assertTrue(Files.readString(console).contains("/dev/nvme0n1 /disk ext4 rw"));
    for (String tool : BuiltInTools.names()) {
      assertEquals(ForkStatus.OK, Kernels.row(run, "loads.tool." + tool, "").status(), tool);
    }
    assertEquals(1.0, extra(run, "loads.tool.filetop", "by_fexit/vfs_read+vfs_write"));
    assertEquals(2.0 * 300 * 4096, extra(run, "loads.tool.filetop", "bytes_counted"));
    assertEquals(1.0, extra(run, "loads.tool.tcpsubnet", "by_tp_btf/sock_send_length"));
  }

  private static void programsRunCompiledAndInterpretedAndEventsArrive(RunData run) {
    assertEquals(ForkStatus.OK, Kernels.row(run, "verifier.straight-line", "").status());
    assertTrue(extra(run, "verifier.straight-line", "processed_insns") > 0);
    double compiled = nanos(run, "jit");
    if (engine(run, "interpreter").status() == ForkStatus.OK) {
      assertTrue(nanos(run, "interpreter") > compiled, run.forks().toString());
    } else {
      assertTrue(engine(run, "interpreter").reason().contains("CONFIG_BPF_JIT_ALWAYS_ON"));
    }
    List<ForkRecord> events =
        run.forks().stream().filter(fork -> fork.cell().suite().equals("events")).toList();
    assertTrue(events.stream().allMatch(fork -> fork.status() == ForkStatus.OK), events.toString());
  }

  private static ForkRecord engine(RunData run, String engine) {
    return run.forks().stream()
        .filter(fork -> fork.cell().param("engine").equals(engine))
        .findFirst()
        .orElseThrow();
  }

  private static double nanos(RunData run, String engine) {
    return Objects.requireNonNull(engine(run, engine).measurement()).meanNanosPerOp();
  }

  private static double extra(RunData run, String benchmark, String name) {
    Measurement measured = Objects.requireNonNull(Kernels.row(run, benchmark, "").measurement());
    return Objects.requireNonNull(measured.extras()).getOrDefault(name, Double.NaN);
  }

  @Test
  void noGuestOutlivesAHarnessThatIsKilled() throws Exception {
    Kernels.fetched(folder);
    Process harness =
        new Jar(folder)
            .besideOthers()
            .with("JDK_JAVA_OPTIONS", "-XX:ActiveProcessorCount=3")
            .start(
                "kernels",
                "run",
                "--kernels",
                Kernels.ONE,
                "--suite",
                "kernel-maps",
                "--rounds",
                "3");
    try {
      List<ProcessHandle> guests = Kernels.guests(harness, 3);
      harness.destroyForcibly().waitFor();

      for (ProcessHandle guest : guests) {
        guest.onExit().get(Patience.SECONDS, TimeUnit.SECONDS);
      }
    } finally {
      harness.destroyForcibly();
    }
  }

  @Test
  void aGuestThatNeverAnswersIsARow() throws Exception {
    Kernels.fetched(folder, "amd64", "qemu-system-x86_64");
    Path loops = folder.resolve("loops");
    Files.write(loops, endless());

    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "kernels",
                "run",
                "--arch",
                "amd64",
                "--kernel",
                loops.toString(),
                "--suite",
                "kernel-maps",
                "--map",
                "array",
                "--op",
                "lookup",
                "--rounds",
                "1",
                "--guest-timeout",
                "3");

    RunData run = Kernels.latest(folder);
    assertEquals(4, ended.exitCode(), ended.out() + ended.err());
    assertTrue(
        run.forks().stream().allMatch(fork -> fork.status() == ForkStatus.TIMEOUT),
        run.forks().toString());
    assertTrue(run.forks().getFirst().reason().contains("said nothing for 3 s"));
  }

  @Test
  void withoutEmulatorOrKernelTheFixIsNamed() throws Exception {
    Jar jar = new Jar(folder).with("XDG_CACHE_HOME", folder.resolve("cache").toString());

    Jar.Ended none = jar.run("kernels", "run", "--kernels", Kernels.ONE);
    assertEquals(3, none.exitCode());
    assertTrue(none.err().contains("kernels fetch debian:6.12"), none.err());

    Path image = Files.write(folder.resolve("image"), endless());
    Jar.Ended noQemu =
        jar.with("PATH", "/nowhere")
            .run("kernels", "run", "--arch", "amd64", "--kernel", image.toString());
    if (noQemu.exitCode() != 3) {
      assertTrue(Files.exists(Path.of("/usr/sbin/qemu-system-x86_64")), noQemu.err());
    } else {
      assertTrue(noQemu.err().contains("apt-get install -y qemu-system-x86"), noQemu.err());
    }
  }

  /** A bzImage whose first instruction in real mode jumps to itself. */
  private static byte[] endless() {
    byte[] image = new byte[64 << 10];
    image[0x1f1] = 1;
    image[0x1fe] = 0x55;
    image[0x1ff] = (byte) 0xaa;
    image[0x200] = (byte) 0xeb;
    image[0x201] = (byte) 0xfe;
    byte[] magic = "HdrS".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, image, 0x202, magic.length);
    image[0x206] = 0x0c;
    image[0x207] = 2;
    image[0x20f] = 1;
    image[0x211] = 1;
    Arrays.fill(image, 0x22c, 0x22f, (byte) 0xff);
    image[0x22f] = 0x7f;
    byte[] version = "endless".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(version, 0, image, 0x300, version.length);
    return image;
  }

  /** On one processor, where instructions are counted: two boots without a tool are the same. */
  @Test
  void whatAToolCostsIsMeasuredInInstructions() throws Exception {
    Kernels.fetched(folder);
    Jar.Ended ended =
        new Jar(folder)
            .besideOthers()
            .run(
                "tools",
                "overhead",
                "--kernel",
                Kernels.ONE,
                "--tools",
                "cpudist",
                "--peer",
                "none",
                "--rounds",
                "1");
    List<ForkRecord> forks = Kernels.latest(folder).forks();
    assertEquals(3, forks.size(), ended.out() + ended.err());
    double off = nanos(OverheadIT.fork(forks, "off", "tools.switch"));
    double again = nanos(OverheadIT.fork(forks, "off#2", "tools.switch"));
    double on = nanos(OverheadIT.fork(forks, "cpudist", "tools.switch"));
    assertEquals(1, again / off, 0.03);
    assertTrue(on > off, on + " is what the tool makes of " + off);
  }

  private static double nanos(ForkRecord fork) {
    Measurement measured = fork.measurement();
    assertNotNull(measured, fork.reason());
    return measured.meanNanosPerOp();
  }
}
