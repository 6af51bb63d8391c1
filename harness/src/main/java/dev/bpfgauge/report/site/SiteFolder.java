package dev.bpfgauge.report.site;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.LockedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The folder of a site, locked while it is written. The file {@value #LIST} in it names every page
 * that is, or is about to be, there: only those are ever taken away. Each page is replaced whole.
 */
final class SiteFolder implements AutoCloseable {
  static final String LIST = ".bpfgauge-site";

  private static final String HEADER = "# Pages written by bpfgauge report --site";

  /**
   * How long a second writer waits for the first, which may render every report on a busy machine.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Path folder;
  private final LockedFile lock;
  private final Set<String> before;
  private final Set<String> now = new TreeSet<>();
  private int written;

  private SiteFolder(Path folder, LockedFile lock, Set<String> before) {
    this.folder = folder;
    this.lock = lock;
    this.before = before;
  }

  /**
   * Opens or makes the folder.
   *
   * @throws Refusal where something else is there, or another writer
   */
  static SiteFolder open(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw Refusal.usage(folder + " is a file, not a folder; --site names another place.");
    }
    try {
      if (!names(folder).contains(SiteLock.FILE)) {
        refuseForeign(folder);
      }
      Files.createDirectories(folder);
      LockedFile lock = SiteLock.take(folder, PATIENCE);
      try {
        return new SiteFolder(folder, lock, prepared(folder));
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw DurableFile.refusal("make the site", folder, e, "--site");
    }
  }

  /** The pages that are there; from now on the folder is a site. */
  private static Set<String> prepared(Path folder) throws IOException {
    refuseForeign(folder);
    Path list = folder.resolve(LIST);
    if (!Files.exists(list)) {
      writeList(folder, Set.of());
    }
    for (String part : Set.of("cells", "runs", "trends")) {
      makeFolder(folder.resolve(part));
    }
    return listed(list);
  }

  private static void refuseForeign(Path folder) throws IOException {
    Set<String> names = names(folder);
    names.removeIf(name -> name.equals(SiteLock.FILE) || DurableFile.isUnfinished(name, LIST));
    if (!names.isEmpty() && !names.contains(LIST)) {
      throw Refusal.usage(
          folder
              + " holds files that are not a site of bpfgauge; name an empty or a new folder with"
              + " --site.");
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return new TreeSet<>();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      Set<String> names = new TreeSet<>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return names;
    }
  }

  /** A link would lead the pages out of the site. */
  private static void makeFolder(Path part) throws IOException {
    if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(part, LinkOption.NOFOLLOW_LINKS)) {
      throw Refusal.usage(part + " is not a folder; take it away, or name another with --site.");
    }
    Files.createDirectories(part);
  }

  private static Set<String> listed(Path list) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(list)) {
      if (SiteNames.FILE.matcher(line).matches()) {
        names.add(line);
      }
    }
    return names;
  }

  /** Says which pages will be there, before the first of them is. */
  void announce(Set<String> names) {
    Set<String> all = new TreeSet<>(before);
    all.addAll(names);
    writeList(folder, all);
  }

  /** Writes a page, or leaves it where it has that content. */
  void put(String name, String content) {
    if (!SiteNames.FILE.matcher(name).matches()) {
      throw new IllegalArgumentException("no name of a page: " + name);
    }
    now.add(name);
    Path file = folder.resolve(name);
    if (!has(file, content.getBytes(StandardCharsets.UTF_8))) {
      DurableFile.write(file, content);
      written++;
    }
  }

  private static boolean has(Path file, byte[] content) {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) == content.length
          && Arrays.equals(Files.readAllBytes(file), content);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Takes away the pages of earlier calls that this one did not write. */
  int removeGone() {
    Set<String> gone = new TreeSet<>(before);
    gone.removeAll(now);
    for (String name : gone) {
      Path file = folder.resolve(name);
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw DurableFile.refusal("delete", file, e, "--site");
      }
    }
    writeList(folder, now);
    return gone.size();
  }

  int written() {
    return written;
  }

  int pages() {
    return now.size();
  }

  /** Lets the next writer in. */
  @Override
  public void close() {
    lock.close();
  }

  private static void writeList(Path folder, Set<String> names) {
    DurableFile.write(
        folder.resolve(LIST), HEADER + "\n" + String.join("\n", new TreeSet<>(names)) + "\n");
  }
}
