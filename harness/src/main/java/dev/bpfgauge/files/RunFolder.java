package dev.bpfgauge.files;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.NetworkCard;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.os.Program;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one run, {@code results/RUN-ID/}: run.json, journal.jsonl, samples.csv and what is
 * derived from them. docs/formats.md describes each file.
 */
public final class RunFolder {
  public static final String INFO = "run.json";
  public static final String JOURNAL = "journal.jsonl";
  public static final String SAMPLES = "samples.csv";
  public static final String SAMPLES_HEADER = "samples.json";

  /** The network that imitates the kernel, where a run has one. */
  public static final String MODEL = "model.json";

  /** The network that learned from outcomes. */
  public static final String OUTCOME_MODEL = "model-outcome.json";

  /** The folder of runs that nobody has to name. */
  public static final String RESULTS = "results";

  /** What a user may write for the newest run. */
  public static final String LATEST = "latest";

  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int ID_TIME_LENGTH = "yyyyMMdd-HHmmss".length();
  private static final Pattern TIMED_ID = Pattern.compile("\\d{8}-\\d{6}.*");

  /** A folder that somebody renamed does not say when it was; it comes last. */
  private static final Comparator<String> NEWEST_FIRST =
      Comparator.comparing((String id) -> !TIMED_ID.matcher(id).matches())
          .thenComparing(Comparator.reverseOrder());

  /**
   * So far may clocks of machines that share a folder be apart, time zones set wrongly included.
   */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  /** What a run consists of; everything else in its folder can be made again. */
  private static final Set<String> SOURCES =
      Set.of(INFO, JOURNAL, SAMPLES, SAMPLES_HEADER, "plan.json", MODEL, OUTCOME_MODEL);

  private final Path path;

  /** What the reader should know of how this run was chosen. */
  private final List<String> remarks;

  private RunFolder(Path path) {
    this(path, List.of());
  }

  private RunFolder(Path path, List<String> remarks) {
    this.path = path;
    this.remarks = remarks;
  }

  /**
   * The id of a run: UTC time and what it measures, e.g. {@code 20261121-071834-maps}, so that ids
   * sort by age.
   */
  public static String idAt(Instant start, String what) {
    return ID_TIME.format(start) + "-" + what;
  }

  /**
   * Whether a run that began then was made by a clock that was wrong: it lies ahead. Such a run
   * would be the newest for as long as that lasts.
   */
  public static boolean isAhead(Instant startedAt) {
    return startedAt.isAfter(Instant.now().plus(CLOCKS_DIFFER));
  }

  private static boolean isAhead(String timedId) {
    try {
      return isAhead(ID_TIME.parse(timedId.substring(0, ID_TIME_LENGTH), Instant::from));
    } catch (DateTimeParseException e) {
      return false; // The thirteenth month is no time: it is only a name.
    }
  }

  /** The newest run that is not {@linkplain #isAhead ahead}; where all are, our clock is wrong. */
  private static Optional<RunFolder> newest(Path resultsDir, List<String> ids) {
    List<String> timed = ids.stream().filter(id -> TIMED_ID.matcher(id).matches()).toList();
    List<String> ahead = timed.stream().takeWhile(RunFolder::isAhead).toList();
    if (ahead.size() == timed.size()) {
      return ids.stream().findFirst().map(id -> new RunFolder(resultsDir.resolve(id)));
    }
    List<String> remarks =
        ahead.stream()
            .map(id ->
                id
                    + " is dated in the future and is not taken for the latest run; name it by its"
                    + " id.")
            .toList();
    return Optional.of(new RunFolder(resultsDir.resolve(timed.get(ahead.size())), remarks));
  }

  /** Whether a file is one of those that a run consists of. */
  static boolean isPartOfARun(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return folder != null
        && Files.isRegularFile(file)
        && Files.isRegularFile(folder.resolve(INFO))
        && SOURCES.contains(plainName(file));
  }

  private static String plainName(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(KeptFile.PACKED)
        ? name.substring(0, name.length() - KeptFile.PACKED.length())
        : name;
  }

  /**
   * Makes a new folder. Where the id is taken, by another run in the same second, the folder's name
   * gets {@code -2}, {@code -3} …: {@link #id()} says which.
   *
   * @throws Refusal where it cannot be made
   */
  public static RunFolder create(Path resultsDir, String runId) {
    Path folder = resultsDir.resolve(runId);
    try {
      Files.createDirectories(resultsDir);
      for (int copy = 2; ; copy++) {
        try {
          Files.createDirectory(folder);
          DurableFile.syncFolder(resultsDir);
          return new RunFolder(folder);
        } catch (FileAlreadyExistsException taken) {
          folder = resultsDir.resolve(runId + "-" + copy);
        }
      }
    } catch (IOException e) {
      throw DurableFile.refusal("make the run's folder", folder, e);
    }
  }

