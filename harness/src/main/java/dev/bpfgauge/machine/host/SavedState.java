package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.UserFolders;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The undo log of the machine's settings: before a setting is changed its prior value is on stable
 * storage, so that whatever kills the run, the next start or {@code restore} can put it back.
 *
 * <p>One JSON line for each change, {@code {"boot":…,"path":…,"value":…}}, fsynced before the
 * change. Restoring walks the lines backwards, so that every step passes through a state the
 * machine was in. A torn last line is a change that was not yet made, and is dropped. Lines of an
 * earlier boot are dropped too: settings under /sys and /proc/sys do not survive a reboot.
 *
 * <p>One harness at a time: hold the {@link InstanceLock}. Not for concurrent use by threads.
 */
public final class SavedState {

  private static final String FILE = "state.jsonl";

  /** Words to choose from, and the one that is chosen. */
  private static final Pattern CHOSEN =
      Pattern.compile("(?:[\\w.-]+ +)*\\[([\\w.-]+)](?: +[\\w.-]+)*");

  /** One line: the prior value of one file in one boot. */
  record Entry(String boot, String path, String value) {}

  /**
   * What restoring did, in sentences for the reader.
   *
   * @param restored one line for each file put back, with its value
   * @param failed one line for each file that could not be put back, with the reason; these stay in
   *     the log for the next attempt
   * @param notes what was dropped and why
   */
  public record Restored(List<String> restored, List<String> failed, List<String> notes) {
    public Restored {
      restored = List.copyOf(restored);
      failed = List.copyOf(failed);
      notes = List.copyOf(notes);
    }
  }

  private final Path file;
  private final Roots roots;
  private final String boot;
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private SavedState(Path folder, Roots roots) {
    this.file = folder.resolve(FILE);
    this.roots = roots;
    this.boot = roots.bootId();
  }

