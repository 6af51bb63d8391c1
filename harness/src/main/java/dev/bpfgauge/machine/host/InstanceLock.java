package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.LockedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One harness a machine: a lock the kernel drops with the process, however it ends.
 *
 * <p>Root locks {@code /run/bpfgauge/lock}, which anybody may lock from then on. Another user locks
 * a file in the own state folder, and that of root where it is there. Not seen: two users, or a
 * user and a root harness started after it, when root has not run a harness since the boot; and a
 * harness in another container with a /run of its own.
 */
public final class InstanceLock implements AutoCloseable {

  /** Refused, because another harness runs on this machine. */
  public static final class HeldException extends Exception {
    private static final long serialVersionUID = 1;

    private final long pid;

    private HeldException(long pid, Path file) {
      super(
          ProcessHandle.of(pid)
              .filter(_ -> pid > 0)
              .map(InstanceLock::words)
              .orElse("another harness measures on this machine: it holds " + file));
      this.pid = pid;
    }

    /** The other harness, or 0 where it cannot be told. */
    public long pid() {
      return pid;
    }
  }

  private static final String FILE = "lock";
  private static final String FOLDER_MODE = "rwxr-xr-x";
  private static final String FILE_MODE = "rw-rw-rw-";

  /** Main class of a harness that an older Java handed over to. */
  private static final String WATCHED_BY_A_LAUNCHER = "dev.bpfgauge.cli.WatchedMain";

  /** A command line may be longer; its beginning tells what runs. */
  private static final int SHOWN = 80;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private final List<LockedFile> held = new ArrayList<>();

  private InstanceLock() {}

  /**
   * Takes the lock of this machine.
   *
   * @throws HeldException where another harness has it
   * @throws Refusal where the lock file cannot be made, or root's is there and this user cannot
   *     open it
   */
  public static InstanceLock acquire() throws HeldException {
    return acquire(SavedState.defaultFolder(), Path.of("/run/bpfgauge"), Roots.SYSTEM);
  }

  /**
   * @param own folder of this user's lock, made where it is absent
   * @param machine folder of the machine's lock, used where root made it
   */
  static InstanceLock acquire(Path own, Path machine, Roots roots) throws HeldException {
    InstanceLock lock = new InstanceLock();
    try {
      Files.createDirectories(own);
      if (own.equals(machine)) {
        openToAll(own, FOLDER_MODE);
      }
      lock.take(own.resolve(FILE), true, roots);
      if (!own.equals(machine)) {
        lock.takeRoots(machine.resolve(FILE), roots);
      }
      return lock;
    } catch (HeldException e) {
      lock.close();
      throw e;
    } catch (IOException e) {
      lock.close();
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "cannot lock "
              + own.resolve(FILE)
              + ": "
              + SavedState.reason(e)
              + ". Set XDG_STATE_HOME to a folder this user may write.",
          e);
    }
  }

  /** Root's lock, where there is one: what cannot be opened cannot be seen to be held either. */
  private void takeRoots(Path file, Roots roots) throws IOException, HeldException {
    try {
      take(file, false, roots);
    } catch (NoSuchFileException e) {
      return; // Root has not measured since the boot.
    } catch (AccessDeniedException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "cannot open the machine's lock "
              + file
              + ", so two harnesses might measure at once. Root's next run puts that right, or now:"
              + " sudo chmod 755 "
              + file.getParent()
              + " && sudo chmod 666 "
              + file,
          e);
    }
  }

  private void take(Path file, boolean ours, Roots roots) throws IOException, HeldException {
    Optional<LockedFile> locked =
        ours
            ? LockedFile.attempt(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : LockedFile.attempt(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (locked.isEmpty()) {
      throw new HeldException(
          LockedFile.isOurs(file) ? ProcessHandle.current().pid() : holder(file, roots), file);
    }
    held.add(locked.get());
    if (ours) {
      openToAll(file, FILE_MODE); // It guards a machine, not a secret.
    }
    FileChannel channel = locked.get().channel();
    channel.truncate(0);
    channel.write(UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
  }

  /** Whatever the umask was when it was made, and whoever changed it since. */
  private static void openToAll(Path file, String mode) throws IOException {
    Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(mode);
    if (!Files.getPosixFilePermissions(file).equals(wanted)) {
      Files.setPosixFilePermissions(file, wanted);
    }
  }

  /** Which command measures, whose it is, and since when. */
  private static String words(ProcessHandle holder) {
    ProcessHandle.Info info = holder.info();
    List<String> arguments = List.of(info.arguments().orElse(new String[0]));
    int program = Math.max(arguments.indexOf("-jar") + 1, arguments.indexOf(WATCHED_BY_A_LAUNCHER));
    String command =
        arguments.stream()
            .skip(program + 1L)
            .collect(Collectors.joining(" "))
            .replaceAll("\\p{Cntrl}", "?");
    String shown = command.length() > SHOWN ? command.substring(0, SHOWN) + "…" : command;
    return "another harness measures on this machine"
        + info.startInstant()
            .map(start -> " since " + TIME.format(start.atZone(ZoneId.systemDefault())))
            .orElse("")
        + (program > 0 && !shown.isEmpty() ? ": `" + shown + "`" : "")
        + ", pid "
        + holder.pid()
        + info.user().map(user -> ", started by " + user).orElse("");
  }

  /** The kernel's own word for it; the pid in the file where /proc/locks does not say. */
  private static long holder(Path file, Roots roots) throws IOException {
    long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
    long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
    long pid = pidOf(device, inode, Roots.text(roots.proc().resolve("locks")).orElse(""));
    if (pid > 0) {
      return pid;
    }
    String digits = ForeignText.read(file).strip();
    return digits.matches("\\d+") ? Long.parseLong(digits) : 0;
  }

  /**
   * The pid in the line of {@code /proc/locks} (proc_locks(5)) for that file, or 0. Every file
   * system has an inode of that number, so the device counts too.
   *
   * @param device as stat(2) has it: makedev(3)
   */
  static long pidOf(long device, long inode, String locks) {
    long major = ((device >> 8) & 0xfff) | ((device >> 32) & ~0xfffL);
    long minor = (device & 0xff) | ((device >> 12) & ~0xffL);
    String file = String.format(Locale.ROOT, "%02x:%02x:%d", major, minor, inode);
    for (String line : locks.lines().toList()) {
      String[] fields = line.trim().split("\\s+", -1);
      boolean waiting = fields.length > 1 && fields[1].equals("->");
      if (!waiting && fields.length > 5 && fields[5].equals(file)) {
        return Math.max(0, Long.parseLong(fields[4]));
      }
    }
    return 0;
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    held.forEach(LockedFile::close);
    held.clear();
  }
}