  /**
   * The folder of an earlier run.
   *
   * @throws Refusal where there is no run.json in it
   */
  public static RunFolder open(Path folder) {
    if (!Files.isRegularFile(folder.resolve(INFO))) {
      throw Refusal.usage(folder + " is not a run's folder: there is no " + INFO + " in it.");
    }
    return new RunFolder(folder);
  }

  /**
   * The run a user means.
   *
   * @param argument a run's id, the beginning of exactly one, {@link #LATEST}, or a folder's path
   * @throws Refusal with the nearest id where there is no such run
   */
  public static RunFolder resolve(Path resultsDir, String argument) {
    List<String> ids = ids(resultsDir);
    if (argument.equals(LATEST)) {
      return newest(resultsDir, ids).orElseThrow(() -> noRuns(resultsDir));
    }
    if (ids.contains(argument)) {
      return new RunFolder(resultsDir.resolve(argument));
    }
    Path asPath = Path.of(argument);
    if (!argument.isEmpty() && Files.isDirectory(asPath)) {
      return open(asPath);
    }
    if (argument.contains("/")) {
      throw Refusal.usage(
          Files.exists(asPath)
              ? argument + " is not a folder: give the folder of a run."
              : "there is no folder " + argument + ".");
    }
    if (ids.isEmpty()) {
      throw Refusal.usage(
          "there is no run '%s': %s has none; `%s` makes one."
              .formatted(argument, resultsDir, Program.command("run")));
    }
    List<String> begun = ids.stream().filter(id -> id.startsWith(argument)).toList();
    if (begun.size() == 1) {
      return new RunFolder(resultsDir.resolve(begun.getFirst()));
    }
    throw Refusal.usage(
        begun.isEmpty()
            ? "there is no run '"
                + argument
                + "' in "
                + resultsDir
                + NearestName.of(argument, ids)
                    .map(id -> "; did you mean " + id + "? Newest: ")
                    .orElse("; newest: ")
                + String.join(", ", ids.subList(0, Math.min(3, ids.size())))
                + " (also called `latest`)."
            : "'"
                + argument
                + "' is the beginning of "
                + begun.size()
                + " runs in "
                + resultsDir
                + " ("
                + String.join(", ", begun.subList(0, Math.min(3, begun.size())))
                + (begun.size() > 3 ? " …" : "")
                + "); give more of the id.");
  }

  /**
   * The run that a user means to go on with.
   *
   * @throws Refusal where there is no such run, or it was packed to be kept
   */
  public static RunFolder toResume(Path resultsDir, String argument) {
    RunFolder folder = resolve(resultsDir, argument);
    folder.requireUnpacked();
    return folder;
  }

  private void requireUnpacked() {
    if (SOURCES.stream().anyMatch(name -> KeptFile.isPacked(path.resolve(name)))) {
      throw Refusal.usage(
          "%s was packed to be kept and cannot go on as it is: `gunzip %s/*.gz` unpacks it."
              .formatted(id(), path));
    }
  }

  private static Refusal noRuns(Path resultsDir) {
    return Refusal.usage(
        "there is no run in %s; `%s` makes one.".formatted(resultsDir, Program.command("run")));
  }

  /** The ids of all runs in the folder, newest first; empty where there is no such folder. */
  public static List<String> ids(Path resultsDir) {
    return names(resultsDir, entry -> Files.isRegularFile(entry.resolve(INFO)));
  }

  /** Folders that have a journal and lost their run.json, or never had it; newest first. */
  public static List<String> withoutInfo(Path resultsDir) {
    return names(
        resultsDir,
        entry ->
            KeptFile.exists(entry.resolve(JOURNAL)) && !Files.isRegularFile(entry.resolve(INFO)));
  }

  private static List<String> names(Path resultsDir, Predicate<Path> wanted) {
    if (Files.isRegularFile(resultsDir)) {
      throw Refusal.usage(resultsDir + " is a file: give the folder of the runs.");
    }
    if (!Files.isDirectory(resultsDir)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(resultsDir)) {
      return entries
          .filter(wanted)
          .map(entry -> entry.getFileName().toString())
          .sorted(NEWEST_FIRST)
          .toList();
    } catch (IOException e) {
      throw DurableFile.refusal("list", resultsDir, e);
    }
  }

  public Path path() {
    return path;
  }

