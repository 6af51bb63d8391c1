package dev.bpfgauge.lab;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Checkout;
import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Completeness;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.Status;
import dev.bpfgauge.run.MachineLock;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.RunConditions;
import dev.bpfgauge.run.RunRecorder;
import dev.bpfgauge.run.SessionListener;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.prog.ProgSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run over kernels: boots each once a round, forwards and backwards in turn, and leaves an
 * ordinary run folder whose arms are the kernels. A guest that dies or hangs is a row of the cell
 * it was at; it is booted again for the cells behind that one.
 */
public final class LabRun {
  private final MachineLock lock;
  private final LabRequest request;
  private final KernelStore store;
  private final Emulator emulator;
  private final GuestImage image;
  private final String version;
  private final List<String> commandLine;
  private final Consumer<RunFolder> derive;

  private final KernelBoots.Seen seen = new KernelBoots.Seen();
  private final SortedMap<String, String> guestVersions = new TreeMap<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** Of the run that is resumed. */
  private final SortedMap<String, String> earlierEnvironment = new TreeMap<>();

  /**
   * @param lock held where the guests' figures are times
   * @param version of this program
   * @param commandLine the arguments as given
   * @param derive writes the files that follow from the run, at its end, also when cancelled
   * @throws Refusal where there is no emulator
   */
  public LabRun(
      MachineLock lock,
      LabRequest request,
      KernelStore store,
      String version,
      List<String> commandLine,
      Consumer<RunFolder> derive) {
    this.lock = lock;
    this.request = request;
    this.store = store;
    this.version = version;
    this.commandLine = List.copyOf(commandLine);
    this.derive = derive;
    this.emulator = Emulator.find(request.arch(), request.wishes());
    this.image = new GuestImage(store, request.arch(), request.wishes());
  }

  /**
   * Boots and measures.
   *
   * @param files name in the run's folder and in the guests → content
   * @throws Refusal where another harness runs, or a part of the guests is not there
   */
  public MeasuredRun.Result start(
      SortedMap<String, byte[]> files, Path resultsFolder, MeasuredRun.ListenerFactory listeners) {
    try (Held _ = held();
        GuestFiles ours = GuestFiles.in(store.folder())) {
      Path initramfs = prepared(ours, files);
      RunFolder folder = RunFolder.create(resultsFolder, RunFolder.idAt(Instant.now(), "kernels"));
      files.forEach(folder::write);
      LabPlan.of(request).write(folder);
      return execute(folder, initramfs, Instant.now(), listeners);
    } catch (IOException e) {
      throw KernelStore.notWritten(resultsFolder, e);
    }
  }

  /**
   * Goes on with the run whose request this one's is: what has no result yet, or failed, is
   * measured.
   *
   * @throws Refusal where guests are not what they were then
   */
  public MeasuredRun.Result resume(RunFolder folder, MeasuredRun.ListenerFactory listeners) {
    try (Held _ = held();
        GuestFiles ours = GuestFiles.in(store.folder())) {
      RunInfo before = folder.readInfo();
      RunConditions.requireSame(folder, before.fingerprint(), fingerprint(folder));
      notes.addAll(before.notes());
      earlierEnvironment.putAll(before.environment());
      SortedMap<String, byte[]> files = new TreeMap<>(folder.filesIn(ProgSuite.OBJECTS));
      files.putAll(folder.filesIn(ProgSuite.INPUTS));
      Path initramfs = prepared(ours, files);
      return execute(folder, initramfs, before.startedAt(), listeners);
    } catch (IOException e) {
      throw KernelStore.notWritten(folder.path(), e);
    }
  }

  /** The machine, held for as long as that is needed. */
  private interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Instructions are the same whatever else runs here, and figures of functional runs are none. */
  private Held held() {
    if (request.mode() != GuestMode.TIME) {
      return () -> {};
    }
    InstanceLock taken = lock.take();
    return taken::close;
  }

