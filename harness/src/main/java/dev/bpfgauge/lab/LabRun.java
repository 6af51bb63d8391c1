package dev.bpfgauge.lab;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Checkout;
import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Completeness;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.Status;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.MachineLock;
import dev.bpfgauge.run.MeasuredRun;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.run.RunClock;
import dev.bpfgauge.run.SessionListener;
import dev.bpfgauge.suite.maps.MapsSuite;
import dev.bpfgauge.suite.tools.ToolGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run over kernels: boots each once a round, forwards and backwards in turn, and leaves an
 * ordinary run folder whose arms are the kernels. A guest that dies or hangs is a row of the cell
 * it was at; it is booted again for the cells behind that one.
 */
public final class LabRun {
  /** Folder of the guests' consoles in a run's folder. */
  public static final String CONSOLES = "guests";

  /** The profile without load and power state. */
  public static final String UNLOADED = "idle";

  /** Deaths of one kernel in one round before the rest of its cells is given up. */
  private static final int MOST_DEATHS = 3;

  private final MachineLock lock;
  private final Request request;
  private final KernelStore store;
  private final Emulator emulator;
  private final GuestImage image;
  private final String version;
  private final List<String> commandLine;
  private final Consumer<RunFolder> derive;

  /** The guests' own names for their kernels, as they said them. */
  private final SortedMap<String, String> seenKernels = new ConcurrentSkipListMap<>();

  /** The same of libbpf. */
  private final SortedMap<String, String> seenLibbpfs = new ConcurrentSkipListMap<>();

  private final SortedMap<String, String> guestVersions = new TreeMap<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** Of the run that is resumed. */
  private final SortedMap<String, String> earlierEnvironment = new TreeMap<>();

  /**
   * What is asked for.
   *
   * @param kernels the arms; the first is the reference
   * @param profiles states that each kernel is measured in, in guests of their own
   * @param toolArms the arms of suite {@code tools}, in guests of their own; then there is one
   *     kernel, and the first of these is the reference
   * @param cells without profile
   * @param rounds boots of each kernel
   * @param seed of the keys' order
   * @param margin margin of equivalence as a share
   * @param patience longest silence of a guest
   * @param wishes what guests have beyond what all have
   * @param delay put into the map operations of one more arm, of the first kernel in the first
   *     profile, in the mode's unit; 0 for no such arm
   */
  public record Request(
      GuestArch arch,
      List<KernelImage> kernels,
      List<String> profiles,
      List<String> toolArms,
      List<Cell> cells,
      GuestMode mode,
      int rounds,
      long seed,
      double margin,
      Duration patience,
      Wishes wishes,
      long delay) {

    public Request {
      kernels = List.copyOf(kernels);
      profiles = List.copyOf(profiles);
      toolArms = List.copyOf(toolArms);
      cells = List.copyOf(cells);
    }

    /**
     * What an earlier run was asked for.
     *
     * @throws Refusal where the folder is none of the lab's, or a kernel is no longer what it was
     */
    public static Request of(RunFolder folder) {
      return LabPlan.read(folder).request();
    }

    /** Whether a folder says what its run of the lab was asked for. */
    public static boolean isIn(RunFolder folder) {
      return LabPlan.isIn(folder);
    }

    /**
     * The same for some of its cells, without delayed arm.
     *
     * @param fewer without profile
     */
    public Request only(Collection<Cell> fewer) {
      Set<String> keys = fewer.stream().map(Cell::key).collect(Collectors.toSet());
      return new Request(
          arch,
          kernels,
          profiles,
          toolArms,
          cells.stream().filter(cell -> keys.contains(cell.key())).toList(),
          mode,
          rounds,
          seed,
          margin,
          patience,
          wishes,
          0);
    }

    /** Each kernel in each profile, or the one with each arm's tools. */
    private List<Arm> arms() {
      return toolArms.isEmpty()
          ? kernelArms()
          : toolArms.stream()
              .map(tools ->
                  new Arm(kernels.getFirst(), labels().getFirst(), "", UNLOADED, tools, 0, ""))
              .toList();
    }

    /** One that is named twice is two arms. */
    private List<Arm> kernelArms() {
      List<String> labels = labels();
      List<String> images = kernels.stream().map(KernelImage::sha256).toList();
      List<Arm> arms = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        String kernel = labels.get(images.indexOf(images.get(i)));
        for (String profile : profiles) {
          arms.add(new Arm(kernels.get(i), labels.get(i), kernel, profile, "", 0, ""));
        }
      }
      if (delay > 0) {
        arms.add(arms.getFirst().delayed(delay, mode.unit()));
      }
      return arms;
    }

