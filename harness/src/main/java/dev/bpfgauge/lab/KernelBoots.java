package dev.bpfgauge.lab;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One guest's share of a run: one boot, and one more after each death. */
final class KernelBoots {
  /** Folder of the guests' consoles in a run's folder. */
  static final String CONSOLES = "guests";

  /** Deaths of one kernel in one round before the rest of its cells is given up. */
  private static final int MOST_DEATHS = 3;

  private final LabRequest request;
  private final Emulator emulator;
  private final Seen seen;
  private final RunFolder folder;
  private final Path initramfs;
  private final LabRows rows;
  private final LabArm arm;
  private final int round;
  private final String console;

  /** Numbers of the cells without row, in their order. */
  private final List<Integer> left;

  private int deaths;
  private boolean up;
  private boolean again;
  private Instant began = Instant.now();
  private long beganMillis;

  /**
   * What guests say of themselves, by the names of their kernels.
   *
   * @param kernels their own names for their kernels
   * @param libbpfs the same of libbpf
   */
  record Seen(SortedMap<String, String> kernels, SortedMap<String, String> libbpfs) {
    Seen() {
      this(new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>());
    }
  }

  KernelBoots(
      LabRequest request,
      Emulator emulator,
      Seen seen,
      RunFolder folder,
      Path initramfs,
      LabRows rows,
      BootShare share) {
    this.request = request;
    this.emulator = emulator;
    this.seen = seen;
    this.folder = folder;
    this.initramfs = initramfs;
    this.rows = rows;
    this.arm = share.arm();
    this.round = share.round();
    this.console =
        "%s-boot%d%s.log"
            .formatted(
                arm.console().replaceAll("[^\\w.+-]", "-"),
                round + 1,
                share.part() == 0 ? "" : "-" + (share.part() + 1));
    List<Integer> cells = arm.cells(request.cells());
    this.left =
        IntStream.range(0, cells.size())
            .filter(share::has)
            .mapToObj(cells::get)
            .filter(cell -> !rows.isDone(seq(cell)))
            .collect(Collectors.toCollection(ArrayList::new));
  }

  /** The row's number in the run. */
  private int seq(int cell) {
    List<LabArm> arms = request.arms();
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
        case Guest.Silent _ when !up && !again && request.wishes().board().isParallel() ->
            again = true;
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
    Path file = folder.path().resolve(CONSOLES).resolve(console);
    List<String> command =
        emulator.command(request.mode(), arm.kernel().file(), initramfs, disk, file, variables());
    return new Guest(command, file.toAbsolutePath(), request.patience());
  }

  /** What the guest's program is told beside its task. */
  private SortedMap<String, String> variables() {
    SortedMap<String, String> variables = new TreeMap<>();
    variables.put(GuestMain.CELLS, GuestTask.ranges(left));
    variables.put(GuestMain.WANTED, emulator.board(request.mode(), arm.kernel()).text());
    if (!arm.profile().equals(LabRequest.UNLOADED)) {
      variables.put(GuestMain.PROFILE, arm.profile());
    }
    if (!arm.tools().isEmpty()) {
      variables.put(GuestMain.TOOLS, arm.tools());
    }
    if (!arm.version().isEmpty()) {
      variables.put(GuestMain.VERSION, arm.version());
    }
    if (arm.delay() > 0) {
      variables.put(GuestMain.DELAY, Long.toString(arm.delay()));
    }
    return variables;
  }

  private void begin() {
    began = Instant.now();
    beganMillis = rows.millis();
  }

  private void said(GuestMessage message) {
    switch (message.kind()) {
      case GuestMessage.HELLO -> {
        up = true;
        seen.kernels().put(arm.name(), message.text());
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
      case GuestMessage.BYE -> seen.libbpfs().put(arm.name(), message.text());
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
            rows.millis(),
            measurement,
            load));
  }
}