  /** Writes the initramfs. */
  private Path prepared(GuestFiles ours, SortedMap<String, byte[]> files) throws IOException {
    if (request.wishes().diskMegabytes() > 0) {
      GuestDisk.maker();
    }
    SortedMap<String, Path> inputs = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (ProgSuite.isRecord(file.getKey())) {
        continue;
      }
      Path copy = ours.initramfs().resolveSibling(file.getKey());
      Files.createDirectories(copy.resolveSibling(""));
      inputs.put(file.getKey(), Files.write(copy, file.getValue()));
    }
    image.write(
        ours.initramfs(),
        new GuestTask(request.cells(), request.mode().word(), request.seed()),
        request.kernels(),
        request.profiles(),
        inputs);
    return ours.initramfs();
  }

  private MeasuredRun.Result execute(
      RunFolder folder, Path initramfs, Instant startedAt, MeasuredRun.ListenerFactory listeners)
      throws IOException {
    Files.createDirectories(folder.path().resolve(KernelBoots.CONSOLES));
    RunRecorder recorder =
        new RunRecorder(
            folder,
            request.forks(),
            listeners,
            (finishedAt, elapsedMillis, status) ->
                info(folder, startedAt, finishedAt, elapsedMillis, status),
            derive);
    return recorder.record(
        recording -> {
          if (request.mode() == GuestMode.TIME && !emulator.hardware(GuestMode.TIME)) {
            note(
                recording.listener(),
                "KVM does not work here, or this is a virtual machine itself: the guests are"
                    + " emulated, so nanoseconds say nothing beyond their ratios; use --mode"
                    + " instructions");
          }
          return boots(folder, initramfs, new LabRows(recording, request.forks()));
        },
        forks -> Completeness.of(request.planned(), forks).status());
  }

  private void note(SessionListener listener, String sentence) {
    notes.add(sentence);
    listener.note(sentence);
  }

  /** Returns whether the run was interrupted; no guest is left either way. */
  private boolean boots(RunFolder folder, Path initramfs, LabRows rows) {
    int atOnce = request.mode().sideBySide() ? Runtime.getRuntime().availableProcessors() : 1;
    // Platform threads: a guest dies with the thread that started it.
    ExecutorService threads =
        Executors.newFixedThreadPool(atOnce, Thread.ofPlatform().name("guest-", 0).factory());
    try {
      List<Future<?>> boots = new ArrayList<>();
      for (BootShare share : shares(atOnce)) {
        KernelBoots one = new KernelBoots(request, emulator, seen, folder, initramfs, rows, share);
        boots.add(
            threads.submit(() -> {
              one.run();
              return null;
            }));
      }
      for (Future<?> boot : boots) {
        boot.get();
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  /** Rounds go forwards and backwards in turn. */
  private List<BootShare> shares(int atOnce) {
    List<BootShare> whole = new ArrayList<>();
    for (int round = 0; round < request.rounds(); round++) {
      List<LabArm> order = round % 2 == 0 ? request.arms() : request.arms().reversed();
      for (LabArm arm : order) {
        whole.add(new BootShare(arm, round, 0, 1));
      }
    }
    // Others compare what cells of one boot gave: an operation with its floor.
    return request.cells().stream().allMatch(cell -> cell.suite().equals(ProgSuite.NAME))
        ? BootShare.divided(whole, arm -> arm.cells(request.cells()).size(), atOnce)
        : whole;
  }

  private RunInfo info(
      RunFolder folder,
      Instant startedAt,
      @Nullable Instant finishedAt,
      long elapsedMillis,
      Status status) {
    GuestMode mode = request.mode();
    return new RunInfo(
        RunInfo.FORMAT_VERSION,
        folder.id(),
        startedAt,
        finishedAt,
        elapsedMillis,
        status,
        version,
        commandLine,
        new RunInfo.PlanInfo(
            "lab, " + mode.word(),
            request.cells().stream().map(Cell::suite).distinct().toList(),
            request.arms().stream().map(LabArm::info).distinct().toList(),
            request.rounds(),
            request.forks(),
            request.seed(),
            mode.warmupMillis(),
            mode.measureMillis() * mode.iterations(),
            request.margin(),
            null),
        fingerprint(folder),
        environment(),
        List.of(),
        new ArrayList<>(notes));
  }

  private SortedMap<String, String> fingerprint(RunFolder folder) {
    SortedMap<String, String> print = new TreeMap<>();
    request.cells().stream()
        .map(Cell::suite)
        .distinct()
        .flatMap(suite -> Suite.named(suite).stream())
        .forEach(suite -> print.putAll(suite.fingerprint(folder.path())));
    GuestMode mode = request.mode();
    print.put(RunInfo.CLOCK, emulator.clock(mode));
    print.put("architecture", request.arch().debian());
    print.put("emulator", emulator.version() + (emulator.hardware(mode) ? ", KVM" : ", TCG"));
    print.put("cpu", emulator.cpu(mode));
    print.put("cpus online", Integer.toString(emulator.cpus(mode)));
    if (request.wishes().possibleCpus() > 0) {
      print.put("cpus possible", Integer.toString(request.wishes().possibleCpus()));
    }
    print.put("kernel parameters", emulator.kernelParameters(mode));
    print.putAll(guestVersions());
    for (LabArm arm : request.arms()) {
      KernelImage kernel = arm.kernel();
      print.put("kernel " + arm.name(), kernel.release() + ", sha256 " + kernel.sha256());
    }
    return print;
  }

  /** Asked for once: when the run is cancelled, what was compiled for guests is deleted already. */
  private SortedMap<String, String> guestVersions() {
    if (guestVersions.isEmpty()) {
      guestVersions.putAll(image.versions());
    }
    return guestVersions;
  }

  private SortedMap<String, String> environment() {
    SortedMap<String, String> found = new TreeMap<>(Checkout.here());
    found.putAll(earlierEnvironment);
    seen.kernels().forEach((label, said) -> found.put("guest " + label + " says", said));
    seen.libbpfs().forEach((label, said) -> found.put("libbpf in guest " + label, said));
    found.put("guests at once", request.mode().sideBySide() ? "up to one a processor" : "one");
    found.put(
        "kernels' origin",
        request.kernels().stream()
            .map(KernelImage::origin)
            .distinct()
            .collect(Collectors.joining(", ")));
    return found;
  }
}
