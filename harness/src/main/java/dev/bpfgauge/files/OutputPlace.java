package dev.bpfgauge.files;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.StrError.Errno;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a user named for an output: a file, or a link to one, is replaced by each content; a device,
 * a pipe or an open file ({@code /dev/stdout}) is opened once and written through. It is tried when
 * this is made, so that what takes long is not lost for a folder that is not there.
 */
public final class OutputPlace implements AutoCloseable {
  /** Opening a pipe waits for its reader (fifo(7)); who started both at once needs no longer. */
  private static final long LONGEST_WITHOUT_READER_SECONDS = 10;

  private static final int S_IFMT = 0xf000; // inode(7)
  private static final int S_IFIFO = 0x1000;

  private final String option;
  private final Path named;
  private final @Nullable OutputStream through;

  private OutputPlace(String option, Path named, @Nullable OutputStream through) {
    this.option = option;
    this.named = named;
    this.through = through;
  }

  /**
   * Tries the place; where there is no file yet, none is left.
   *
   * @param option that named it: {@code -o}, {@code --openmetrics}
   * @throws Refusal with path, reason and fix
   */
  public static OutputPlace of(String option, Path named) {
    if (named.toString().isEmpty()) {
      throw Refusal.usage("%s names no file: give one, or leave %1$s out.".formatted(option));
    }
    if (RunFolder.isPartOfARun(named)) {
      throw Refusal.usage(
          "%s %s is a file of a run, which would be lost: name another file."
              .formatted(option, named));
    }
    try {
      if (DurableFile.isPlain(named)) {
        DurableFile.requireReplaceable(DurableFile.followed(named));
        return new OutputPlace(option, named, null);
      }
      return new OutputPlace(option, named, open(named));
    } catch (IOException e) {
      throw refusal(option, named, e);
    }
  }

  private static OutputStream open(Path named) throws IOException {
    if (Files.isDirectory(named)) {
      throw new FileSystemException(named.toString(), null, "it is a folder");
    }
    if (isPipe(named)) {
      return openPipe(named);
    }
    // Appended where it is an open file: what the shell's other programs wrote stays.
    return Files.newOutputStream(
        named, Files.isRegularFile(named) ? StandardOpenOption.APPEND : StandardOpenOption.WRITE);
  }

  private static boolean isPipe(Path named) throws IOException {
    return ((int) Files.getAttribute(named, "unix:mode") & S_IFMT) == S_IFIFO;
  }

  /** In a thread of its own: no interrupt ends the system call. */
  private static OutputStream openPipe(Path named) throws IOException {
    CompletableFuture<OutputStream> opened = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("pipe")
        .start(() -> {
          try {
            opened.complete(Files.newOutputStream(named, StandardOpenOption.WRITE));
          } catch (IOException e) {
            opened.completeExceptionally(e);
          }
        });
    try {
      return opened.get(LONGEST_WITHOUT_READER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    } catch (TimeoutException e) {
      giveUp(named, opened);
      throw new FileSystemException(
          named.toString(), null, "nobody reads this pipe; start its reader first");
    } catch (InterruptedException e) {
      giveUp(named, opened);
      Thread.currentThread().interrupt();
      throw new FileSystemException(named.toString(), null, "nobody read this pipe");
    }
  }

  /** A reader of our own ends the wait: one that writes as well need not wait for anybody. */
  private static void giveUp(Path named, CompletableFuture<OutputStream> opened) {
    try (FileChannel _ =
        FileChannel.open(named, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      closeQuietly(opened.join());
    } catch (IOException | CompletionException e) {
      return; // The pipe is gone, and with it whoever could open it.
    }
  }

  private static void closeQuietly(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      return; // Nothing was written to it.
    }
  }

  /**
   * Writes.
   *
   * @return false where who read a pipe has gone
   * @throws Refusal with path, reason and fix
   */
  public boolean write(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return write(out -> out.write(bytes));
  }

  /** The same with content that is not in memory. */
  public boolean write(DurableFile.Content content) {
    OutputStream out = through;
    try {
      if (out == null) {
        DurableFile.replace(DurableFile.followed(named), content);
      } else {
        content.to(out);
        out.flush();
      }
      return true;
    } catch (IOException e) {
      if (out != null && Errno.EPIPE.isWhy(e)) {
        return false;
      }
      throw refusal(option, named, e);
    }
  }

  static Refusal refusal(String option, Path named, IOException e) {
    boolean denied = e instanceof AccessDeniedException;
    return new Refusal(
        Refusal.Kind.ENVIRONMENT,
        "cannot write %s: %s%s another file with %s."
            .formatted(
                named,
                DurableFile.reason(e),
                denied ? ". Make it writable, or name" : ". Name",
                option),
        e);
  }

  @Override
  public void close() {
    if (through != null) {
      closeQuietly(through);
    }
  }
}
