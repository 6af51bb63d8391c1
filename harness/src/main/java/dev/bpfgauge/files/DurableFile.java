package dev.bpfgauge.files;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.StrError.Errno;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that are whole or not there, also after a power cut: written beside their name, synced,
 * renamed, and the folder synced. An existing file keeps its mode, owner and group; a new one gets
 * the mode that the umask says.
 */
public final class DurableFile {
  private static final System.Logger LOG = System.getLogger(DurableFile.class.getName());

  private static final String UNFINISHED = ".tmp";

  /** As the kernel, which then says ELOOP. */
  private static final int MOST_LINKS = 40;

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private DurableFile() {}

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    void to(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file of ours, in a folder of ours, by this content. A link of that name is replaced,
   * not followed. On an error the old file, if there was one, stays.
   *
   * @throws Refusal with path, free bytes and fix
   */
  public static void write(Path file, String content) {
    try {
      replace(file, text(content));
    } catch (IOException e) {
      throw refusal("write", file, e);
    }
  }

  /** The same with bytes. */
  public static void write(Path file, byte[] content) {
    try {
      replace(file, out -> out.write(content));
    } catch (IOException e) {
      throw refusal("write", file, e);
    }
  }

  /**
   * Writes to what a user named with {@code -o}, see {@link OutputPlace}.
   *
   * @throws Refusal with path, free bytes and fix
   */
  public static void writeTo(Path named, String content) {
    writeTo(named, text(content));
  }

  /** The same with content that is not in memory. */
  public static void writeTo(Path named, Content content) {
    try (OutputPlace place = OutputPlace.of("-o", named)) {
      if (!place.write(content)) {
        throw new Refusal(
            Refusal.Kind.ENVIRONMENT,
            "cannot write %s: its reader has gone. Name another file with -o.".formatted(named));
      }
    }
  }

  /**
   * Tries the place of an output before what takes long is done for it. What is no plain file is
   * not opened, for that is seen at its other end.
   *
   * @param option that named it
   * @throws Refusal as writing there would
   */
  public static void requireWritable(String option, Path named) {
    try {
      if (isPlain(named)) {
        OutputPlace.of(option, named).close();
      }
    } catch (IOException e) {
      throw OutputPlace.refusal(option, named, e);
    }
  }

  /**
   * An output must be none of the files that are read for it: one slip of the hand loses them.
   *
   * @throws Refusal where it is
   */
  public static void requireNoInput(Path output, List<Path> inputs) {
    for (Path input : inputs) {
      try {
        if (Files.isRegularFile(output) && Files.isSameFile(output, input)) {
          throw Refusal.usage(
              "-o %s is one of the files that are read, and would be lost: name another file."
                  .formatted(output));
        }
      } catch (IOException e) {
        // An input that is not there is named by whoever reads it.
      }
    }
  }

  /** Whether that is the name of a file being written, or of one whose writer was killed. */
  public static boolean isUnfinished(String name, String finished) {
    return name.startsWith("." + finished + ".") && name.endsWith(UNFINISHED);
  }

  /** Whether this is what standard output goes to: what is printed there goes behind it. */
  public static boolean isStandardOutput(Path named) {
    try {
      return Files.isSameFile(named, Path.of("/proc/self/fd/1"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether there is a file, or none yet: whatever else there is must not be replaced. */
  public static boolean isPlain(Path named) throws IOException {
    try {
      if (!Files.readAttributes(named, BasicFileAttributes.class).isRegularFile()) {
        return false;
      }
    } catch (NoSuchFileException notYet) {
      return true;
    }
    return !followed(named).toAbsolutePath().startsWith("/proc");
  }

  /**
   * What is at the end of all links, there or not; an entry of /proc, which only looks like a link,
   * as it is.
   */
  static Path followed(Path named) throws IOException {
    Path at = named;
    for (int links = 0; Files.isSymbolicLink(at); links++) {
      if (links == MOST_LINKS) {
        throw new FileSystemLoopException(named.toString());
      }
      Path folder = at.toAbsolutePath().resolveSibling("").toRealPath();
      if (folder.startsWith("/proc")) {
        return folder.resolve(at.getFileName());
      }
      at = folder.resolve(Files.readSymbolicLink(at));
    }
    return at;
  }

  private static Content text(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return out -> out.write(bytes);
  }

  /**
   * Whether {@link #replace} could begin: a file is made beside that one, and taken away.
   *
   * @throws IOException where it could not
   */
  static void requireReplaceable(Path file) throws IOException {
    Path fresh = fresh(file);
    try {
      create(fresh, true);
      Files.delete(fresh);
    } catch (FileSystemException folderIsNotOurs) {
      if (!isClosed(folderIsNotOurs) || !Files.isWritable(file)) {
        throw folderIsNotOurs;
      }
    }
  }

  private static Path fresh(Path file) {
    return file.resolveSibling(
        "." + file.getFileName() + "." + Long.toHexString(RANDOM.nextLong()) + UNFINISHED);
  }

  private static boolean isClosed(FileSystemException folder) {
    return folder instanceof AccessDeniedException || Errno.EROFS.isWhy(folder);
  }

  static void replace(Path file, Content content) throws IOException {
    PosixFileAttributes old = attributes(file);
    Path fresh = fresh(file);
    try {
      create(fresh, old != null);
    } catch (FileSystemException folderIsNotOurs) {
      if (old == null || !isClosed(folderIsNotOurs)) {
        throw folderIsNotOurs;
      }
      writeInPlace(file, content);
      return;
    }
    try {
      writeSynced(fresh, content, StandardOpenOption.WRITE);
    } catch (IOException | RuntimeException e) {
      delete(fresh, e);
      throw e;
    }
    try {
      if (old != null) {
        adopt(fresh, old);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(file.toAbsolutePath().resolveSibling(""));
    } catch (IOException cannotReplace) {
      delete(fresh, cannotReplace);
      if (old == null) {
        throw cannotReplace;
      }
      // Another user's file, a sticky folder, or a file that is a mount point.
      writeInPlace(file, content);
    }
  }

  /** Null where there is no plain file of that name. */
  private static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
    try {
      PosixFileAttributes there =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return there.isRegularFile() ? there : null;
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  /** Fails where somebody has that name already. */
  private static void create(Path fresh, boolean secret) throws IOException {
    if (secret) {
      Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PRIVATE));
    } else {
      Files.createFile(fresh);
    }
  }

  private static void adopt(Path fresh, PosixFileAttributes old) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes now = view.readAttributes();
    if (!now.group().equals(old.group())) {
      view.setGroup(old.group());
    }
    if (!now.owner().equals(old.owner())) {
      view.setOwner(old.owner());
    }
    view.setPermissions(old.permissions());
  }

  private static void writeInPlace(Path file, Content content) throws IOException {
    writeSynced(file, content, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** A stream and not a channel: an interrupt closes a channel in the middle of its work. */
  private static void writeSynced(Path file, Content content, StandardOpenOption... options)
      throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    try (OutputStream out = Files.newOutputStream(file, all.toArray(OpenOption[]::new))) {
      content.to(out);
    }
    try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
      written.getFD().sync();
    }
  }

  private static void delete(Path fresh, Exception because) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException alsoFailed) {
      because.addSuppressed(alsoFailed);
    }
  }

  /**
   * Makes the folder's entries themselves durable, where the file system can: not all do (EINVAL,
   * ENOTSUP), and a folder may be one that we must not read.
   */
  static void syncFolder(Path folder) {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the folder was not synced", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The sentence for a failed access: what, where, how much is free, the fix.
   *
   * @param verb what was tried, e.g. {@code write}
   */
  public static Refusal refusal(String verb, Path file, IOException e) {
    return refusal(verb, file, e, "--results");
  }

  /**
   * The same for what lies in another folder than the runs.
   *
   * @param option that names this folder
   */
  public static Refusal refusal(String verb, Path file, IOException e, String option) {
    return new Refusal(
        Refusal.Kind.ENVIRONMENT,
        "cannot " + verb + " " + file + ": " + reason(e) + sequel(verb, file, e, option),
        e);
  }

  private static String sequel(String verb, Path file, IOException e, String option) {
    return verb.equals("read")
        ? ". Give the user who runs this the right to read it, or restore it from a copy."
        : free(file) + ". " + fix(e, option);
  }

  /** Why an access failed, in a few words. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException binary -> "it is not text";
      case NoSuchFileException none -> "no such file or folder";
      case FileAlreadyExistsException there -> "a file of that name is in the way";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** The same of an access in a stream. */
  public static String reason(UncheckedIOException e) {
    IOException cause = e.getCause();
    return cause == null ? String.valueOf(e.getMessage()) : reason(cause);
  }

  private static String free(Path file) {
    Path there = file.toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return String.format(
          Locale.ROOT, " (%,d bytes free there)", Files.getFileStore(there).getUsableSpace());
    } catch (IOException unknown) {
      return "";
    }
  }

  private static String fix(IOException e, String option) {
    if (Errno.ENOSPC.isWhy(e) || Errno.EDQUOT.isWhy(e)) {
      return "Free some space there, or choose another folder with " + option + ".";
    }
    return (e instanceof AccessDeniedException
            ? "Give the user who runs this the right to write there, or choose"
            : "Choose")
        + " another folder with "
        + option
        + ".";
  }
}