  /**
   * The folder of the log and of the {@link InstanceLock}: {@code /run/bpfgauge} for root, which is
   * gone after a reboot as the settings are; else {@code $XDG_STATE_HOME/bpfgauge} or {@code
   * ~/.local/state/bpfgauge}.
   */
  public static Path defaultFolder() {
    try {
      return defaultFolder(System.getenv(), UserFolders::home, Privileges.read());
    } catch (IllegalStateException noHome) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, String.valueOf(noHome.getMessage()), noHome);
    }
  }

  static Path defaultFolder(
      Map<String, String> environment, Supplier<Path> home, Privileges privileges) {
    return privileges.isRoot()
        ? Path.of("/run/bpfgauge")
        : UserFolders.in(environment, "XDG_STATE_HOME", ".local/state", home);
  }

  /**
   * Opens the log in that folder. Reads what an earlier harness left there; nothing is restored and
   * nothing is created yet.
   *
   * @throws Refusal where the log is there and cannot be read
   */
  public static SavedState in(Path folder, Roots roots) {
    SavedState state = new SavedState(folder, roots);
    try {
      state.load();
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "cannot read the saved machine state "
              + state.file
              + ": "
              + reason(e)
              + ". Run as the user who owns it, or remove it to give the saved settings up.",
          e);
    }
    return state;
  }

  private void load() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    String text = Files.readString(file);
    int complete = text.lastIndexOf('\n') + 1;
    if (complete < text.length()) {
      notes.add("dropped a torn last line of " + file + ": that change was never made");
    }
    int otherBoot = 0;
    int number = 0;
    for (String line : text.substring(0, complete).lines().toList()) {
      number++;
      try {
        Entry entry = Json.parse(line, Entry.class, file.toString());
        if (entry.boot().equals(boot)) {
          entries.add(entry);
        } else {
          otherBoot++;
        }
      } catch (Refusal e) {
        notes.add("line " + number + " of " + file + " is damaged and was passed over");
      }
    }
    if (otherBoot > 0) {
      notes.add(otherBoot + " settings were of an earlier boot: nothing to put back");
    }
    // Appending behind a torn line would damage the new one as well.
    if (complete < text.length()) {
      rewrite();
    }
  }

  /** Whether there are settings to put back. */
  public boolean isPending() {
    return !entries.isEmpty();
  }

  /** A point to which {@link #restoreTo} goes back. */
  public int mark() {
    return entries.size();
  }

  /**
   * Saves the prior value of a file, then writes the new one.
   *
   * @return the value read back, which the kernel may have rounded
   * @throws IOException where the file cannot be read or written; it is unchanged then
   * @throws Refusal where the prior value cannot be saved; the file is unchanged then
   */
  public String set(Path target, String value) throws IOException {
    String prior = value(target);
    if (prior.equals(value)) {
      return prior;
    }
    if (!Files.isWritable(target)) {
      throw new AccessDeniedException(target.toString(), null, "permission denied");
    }
    append(new Entry(boot, target.toString(), prior));
    try {
      write(target, value);
    } catch (IOException e) {
      entries.removeLast();
      rewrite();
      throw e;
    }
    return value(target);
  }

  /**
   * What a file is set to, as it can be written: of several words the one in brackets, as in {@code
   * always [madvise] never}.
   */
  static String value(Path target) throws IOException {
    String text = ForeignText.read(target).strip();
    Matcher chosen = CHOSEN.matcher(text);
    return chosen.matches() ? chosen.group(1) : text;
  }

  /**
   * Saves the value of a file that is about to change because another one is written, e.g. the
   * energy preference that follows the governor.
   */
  public void keep(Path target) throws IOException {
    append(new Entry(boot, target.toString(), value(target)));
  }

  /** Puts everything back. Restoring again does nothing. */
  public Restored restore() {
    return restoreTo(0);
  }

  /** What was changed since {@link #mark}, for who puts it back for a while. */
  Turned since(int mark) {
    List<Turn> turns = new ArrayList<>();
    for (Entry entry : entries.subList(mark, entries.size())) {
      Path target = Path.of(entry.path());
      try {
        turns.add(new Turn(target, entry.value(), value(target)));
      } catch (IOException e) {
        // What cannot be read any more is not written either.
      }
    }
    return new Turned(turns);
  }

  private record Turn(Path target, String before, String set) {}

  /**
   * Changes that are put back and made again, any number of times; the log keeps what was before.
   */
  static final class Turned {
    private final List<Turn> turns;

    private Turned(List<Turn> turns) {
      this.turns = turns;
    }

    /** Last change first. */
    void putBack() {
      turns.reversed().forEach(turn -> write(turn.target, turn.before));
    }

    void setAgain() {
      turns.forEach(turn -> write(turn.target, turn.set));
    }

    private static void write(Path target, String value) {
      try {
        SavedState.write(target, value);
      } catch (IOException e) {
        throw new UncheckedIOException(target + ": " + reason(e), e);
      }
    }
  }

  /**
   * Puts back what was changed since {@link #mark}, last change first. A file that cannot be put
   * back does not stop the rest; it is tried a second time at the end, when what it depends on is
   * back too.
   */
  public Restored restoreTo(int mark) {
    List<String> restored = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    List<Entry> undone = new ArrayList<>(entries.subList(mark, entries.size()));
    List<Entry> again = new ArrayList<>();
    for (Entry entry : undone.reversed()) {
      if (!putBack(entry, restored).isEmpty()) {
        again.add(entry);
      }
    }
    entries.subList(mark, entries.size()).clear();
    for (Entry entry : again) {
      String reason = putBack(entry, restored);
      if (!reason.isEmpty()) {
        failed.add(reason);
        entries.add(mark, entry);
      }
    }
    List<String> told = new ArrayList<>(notes);
    notes.clear();
    try {
      rewrite();
    } catch (IOException | Refusal e) {
      told.add("cannot shorten " + file + ": " + e.getMessage());
    }
    return new Restored(restored, failed, told);
  }

  /** Empty where the value is back, else why it is not. */
  private String putBack(Entry entry, List<String> restored) {
    Path target = Path.of(entry.path()).normalize();
    if (!target.startsWith(roots.sys()) && !target.startsWith(roots.proc().resolve("sys"))) {
      return entry.path() + ": not a machine setting, left alone";
    }
    try {
      if (value(target).equals(entry.value())) {
        return "";
      }
      write(target, entry.value());
      String now = value(target);
      if (!now.equals(entry.value())) {
        return target + ": wrote " + entry.value() + ", reads " + now;
      }
      restored.add(target + " = " + entry.value());
      return "";
    } catch (IOException e) {
      return target + ": " + reason(e);
    }
  }

  /** Never creates: a setting that is not there is a mistake, not a file to make. */
  private static void write(Path target, String value) throws IOException {
    // Nothing would reach the kernel of no bytes.
    Files.writeString(target, value.isEmpty() ? "\n" : value, WRITE, TRUNCATE_EXISTING);
  }

  /** The reason without the path, which the caller names. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException fs) {
      String reason = fs.getReason();
      return switch (e) {
        case NoSuchFileException none -> "not there";
        case AccessDeniedException denied -> "permission denied";
        default -> reason != null ? reason : e.getClass().getSimpleName();
      };
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** A stream and not a channel: an interrupt closes a channel in the middle of its work. */
  private void append(Entry entry) throws IOException {
    String line = Json.line(entry) + "\n";
    if (Files.exists(file)) {
      try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
        out.write(line.getBytes(UTF_8));
        out.getFD().sync();
      }
    } else {
      Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
      DurableFile.write(file, line);
    }
    entries.add(entry);
  }

  /** The log as it is in memory; no entries, no file. */
  private void rewrite() throws IOException {
    if (entries.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(Json.line(entry)).append('\n');
    }
    DurableFile.write(file, text.toString());
  }
}
