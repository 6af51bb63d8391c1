package dev.bpfgauge.results;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Files that are whole or not there, also after a power cut: written beside their name, synced,
 * renamed, and the folder synced.
 */
public final class DurableFile {
  private DurableFile() {}

  /**
   * Replaces the file by this content. On an error the old file, if there was one, stays.
   *
   * @throws Refusal with path, free bytes and fix
   */
  public static void write(Path file, String content) {
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      // A stream and not a channel: an interrupt closes a channel in the middle of its work.
      try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
        out.getFD().sync();
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(file.toAbsolutePath().resolveSibling(""));
    } catch (IOException e) {
      try {
        Files.deleteIfExists(fresh);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw refusal("write", file, e);
    }
  }

  /** Makes the folder's entries themselves durable. */
  static void syncFolder(Path folder) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
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
    return new Refusal(
        Refusal.Kind.ENVIRONMENT,
        "cannot " + verb + " " + file + ": " + reason(e) + sequel(verb, file, e),
        e);
  }

  private static String sequel(String verb, Path file, IOException e) {
    return verb.equals("read")
        ? ". Give the user who runs this the right to read it, or restore it from a copy."
        : free(file) + ". " + fix(e);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException binary -> "it is not text";
      case NoSuchFileException none -> "no such file or folder";
      case FileAlreadyExistsException there -> "a file of that name is in the way";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
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

  private static String fix(IOException e) {
    String reason = reason(e);
    if (reason.contains("No space left") || reason.contains("quota")) {
      return "Free some space there, or choose another folder with --results.";
    }
    return "Give the user who runs this the right to write there, or choose another folder with"
        + " --results.";
  }
}
