package dev.bpfgauge.files;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * journal.jsonl: one JSON line for each finished or failed fork, only ever appended to, synced line
 * by line. Each line ends in a CRC-32C over what stands before it, so that a damaged or edited line
 * is found. A torn last line, all that a crash can leave, is left out when read and cut off before
 * the next append.
 */
public final class Journal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Journal.class.getName());

  private static final String CHECKSUM_FIELD = ",\"crc32c\":\"";
  private static final int TAIL_LENGTH = CHECKSUM_FIELD.length() + 8 + "\"}".length();

  private final Path path;
  private final RandomAccessFile file;

  /** Bytes known to be whole lines. */
  private long end;

  private Journal(Path path, RandomAccessFile file, long end) {
    this.path = path;
    this.file = file;
    this.end = end;
  }

  /**
   * The journal's whole lines.
   *
   * @param forks in file order; where a plan position is repeated, the later line
   * @param warnings what was left out and why
   */
  record Content(List<ForkRecord> forks, List<String> warnings) {}

  /**
   * Opens or creates the journal for appending.
   *
   * @throws Refusal where it cannot be written
   */
  static Journal open(Path path) {
    try {
      boolean fresh = !Files.exists(path);
      // Not a FileChannel: an interrupt (Ctrl-C ends a session so) would close it for good.
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      try {
        byte[] bytes = new byte[Math.toIntExact(file.length())];
        file.readFully(bytes);
        lock(file);
        if (fresh) {
          DurableFile.syncFolder(path.toAbsolutePath().resolveSibling(""));
        }
        long end = wholeLines(bytes);
        if (end < bytes.length && damage(bytes, (int) end, bytes.length).isEmpty()) {
          file.write('\n'); // An editor took the line end away; the line itself is whole.
          end = bytes.length + 1L;
        }
        return new Journal(path, file, end);
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw DurableFile.refusal("write", path, e);
    }
  }

  /** Tells others that a writer lives; the kernel drops the lock with the process. */
  private static void lock(RandomAccessFile file) {
    try {
      file.getChannel().tryLock();
    } catch (IOException | OverlappingFileLockException e) {
      LOG.log(System.Logger.Level.DEBUG, "the journal was not locked", e);
    }
  }

  /** Whether some process has it open for appending; false where the file system has no locks. */
  static boolean isBeingWritten(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.tryLock(0, Long.MAX_VALUE, true) == null;
    } catch (OverlappingFileLockException ours) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Appends one line and returns when it is on the disk.
   *
   * @throws Refusal where that fails, e.g. on a full disk; every earlier line is whole, and a later
   *     append may succeed
   */
  public synchronized void append(ForkRecord fork) {
    byte[] line = (lineOf(fork) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      cutTail();
      file.seek(end);
      file.write(line);
      file.getFD().sync();
      end += line.length;
    } catch (IOException e) {
      try {
        cutTail();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed); // The tail stays torn, which reading tolerates.
      }
      throw DurableFile.refusal("append fork " + fork.seq() + " to", path, e);
    }
  }

  private void cutTail() throws IOException {
    if (file.length() != end) {
      file.setLength(end);
      file.getFD().sync();
    }
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw DurableFile.refusal("close", path, e);
    }
  }

  /** The fork as its line, without line end. */
  static String lineOf(ForkRecord fork) {
    String json = Json.line(fork);
    String body = json.substring(0, json.length() - 1);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return body + CHECKSUM_FIELD + checksum(bytes, 0, bytes.length) + "\"}";
  }

  /** The journal of that name, plain or packed; without one, no forks. */
  static Content read(Path path) {
    Path file = KeptFile.of(path);
    return Files.exists(file)
        ? parse(KeptFile.read(file), file.toString())
        : new Content(List.of(), List.of());
  }

  /**
   * @param where the file's name, for messages
   * @throws Refusal naming the line where one before the end is damaged
   */
  static Content parse(byte[] bytes, String where) {
    Map<Integer, ForkRecord> bySeq = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    int number = 0;
    int start = 0;
    while (start < bytes.length) {
      number++;
      int lineEnd = endOfLine(bytes, start);
      String damage = damage(bytes, start, lineEnd);
      if (damage.isEmpty()) {
        String json = new String(bytes, start, lineEnd - start, StandardCharsets.UTF_8);
        ForkRecord fork = Json.parse(json, ForkRecord.class, where + ", line " + number);
        bySeq.remove(fork.seq());
        bySeq.put(fork.seq(), fork);
      } else if (lineEnd == bytes.length) {
        warnings.add(
            where
                + ", line "
                + number
                + ": the last line is torn (the run was cut off while writing it) and left out;"
                + " `run --resume` measures that fork again.");
      } else {
        throw Refusal.usage(
            where
                + ", line "
                + number
                + ": "
                + damage
                + ". Put the original line back, or delete the line: `run --resume` measures that"
                + " fork again.");
      }
      start = lineEnd + 1;
    }
    return new Content(List.copyOf(bySeq.values()), warnings);
  }

  private static int wholeLines(byte[] bytes) {
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    return whole;
  }

  private static int endOfLine(byte[] bytes, int start) {
    int at = start;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  /** What is wrong with the line, empty where its checksum holds. */
  private static String damage(byte[] bytes, int start, int end) {
    int bodyEnd = end - TAIL_LENGTH;
    if (bodyEnd <= start) {
      return "the line is cut";
    }
    String tail = new String(bytes, bodyEnd, TAIL_LENGTH, StandardCharsets.ISO_8859_1);
    if (!tail.startsWith(CHECKSUM_FIELD) || !tail.endsWith("\"}")) {
      return "the line is damaged (no checksum at its end)";
    }
    String written = tail.substring(CHECKSUM_FIELD.length(), TAIL_LENGTH - 2);
    String computed = checksum(bytes, start, bodyEnd - start);
    return written.equals(computed)
        ? ""
        : "the line was edited or damaged (its checksum says "
            + written
            + ", its content gives "
            + computed
            + ")";
  }

  private static String checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
