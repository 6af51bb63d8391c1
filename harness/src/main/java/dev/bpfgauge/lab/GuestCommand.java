package dev.bpfgauge.lab;

import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.MachineLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A command of this program that is carried out in a guest, on a kernel that can do what this
 * machine's cannot: {@code mllb collect} where no program attaches to the scheduler here. The guest
 * is booted for it; its files come back while it goes on.
 */
public final class GuestCommand {
  /** Where the guest's command finds files of this machine. */
  public static final String INPUTS = "/in/";

  /** The folder in the guest whose files come back. */
  public static final String OUTPUTS = Courier.OUT + "/";

  private static final int MOST_BOOTS = 4;

  /** Each of them costs the whole patience. */
  private static final int MOST_SILENT_BOOTS = 2;

  private final MachineLock lock;
  private final KernelStore store;
  private final KernelImage kernel;
  private final Wishes wishes;
  private final Emulator emulator;

  /**
   * On a kernel, with what the command needs in the guest.
   *
   * @param lock held while the guest runs
   * @throws Refusal where there is no emulator
   */
  public GuestCommand(MachineLock lock, KernelStore store, KernelImage kernel, Wishes wishes) {
    this.lock = lock;
    this.store = store;
    this.kernel = kernel;
    this.wishes = wishes;
    this.emulator = Emulator.find(GuestArch.ofThisMachine(), wishes);
  }

  /** How a command ended. */
  public sealed interface Ended {}

  /** By itself, with its exit code. */
  public record Exited(int code) implements Ended {}

  /** With its guest; one sentence. What it had written by then is here. */
  public record Lost(String reason) implements Ended {}

  /** What clock the guest has, and the processor it believes to have. */
  public SortedMap<String, String> machine() {
    SortedMap<String, String> machine =
        new TreeMap<>(new GuestImage(store, GuestArch.ofThisMachine(), wishes).versions());
    machine.put("emulator", emulator.version());
    machine.put("clock", emulator.clock(GuestMode.TIME));
    machine.put("kernel", kernel.release());
    return machine;
  }

  /**
   * Boots and waits for its end.
   *
   * @param arguments of this program; outputs below {@link #OUTPUTS}
   * @param inputs name below {@link #INPUTS} → file
   * @param folder where outputs and the guest's console go
   * @param patience longest silence of the guest
   * @param told each line that the command prints
   * @throws Refusal where another harness runs on this machine
   * @throws InterruptedException where this thread was interrupted; the guest is dead
   */
  public Ended run(
      List<String> arguments,
      SortedMap<String, Path> inputs,
      Path folder,
      Duration patience,
      Consumer<String> told)
      throws InterruptedException {
    Path console = folder.resolve("guest-%s.log".formatted(kernel.label().replaceAll("\\W", "-")));
    try (InstanceLock _ = lock.take();
        GuestFiles ours = GuestFiles.in(store.folder())) {
      Files.createDirectories(folder);
      SortedMap<String, Path> files = new TreeMap<>();
      inputs.forEach((name, file) -> files.put(INPUTS.substring(1) + name, file));
      new GuestImage(store, GuestArch.ofThisMachine(), wishes)
          .write(ours.initramfs(), arguments, kernel, files);
      Hearing hearing = new Hearing(folder.toAbsolutePath(), told);
      while (true) {
        switch (boot(ours.initramfs(), console.toAbsolutePath(), patience, hearing)) {
          case Guest.Done _ -> {
            return new Exited(hearing.code);
          }
          // Guests whose processors run in parallel were seen to die or hang while booting.
          case Guest.Died _ when hearing.isDeadEarly() -> {}
          case Guest.Silent _ when hearing.isSilentEarly() -> {}
          case Guest.Died(String reason) -> {
            return new Lost(reason);
          }
          case Guest.Silent(String reason) -> {
            return new Lost(reason);
          }
        }
      }
    } catch (IOException e) {
      throw KernelStore.notWritten(folder, e);
    }
  }

  private Guest.Ended boot(Path initramfs, Path console, Duration patience, Hearing hearing)
      throws InterruptedException {
    Path diskFile = initramfs.resolveSibling("disk");
    try (GuestDisk disk = GuestDisk.make(diskFile, wishes.diskMegabytes())) {
      List<String> command =
          emulator.command(
              GuestMode.TIME, kernel.file(), initramfs, disk, console, new TreeMap<>());
      return new Guest(command, console, patience).run(hearing::hear);
    }
  }

  /** What came from a guest so far. */
  private static final class Hearing {
    private final Path folder;
    private final Consumer<String> told;
    private boolean up;
    private int deaths;
    private int silences;
    private int code;

    Hearing(Path folder, Consumer<String> told) {
      this.folder = folder;
      this.told = told;
    }

    /** It died before it said a word, and not too often yet. */
    boolean isDeadEarly() {
      deaths++;
      return !up && deaths < MOST_BOOTS;
    }

    /** It never said a word, and not too often yet. */
    boolean isSilentEarly() {
      silences++;
      return !up && silences < MOST_SILENT_BOOTS;
    }

    void hear(GuestMessage message) {
      up = true;
      switch (message.kind()) {
        case GuestMessage.LINE -> told.accept(message.text());
        case GuestMessage.BYE -> code = message.index();
        case GuestMessage.FILE -> {
          try {
            Courier.receive(folder, message);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
        default -> {} // Only that it is alive.
      }
    }
  }
}
