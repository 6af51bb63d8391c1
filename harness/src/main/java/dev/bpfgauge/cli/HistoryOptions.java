package dev.bpfgauge.cli;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.trend.Anchors;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Store.DamagedException;
import dev.bpfgauge.trend.Trend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the runs and their history are. */
final class HistoryOptions {
  @Mixin ResultsOption results;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description =
          "The history: jdbc:sqlite:FILE or jdbc:postgresql://HOST/DATABASE. Default: history.db in"
              + " the folder of the runs.")
  @Nullable String store;

  /** Works on an open store. */
  private interface Work<T> {
    T on(Store store) throws DamagedException;
  }

  /** Works on a store into which the folder's runs were read. */
  interface Use<T> {
    /**
     * Does it.
     *
     * @param read what became of those runs
     */
    T on(Store store, RunImport.Outcome read) throws DamagedException;
  }

  private String url() {
    if (store != null) {
      return store;
    }
    return isReadOnly() ? Store.MEMORY : Store.in(results.folder);
  }

  /**
   * A folder of runs on read-only media, or another user's: its history can be read all the same.
   */
  private boolean isReadOnly() {
    return Files.isDirectory(results.folder) && !Files.isWritable(results.folder);
  }

  /** Whether a night newer than the one judged could not be read. */
  private boolean newerUnread;

  /** The trend of the newest night, after the folder's runs have been read. */
  Trend trend(PrintWriter out) {
    return use(
        out,
        (store, read) -> {
          Trend trend = Trend.newest(store, Anchors.read(results.folder));
          newerUnread = read.isNewerUnread(trend.newest());
          if (newerUnread) {
            out.println(
                "A newer night cannot be read, see above: what follows is of the night before it.");
          }
          return trend;
        });
  }

  /** A night of which nothing is known passes no gate in silence. */
  int code(Trend trend) {
    return trend.failed()
        ? ExitCode.GATE
        : trend.isAnswered() && !newerUnread ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  /** Reads folders into the store. */
  RunImport.Outcome add(List<Path> folders, PrintWriter out) {
    Work<RunImport.Outcome> read = store -> told(RunImport.of(store, folders), out);
    return opened(
        out,
        read,
        store -> {
          RunImport.of(store, without(folders));
          return read.on(store);
        });
  }

  private List<Path> without(List<Path> folders) {
    List<Path> places = folders.stream().map(HistoryOptions::place).toList();
    return folders().stream().filter(folder -> !places.contains(place(folder))).toList();
  }

  private static Path place(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  /** Makes the embedded store again. */
  RunImport.Outcome rebuild(PrintWriter out) {
    Path file = Store.file(url());
    if (url().equals(Store.MEMORY)) {
      throw Refusal.environment(
          results.folder
              + " cannot be written, so there is no store to make again: its history is read from"
              + " the runs each time.");
    }
    if (file == null) {
      throw Refusal.usage(
          "a server's store is filled by several machines: `trend import FOLDER` on each reads"
              + " their runs again.");
    }
    keep(file);
    return use(out, (_, read) -> read);
  }

  /** Works on the store once the folder's runs are in it. */
  <T> T use(PrintWriter out, Use<T> work) {
    if (store == null && !Files.isDirectory(results.folder)) {
      throw Refusal.usage(
          Files.exists(results.folder)
              ? results.folder + " is a file: --results takes the folder of the runs."
              : "there is no folder "
                  + results.folder
                  + ": --results takes the folder of the runs.");
    }
    Work<T> all = store -> work.on(store, told(RunImport.of(store, folders()), out));
    return opened(out, all, all);
  }

  private List<Path> folders() {
    return Files.isDirectory(results.folder) ? List.of(results.folder) : List.of();
  }

  private static RunImport.Outcome told(RunImport.Outcome outcome, PrintWriter out) {
    outcome.leftOut().forEach(run -> out.println("Left out: " + run.sentence()));
    return outcome;
  }

  /**
   * A damaged file is made again from the run folders: it never was the truth.
   *
   * @param anew the work on the store that is made again, which is empty
   */
  private <T> T opened(PrintWriter out, Work<T> work, Work<T> anew) {
    if (url().equals(Store.MEMORY)) {
      out.println(
          results.folder + " cannot be written: its history is read from the runs and not kept.");
    }
    try {
      return once(work);
    } catch (DamagedException damaged) {
      Path file = Store.file(url());
      if (file == null) {
        throw new Refusal(
            Refusal.Kind.ENVIRONMENT,
            damaged.getMessage()
                + "; its tables are of another version or not ours: name another database, or take"
                + " the tables fingerprints, runs, series and points away there and import again.",
            damaged);
      }
      out.println(
          "The store "
              + damaged.getMessage()
              + "; it is kept as "
              + keptAs(file).getFileName()
              + " and made again from the runs in "
              + results.folder
              + ". Folders imported from elsewhere need `trend import` again.");
      keep(file);
      try {
        return once(anew);
      } catch (DamagedException again) {
        throw new Refusal(
            Refusal.Kind.ENVIRONMENT,
            "the store "
                + again.getMessage()
                + " as soon as it is made: look at the disk, or name"
                + " another place by --store.",
            again);
      }
    }
  }

  private <T> T once(Work<T> work) throws DamagedException {
    try (Store store = Store.open(url())) {
      return work.on(store);
    }
  }

  private static Path keptAs(Path file) {
    return file.resolveSibling(file.getFileName() + ".before");
  }

  /** Out of the way, and not lost: {@code --store} may have named somebody's file. */
  private static void keep(Path file) {
    try {
      if (Files.exists(file)) {
        Files.move(file, keptAs(file), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw DurableFile.refusal("move", file, e);
    }
    delete(file);
  }

  private static void delete(Path file) {
    for (String end : List.of("", "-wal", "-shm")) {
      Path part = file.resolveSibling(file.getFileName() + end);
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        throw DurableFile.refusal("delete", part, e);
      }
    }
  }
}