  public String id() {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Replaces run.json. */
  public void writeInfo(RunInfo info) {
    write(INFO, Json.indented(info));
  }

  /** Writes or replaces a derived file, whole or not at all. */
  public void write(String fileName, String content) {
    DurableFile.write(path.resolve(fileName), content);
  }

  /**
   * The same with bytes.
   *
   * @param fileName may be in a folder of the run's folder, which is made
   */
  public void write(String fileName, byte[] content) {
    Path file = path.resolve(fileName);
    try {
      Files.createDirectories(file.resolveSibling(""));
    } catch (IOException e) {
      throw DurableFile.refusal("write", file, e);
    }
    DurableFile.write(file, content);
  }

  /**
   * The files of one of its folders.
   *
   * @return name in the run's folder → bytes; empty where it has no such folder
   */
  public SortedMap<String, byte[]> filesIn(String folder) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    Path within = path.resolve(folder);
    if (Files.isDirectory(within)) {
      try (Stream<Path> all = Files.walk(within)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          files.put(path.relativize(file).toString(), Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw DurableFile.refusal("read", within, e);
      }
    }
    return files;
  }

  /**
   * Opens the journal for appending.
   *
   * @throws Refusal where it cannot be written, or is packed
   */
  public Journal journal() {
    requireUnpacked();
    return Journal.open(path.resolve(JOURNAL));
  }

  /** The command that goes on with this run, for who works in this folder. */
  public String resumeCommand() {
    List<String> words = new ArrayList<>(readInfo().plainResumeWords());
    words.set(words.indexOf(RunInfo.RESUME) + 1, id());
    return here(words);
  }

  /**
   * The words that go on with this run, for a page that tells nobody where it lies: with the folder
   * of runs as the run's own command named it, and what this one lies in below that.
   */
  public List<String> resumeWords() {
    RunInfo info = readInfo();
    Path named = Path.of(info.namedResults().orElse(RESULTS));
    Path whole = named.toAbsolutePath().normalize();
    Path ours = path.toAbsolutePath().normalize().resolveSibling("");
    Path folder = ours.startsWith(whole) ? named.resolve(whole.relativize(ours)) : named;
    return folder.equals(Path.of(RESULTS))
        ? info.plainResumeWords()
        : info.resumeWords(folder.toString());
  }

  /** What makes it a whole run with a report, where the program was ended before. */
  public String leftToDo() {
    return "run %s is valid: %s writes its report, %s goes on with it"
        .formatted(id(), here(List.of("report", id())), resumeCommand());
  }

  /** The command with the folder of runs that this one lies in, where it is not the usual one. */
  private String here(List<String> command) {
    List<String> words = new ArrayList<>(command);
    Path folder = path.toAbsolutePath().normalize().resolveSibling("");
    if (!folder.equals(Path.of(RESULTS).toAbsolutePath().normalize())) {
      Path named = path.normalize().getParent();
      words.addAll(List.of("--results", (named == null ? folder : named).toString()));
    }
    return Program.command(words.toArray(String[]::new));
  }

  /** Whether a harness has the journal open for appending, as far as the file system tells. */
  boolean isBeingWritten() {
    return Journal.isBeingWritten(path.resolve(JOURNAL));
  }

  /** What makes run.json say that it is another copy of this very run. */
  public boolean isSameRun(RunFolder other) {
    RunInfo one = readInfo();
    RunInfo two = other.readInfo();
    return one.id().equals(two.id()) && one.startedAt().equals(two.startedAt());
  }

  /**
   * Reads run.json alone.
   *
   * @throws Refusal where it was written by a newer version, is damaged or cannot be read
   */
  public RunInfo readInfo() {
    Path file = path.resolve(INFO);
    String json;
    try {
      json = Files.readString(file);
    } catch (IOException e) {
      throw DurableFile.refusal("read", file, e);
    }
    int version = Json.formatVersion(json, file.toString());
    if (version > RunInfo.FORMAT_VERSION) {
      throw Refusal.usage(
          file
              + " has format version "
              + version
              + ", this program reads up to "
              + RunInfo.FORMAT_VERSION
              + ": read it with the newer bpfgauge that wrote it.");
    }
    return Json.parse(json, RunInfo.class, file.toString());
  }

  /**
   * Reads the whole run.
   *
   * @throws Refusal where a file is damaged otherwise than torn at its end
   */
  public RunData read() {
    RunInfo info = readInfo();
    if (info.status() == RunInfo.Status.COMPLETE && !KeptFile.exists(path.resolve(JOURNAL))) {
      throw Refusal.usage(
          "%s is missing, which holds all that this run measured: copy the whole folder."
              .formatted(path.resolve(JOURNAL)));
    }
    Journal.Content journal = Journal.read(path.resolve(JOURNAL));
    List<String> warnings = new ArrayList<>(remarks);
    warnings.addAll(journal.warnings());
    Samples samples =
        SamplesFile.read(path.resolve(SAMPLES), path.resolve(SAMPLES_HEADER), warnings);
    return new RunData(info, journal.forks(), samples, networks(), warnings);
  }

  private List<NetworkCard> networks() {
    List<NetworkCard> cards = new ArrayList<>();
    for (String name : List.of(MODEL, OUTCOME_MODEL)) {
      Path file = path.resolve(name);
      try {
        if (Files.isRegularFile(file)) {
          cards.add(Json.parse(Files.readString(file), NetworkCard.class, file.toString()));
        }
      } catch (IOException e) {
        throw DurableFile.refusal("read", file, e);
      }
    }
    return cards;
  }
}
