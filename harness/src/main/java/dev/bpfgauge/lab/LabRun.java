package dev.bpfgauge.lab;

import dev.bpfgauge.host.InstanceLock;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.ForkRecord;
import dev.bpfgauge.results.ForkStatus;
import dev.bpfgauge.results.Journal;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.results.Refusal;
import dev.bpfgauge.results.RunFolder;
import dev.bpfgauge.results.RunInfo;
import dev.bpfgauge.results.RunInfo.ArmInfo;
import dev.bpfgauge.results.RunInfo.Status;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.MachineLock;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.RunClock;
import dev.bpfgauge.run.SessionListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run over kernels: boots each once a round, forwards and backwards in turn, and leaves an
 * ordinary run folder whose arms are the kernels. A guest that dies or hangs is a row of the cell
 * it was at; it is booted again for the cells behind that one.
 */
public final class LabRun {
  /** Folder of the guests' consoles in a run's folder. */
  public static final String CONSOLES = "guests";

  private static final String INITRAMFS = "initramfs-";

  /** Deaths of one kernel in one round before the rest of its cells is given up. */
  private static final int MOST_DEATHS = 3;

  private final Request request;
  private final KernelStore store;
  private final Emulator emulator;
  private final GuestImage image;
  private final String version;
  private final List<String> commandLine;
  private final Consumer<RunFolder> derive;

  /** The guests' own names for their kernels, as they said them. */
  private final SortedMap<String, String> seenKernels = new ConcurrentSkipListMap<>();

  private final Set<String> notes = new LinkedHashSet<>();

  /**
   * What is asked for.
   *
   * @param kernels the arms; the first is the reference
   * @param cells without profile
   * @param rounds boots of each kernel
   * @param seed of the keys' order
   * @param margin margin of equivalence as a share
   * @param patience longest silence of a guest
   */
  public record Request(
      GuestArch arch,
      List<KernelImage> kernels,
      List<Cell> cells,
      GuestMode mode,
      int rounds,
      long seed,
      double margin,
      Duration patience) {

    public Request {
      kernels = List.copyOf(kernels);
      cells = List.copyOf(cells);
    }
  }

  /**
   * @param version of this program
   * @param commandLine the arguments as given
   * @param derive writes the files that follow from the run, at its end, also when cancelled
   * @throws Refusal where there is no emulator
   */
  public LabRun(
      Request request,
      KernelStore store,
      String version,
      List<String> commandLine,
      Consumer<RunFolder> derive) {
    this.request = request;
    this.store = store;
    this.version = version;
    this.commandLine = List.copyOf(commandLine);
    this.derive = derive;
    this.emulator = Emulator.find(request.arch());
    this.image = new GuestImage(store, request.arch());
  }

  /**
   * Boots and measures.
   *
   * @throws Refusal where another harness runs, or a part of the guests is not there
   */
  public MeasuredRun.Result start(Path resultsFolder, MeasuredRun.ListenerFactory listeners) {
    try (InstanceLock _ = MachineLock.take()) {
      Path initramfs = prepared();
      try {
        RunFolder folder =
            RunFolder.create(resultsFolder, RunFolder.idAt(Instant.now(), "kernels"));
        Files.createDirectories(folder.path().resolve(CONSOLES));
        return execute(folder, initramfs, listeners);
      } finally {
        Files.deleteIfExists(initramfs);
      }
    } catch (IOException e) {
      throw KernelStore.notWritten(resultsFolder, e);
    }
  }

  /** Writes the initramfs, and deletes what a killed harness left of its own. */
  private Path prepared() throws IOException {
    Files.createDirectories(store.folder());
    try (Stream<Path> files = Files.list(store.folder())) {
      for (Path old :
          files.filter(f -> f.getFileName().toString().startsWith(INITRAMFS)).toList()) {
        Files.delete(old);
      }
    }
    Path initramfs = store.folder().resolve(INITRAMFS + ProcessHandle.current().pid());
    image.write(
        initramfs,
        new GuestTask(request.cells(), request.mode().word(), request.seed()),
        request.kernels());
    return initramfs;
  }