    /** The kernels' names, made different: {@code 7.2}, {@code 7.2#2}. */
    private List<String> labels() {
      return Plan.labels(kernels.stream().map(KernelImage::label).toList());
    }

    private int forks() {
      return planned().size();
    }

    /** The cell of each fork. */
    private List<Cell> planned() {
      return IntStream.range(0, rounds)
          .boxed()
          .flatMap(_ -> arms().stream())
          .flatMap(arm -> arm.cells(cells).stream().map(cell -> cells.get(cell).on(arm.label())))
          .toList();
    }
  }

  /**
   * A kernel in a profile's state.
   *
   * @param name of the kernel in this run
   * @param first name of the same kernel's first arm
   * @param profile as the user named it
   * @param tools the arm of suite {@code tools}, or empty
   * @param delay of operations on maps, on purpose; 0 for none
   * @param unit of the delay
   */
  private record Arm(
      KernelImage kernel,
      String name,
      String first,
      String profile,
      String tools,
      long delay,
      String unit) {
    Arm delayed(long by, String in) {
      return new Arm(kernel, name, first, profile, tools, by, in);
    }

    String label() {
      return info().label();
    }

    /** Numbers of those that it measures, of all. */
    List<Integer> cells(List<Cell> all) {
      return IntStream.range(0, all.size()).filter(i -> measures(all.get(i))).boxed().toList();
    }

    private boolean measures(Cell cell) {
      return tools.isEmpty()
          ? delay == 0 || MapsSuite.takesDelay(cell)
          : ToolGuest.measures(tools, cell);
    }

    private String in(String kernelName) {
      return profile.equals(UNLOADED) ? kernelName : kernelName + " " + profile;
    }

    ArmInfo info() {
      String guest = "Linux %s (%s) in a QEMU guest".formatted(kernel.release(), kernel.origin());
      if (!tools.isEmpty()) {
        return new ArmInfo(tools, UNLOADED, ToolGuest.description(tools) + "; " + guest, "");
      }
      ArmInfo plain = new ArmInfo(in(name), in(first), guest, "");
      return delay > 0 ? plain.delayed(delay, unit) : plain;
    }
  }

  /**
   * @param lock held where the guests' figures are times
   * @param version of this program
   * @param commandLine the arguments as given
   * @param derive writes the files that follow from the run, at its end, also when cancelled
   * @throws Refusal where there is no emulator
   */
  public LabRun(
      MachineLock lock,
      Request request,
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
   * @throws Refusal where another harness runs, or a part of the guests is not there
   */
  public MeasuredRun.Result start(Path resultsFolder, MeasuredRun.ListenerFactory listeners) {
    try (Held _ = held();
        GuestFiles files = GuestFiles.in(store.folder())) {
      Path initramfs = prepared(files);
      RunFolder folder = RunFolder.create(resultsFolder, RunFolder.idAt(Instant.now(), "kernels"));
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
        GuestFiles files = GuestFiles.in(store.folder())) {
      RunInfo before = folder.readInfo();
      MeasuredRun.requireSame(folder, before.fingerprint(), fingerprint());
      notes.addAll(before.notes());
      earlierEnvironment.putAll(before.environment());
      return execute(folder, prepared(files), before.startedAt(), listeners);
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
  private Path prepared(GuestFiles files) {
    if (request.wishes().diskMegabytes() > 0) {
      GuestDisk.maker();
    }
    image.write(
        files.initramfs(),
        new GuestTask(request.cells(), request.mode().word(), request.seed()),
        request.kernels(),
        request.profiles());
    return files.initramfs();
  }

  private MeasuredRun.Result execute(
      RunFolder folder, Path initramfs, Instant startedAt, MeasuredRun.ListenerFactory listeners)
      throws IOException {
    folder.writeInfo(info(folder, startedAt, null, 0, Status.RUNNING));
    Files.createDirectories(folder.path().resolve(CONSOLES));
    List<ForkRecord> earlier = folder.read().forks();
    Set<Integer> done =
        earlier.stream()
            .filter(fork -> MeasuredRun.NOT_REPEATED.contains(fork.status()))
            .map(ForkRecord::seq)
            .collect(Collectors.toSet());
    RunClock clock =
        RunClock.startingAt(earlier.stream().mapToLong(ForkRecord::endMillis).max().orElse(0));
    try (Cancellation cancellation = new Cancellation();
        Journal journal = folder.journal();
        SessionListener listener = listeners.create(request.forks(), done.size())) {
      if (request.mode() == GuestMode.TIME && !emulator.hardware(GuestMode.TIME)) {
        note(
            listener,
            "KVM does not work here, or this is a virtual machine itself: the guests are emulated,"
                + " so nanoseconds say nothing beyond their ratios; use --mode instructions");
      }
      Rows rows = new Rows(journal, listener, clock, request.forks(), done);
      boolean interrupted = boots(folder, initramfs, rows);
      Thread.interrupted(); // What is written now must not be cut off.
      Status status = interrupted ? Status.INTERRUPTED : status(folder);
      RunInfo ended = info(folder, startedAt, Instant.now(), clock.millis(), status);
      folder.writeInfo(ended);
      cancellation.safe(folder.leftToDo());
      derive.accept(folder);
      return new MeasuredRun.Result(folder, status);
    }
  }

  private Status status(RunFolder folder) {
    return Completeness.of(request.planned(), folder.read().forks()).status();
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
        List<Arm> order = round % 2 == 0 ? request.arms() : request.arms().reversed();
        for (Arm arm : order) {
          Boots one = new Boots(folder, initramfs, rows, arm, round);
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
    private final Arm arm;
    private final int round;

    /** Numbers of the cells without row, in their order. */
    private final List<Integer> left;

    private int deaths;
    private boolean up;
    private boolean again;
    private Instant began = Instant.now();
    private long beganMillis;

    Boots(RunFolder folder, Path initramfs, Rows rows, Arm arm, int round) {
      this.folder = folder;
      this.initramfs = initramfs;
      this.rows = rows;
      this.arm = arm;
      this.round = round;
      this.left =
          arm.cells(request.cells()).stream()
              .filter(cell -> !rows.done.contains(seq(cell)))
              .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The row's number in the run. */
    private int seq(int cell) {
      List<Arm> arms = request.arms();
      return (round * arms.size() + arms.indexOf(arm)) * request.cells().size() + cell;
    }

    void run() throws InterruptedException {
      while (!left.isEmpty()) {
        up = false;
        begin();
        switch (boot()) {
          case Guest.Done _ when left.isEmpty() -> {}
          case Guest.Done _ -> died(ForkStatus.CRASHED, "the guest left this cell out");
          // Emulated guests were seen to die while booting, and not the next time.
          case Guest.Died _ when !up && !again -> again = true;
          case Guest.Died(String reason) -> died(ForkStatus.CRASHED, reason);
          case Guest.Silent(String reason) -> died(ForkStatus.TIMEOUT, reason);
        }
      }
    }

    private Guest.Ended boot() throws InterruptedException {
      Path file = initramfs.resolveSibling("disk-" + Thread.currentThread().threadId());
      try (GuestDisk disk = GuestDisk.make(file, request.wishes().diskMegabytes())) {
        return guest(disk).run(this::said);
      }
    }

    private Guest guest(GuestDisk disk) {
      Path console =
          folder
              .path()
              .resolve(CONSOLES)
              .resolve(
                  "%s-boot%d.log".formatted(arm.label().replaceAll("[^\\w.+-]", "-"), round + 1));
      List<String> command =
          emulator.command(
              request.mode(), arm.kernel().file(), initramfs, disk, console, variables());
      return new Guest(command, console.toAbsolutePath(), request.patience());
    }

    /** What the guest's program is told beside its task. */
    private SortedMap<String, String> variables() {
      SortedMap<String, String> variables = new TreeMap<>();
      variables.put(GuestMain.CELLS, GuestTask.ranges(left));
      variables.put(GuestMain.WANTED, emulator.board(request.mode(), arm.kernel()).text());
      if (!arm.profile().equals(UNLOADED)) {
        variables.put(GuestMain.PROFILE, arm.profile());
      }
      if (!arm.tools().isEmpty()) {
        variables.put(GuestMain.TOOLS, arm.tools());
      }
      if (arm.delay() > 0) {
        variables.put(GuestMain.DELAY, Long.toString(arm.delay()));
      }
      return variables;
    }

    private void begin() {
      began = Instant.now();
      beganMillis = rows.clock.millis();
    }

    private void said(GuestMessage message) {
      switch (message.kind()) {
        case GuestMessage.HELLO -> {
          up = true;
          seenKernels.put(arm.name(), message.text());
        }
        case GuestMessage.BEGIN -> begin();
        case GuestMessage.ROW -> {
          ForkStatus status = message.status();
          write(
              message.index(),
              status == null ? ForkStatus.CRASHED : status,
              message.text(),
              message.measurement(),
              message.load());
          left.remove(Integer.valueOf(message.index()));
        }
        case GuestMessage.BYE -> seenLibbpfs.put(arm.name(), message.text());
        default -> {}
      }
    }

    /** The cell it was at has its row; where it never came up, or dies on and on, all have. */
    private void died(ForkStatus status, String reason) {
      write(left.removeFirst(), status, reason, null, List.of());
      deaths++;
      String why = up ? "not measured: this guest died " + deaths + " times" : reason;
      while ((!up || deaths == MOST_DEATHS) && !left.isEmpty()) {
        write(left.removeFirst(), up ? ForkStatus.SKIPPED : status, why, null, List.of());
      }
    }

    private void write(
        int index,
        ForkStatus status,
        String reason,
        @Nullable Measurement measurement,
        List<LoadCheck> load) {
      rows.add(
          new ForkRecord(
              seq(index),
              round,
              request.cells().get(index).on(arm.label()),
              status,
              reason,
              began,
              beganMillis,
              rows.clock.millis(),
              measurement,
              load));
    }
  }

  /** The journal, which guests side by side share. */
  private static final class Rows {
    private final Journal journal;
    private final SessionListener listener;
    private final RunClock clock;
    private final int total;

    /** Of an earlier session: not measured again. */
    private final Set<Integer> done;

    private int count;

    Rows(Journal journal, SessionListener listener, RunClock clock, int total, Set<Integer> done) {
      this.journal = journal;
      this.listener = listener;
      this.clock = clock;
      this.total = total;
      this.done = done;
      this.count = done.size();
    }

    synchronized void add(ForkRecord row) {
      journal.append(row);
      listener.fork(row, ++count, total);
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
            request.arms().stream().map(Arm::info).toList(),
            request.rounds(),
            request.forks(),
            request.seed(),
            mode.warmupMillis(),
            mode.measureMillis() * mode.iterations(),
            request.margin(),
            null),
        fingerprint(),
        environment(),
        List.of(),
        new ArrayList<>(notes));
  }

  private SortedMap<String, String> fingerprint() {
    SortedMap<String, String> print = new TreeMap<>();
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
    for (Arm arm : request.arms()) {
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
    seenKernels.forEach((label, said) -> found.put("guest " + label + " says", said));
    seenLibbpfs.forEach((label, said) -> found.put("libbpf in guest " + label, said));
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