  private MeasuredRun.Result execute(
      RunFolder folder, Path initramfs, MeasuredRun.ListenerFactory listeners) {
    RunClock clock = RunClock.startingAt(0);
    Instant startedAt = Instant.now();
    folder.writeInfo(info(folder, startedAt, null, 0, Status.RUNNING));
    int total = request.kernels().size() * request.rounds() * request.cells().size();
    try (Cancellation cancellation = new Cancellation();
        Journal journal = folder.journal();
        SessionListener listener = listeners.create(total, 0)) {
      if (request.mode() == GuestMode.TIME && !emulator.hardware(GuestMode.TIME)) {
        note(
            listener,
            "KVM does not work here: the guests are emulated, so nanoseconds say nothing beyond"
                + " their ratios; use --mode instructions");
      }
      Rows rows = new Rows(journal, listener, clock, total);
      boolean interrupted = boots(folder, initramfs, rows);
      Status status =
          interrupted ? Status.INTERRUPTED : rows.allSound() ? Status.COMPLETE : Status.PARTIAL;
      folder.writeInfo(info(folder, startedAt, Instant.now(), clock.millis(), status));
      derive.accept(folder);
      cancellation.finished();
      return new MeasuredRun.Result(folder, status);
    }
  }

  private void note(SessionListener listener, String sentence) {
    notes.add(sentence);
    listener.note(sentence);
  }

  /** Returns whether the run was interrupted; no guest is left either way. */
  private boolean boots(RunFolder folder, Path initramfs, Rows rows) {
    int atOnce = request.mode().sideBySide() ? Runtime.getRuntime().availableProcessors() : 1;
    // Platform threads: a guest dies with the thread that started it.
    ExecutorService threads =
        Executors.newFixedThreadPool(atOnce, Thread.ofPlatform().name("guest-", 0).factory());
    try {
      List<Future<?>> boots = new ArrayList<>();
      for (int round = 0; round < request.rounds(); round++) {
        List<KernelImage> order = round % 2 == 0 ? request.kernels() : request.kernels().reversed();
        for (KernelImage kernel : order) {
          Boots one = new Boots(folder, initramfs, rows, kernel, round);
          boots.add(
              threads.submit(() -> {
                one.run();
                return null;
              }));
        }
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

  /** One kernel in one round: one boot, and one more after each death. */
  private final class Boots {
    private final RunFolder folder;
    private final Path initramfs;
    private final Rows rows;
    private final KernelImage kernel;
    private final int round;
    private int next;
    private int deaths;
    private boolean up;
    private boolean again;
    private Instant began = Instant.now();
    private long beganMillis;

    Boots(RunFolder folder, Path initramfs, Rows rows, KernelImage kernel, int round) {
      this.folder = folder;
      this.initramfs = initramfs;
      this.rows = rows;
      this.kernel = kernel;
      this.round = round;
    }

    void run() throws InterruptedException {
      int cells = request.cells().size();
      while (next < cells) {
        int from = next;
        up = false;
        begin();
        Guest guest = guest(from);
        Guest.Ended ended = guest.run(this::said);
        switch (ended) {
          case Guest.Done _ when next >= cells -> {}
          case Guest.Done _ -> died(ForkStatus.CRASHED, "the guest left this cell out");
          // Emulated guests were seen to die while booting, and not the next time.
          case Guest.Died _ when !up && !again -> again = true;
          case Guest.Died(String reason) -> died(ForkStatus.CRASHED, reason);
          case Guest.Silent(String reason) -> died(ForkStatus.TIMEOUT, reason);
        }
      }
    }

    private Guest guest(int from) {
      Path console =
          folder
              .path()
              .resolve(CONSOLES)
              .resolve("%s-boot%d.log".formatted(kernel.label(), round + 1));
      List<String> command =
          emulator.command(request.mode(), kernel.file(), initramfs, console, from);
      return new Guest(command, console.toAbsolutePath(), request.patience());
    }

    private void begin() {
      began = Instant.now();
      beganMillis = rows.clock.millis();
    }

    private void said(GuestMessage message) {
      switch (message.kind()) {
        case GuestMessage.HELLO -> {
          up = true;
          seenKernels.put(kernel.label(), message.text());
        }
        case GuestMessage.BEGIN -> {
          next = message.index();
          begin();
        }
        case GuestMessage.ROW -> {
          row(message);
          next = message.index() + 1;
        }
        default -> {}
      }
    }

    private void row(GuestMessage message) {
      Measurement measurement = message.measurement();
      ForkStatus status =
          switch (message.end()) {
            case "measured" -> ForkStatus.OK;
            case "refused" -> ForkStatus.REFUSED;
            case "unavailable" -> ForkStatus.UNAVAILABLE;
            default -> ForkStatus.CRASHED;
          };
      write(message.index(), status, message.text(), measurement);
    }

    /** The cell it was at has its row; where it never came up, or dies on and on, all have. */
    private void died(ForkStatus status, String reason) {
      write(next++, status, reason, null);
      deaths++;
      String why = up ? "not measured: this guest died " + deaths + " times" : reason;
      while ((!up || deaths == MOST_DEATHS) && next < request.cells().size()) {
        write(next++, up ? ForkStatus.SKIPPED : status, why, null);
      }
    }

    private void write(
        int index, ForkStatus status, String reason, @Nullable Measurement measurement) {
      int arm = request.kernels().indexOf(kernel);
      int cells = request.cells().size();
      rows.add(
          new ForkRecord(
              (round * request.kernels().size() + arm) * cells + index,
              round,
              request.cells().get(index).on(kernel.label()),
              status,
              reason,
              began,
              beganMillis,
              rows.clock.millis(),
              measurement,
              List.of()));
    }
  }

  /** The journal, which guests side by side share. */
  private static final class Rows {
    private final Journal journal;
    private final SessionListener listener;
    private final RunClock clock;
    private final int total;
    private int done;
    private boolean allSound = true;

    Rows(Journal journal, SessionListener listener, RunClock clock, int total) {
      this.journal = journal;
      this.listener = listener;
      this.clock = clock;
      this.total = total;
    }

    synchronized void add(ForkRecord row) {
      journal.append(row);
      done++;
      allSound &= row.status() == ForkStatus.OK || row.status() == ForkStatus.REFUSED;
      listener.fork(row, done, total);
    }

    synchronized boolean allSound() {
      return allSound && done == total;
    }
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
            request.kernels().stream().map(this::arm).toList(),
            request.rounds(),
            request.kernels().size() * request.rounds() * request.cells().size(),
            request.seed(),
            mode.warmupMillis(),
            mode.measureMillis() * mode.iterations(),
            request.margin()),
        fingerprint(),
        environment(),
        List.of(),
        new ArrayList<>(notes));
  }

  private ArmInfo arm(KernelImage kernel) {
    return new ArmInfo(
        kernel.label(),
        kernel.label(),
        "Linux %s (%s) in a QEMU guest".formatted(kernel.release(), kernel.origin()),
        "");
  }

  private SortedMap<String, String> fingerprint() {
    SortedMap<String, String> print = new TreeMap<>();
    GuestMode mode = request.mode();
    print.put(RunInfo.CLOCK, emulator.clock(mode));
    print.put("architecture", request.arch().debian());
    print.put("emulator", emulator.version() + (emulator.hardware(mode) ? ", KVM" : ", TCG"));
    print.put("cpu", emulator.cpu(mode));
    print.put("cpus online", Integer.toString(emulator.cpus(mode)));
    print.put("kernel parameters", emulator.kernelParameters(mode));
    print.putAll(image.versions());
    for (KernelImage kernel : request.kernels()) {
      print.put("kernel " + kernel.label(), kernel.release() + ", sha256 " + kernel.sha256());
    }
    return print;
  }

  private SortedMap<String, String> environment() {
    SortedMap<String, String> found = new TreeMap<>();
    seenKernels.forEach((label, said) -> found.put("guest " + label + " says", said));
    found.put("guests at once", request.mode().sideBySide() ? "up to one a processor" : "one");
    found.put(
        "kernels' origin",
        request.kernels().stream().map(KernelImage::origin).collect(Collectors.joining(", ")));
    return found;
  }
}
