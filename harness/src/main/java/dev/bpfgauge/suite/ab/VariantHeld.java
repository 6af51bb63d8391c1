package dev.bpfgauge.suite.ab;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.suite.Held;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What differs on one arm, in force until it is closed; the command runs meanwhile. */
final class VariantHeld implements Held {
  static final String METRIC = "metric_";
  static final String RUNS = "runs";
  static final String LEFT = "left_running";

  private static final int MOST_RUNS = 1000;
  private static final int LAST_WORDS = 200;

  /** Of what a command prints the end is looked at. */
  private static final int MOST_PRINTED = 1 << 20;

  private final Experiment experiment;
  private final Map<String, String> mark;
  private final List<BpfObject> objects = new ArrayList<>();

  private VariantHeld(Experiment experiment, Map<String, String> mark) {
    this.experiment = experiment;
    this.mark = mark;
  }

  /**
   * Brings an arm's settings into force.
   *
   * @param label the arm's
   * @throws UnavailableException where one of them cannot be; objects are detached then
   */
  static VariantHeld hold(Experiment experiment, String label, Ground ground)
      throws UnavailableException {
    VariantHeld held = new VariantHeld(experiment, ground.mark());
    try {
      for (Setting setting : experiment.settings(label)) {
        held.set(setting, ground.setter());
      }
      return held;
    } catch (UnavailableException | RuntimeException e) {
      held.close();
      if (e instanceof Refusal) { // what was there when the run began is there no more
        throw new UnavailableException(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private void set(Setting setting, Setter setter) throws UnavailableException {
    try {
      switch (setting.kind()) {
        case SYSCTL, FILE -> {
          String now = setter.set(setting.file(), setting.value());
          if (!isSame(now, setting.value())) {
            throw new UnavailableException(
                "%s was set to %s and reads %s"
                    .formatted(setting.file(), setting.value(), Shown.name(now)));
          }
        }
        case BPF -> attach(Path.of(setting.value()));
        case ENV, RUN, CPUS, CGROUP -> {}
      }
    } catch (IOException e) {
      throw new UnavailableException(
          "%s cannot be set to %s: %s".formatted(setting.file(), setting.value(), e.getMessage()));
    } catch (BpfException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  /** The kernel puts tabs where people put blanks. */
  private static boolean isSame(String read, String wanted) {
    return read.strip().replaceAll("\\s+", " ").equals(wanted.strip().replaceAll("\\s+", " "));
  }

  private void attach(Path file) throws IOException {
    BpfObject object = BpfObject.open(file);
    objects.add(object);
    object.load();
    for (String program : object.programNames()) {
      if (object.program(program).isLoaded()) {
        object.program(program).attach();
      }
    }
  }

  @Override
  public Outcome attempt(Cell cell, Settings settings) {
    return attempt(List.of(cell), settings, new Random(settings.seed())).getFirst();
  }

  /**
   * Runs the arms' commands one after the other, in an order that chance makes and then the other
   * way round, again and again: each is first as often as last.
   */
  @Override
  public List<Outcome> attempt(List<Cell> cells, Settings settings, Random order) {
    Map<String, Taken> arms = new TreeMap<>();
    cells.forEach(cell -> arms.put(cell.profile(), new Taken(cell.profile())));
    List<Taken> going = new ArrayList<>(arms.values());
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.measureMillis());
    try {
      Path folder = Scratch.newFolder("ab-");
      try {
        boolean hasOrder = going.size() > 1;
        for (int run = 0; run == 0 || isGoingOn(run, going, end, hasOrder); run++) {
          if (run % 2 == 0) {
            Collections.shuffle(going, order);
          } else {
            Collections.reverse(going);
          }
          for (Taken arm : List.copyOf(going)) {
            if (!arm.once(folder)) {
              going.remove(arm);
            }
          }
        }
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      arms.values().forEach(arm -> arm.failed(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      arms.values().forEach(arm -> arm.failure = "interrupted");
    }
    return cells.stream()
        .map(cell -> Objects.requireNonNull(arms.get(cell.profile())).outcome())
        .toList();
  }

  private static boolean isGoingOn(int run, List<Taken> going, long end, boolean hasOrder) {
    boolean isHalf = hasOrder && run % 2 == 1;
    return !going.isEmpty() && (isHalf || (run < MOST_RUNS && System.nanoTime() < end));
  }

  /** What an arm's command took, run by run. */
  private final class Taken {
    private final String arm;
    private final List<Double> walls = new ArrayList<>();
    private final Map<String, List<Double>> figures = new TreeMap<>();
    private final SortedMap<String, String> missing = new TreeMap<>();
    private double left;
    private @Nullable String failure;

    private Taken(String arm) {
      this.arm = arm;
    }

    /** Returns whether it may run again. */
    private boolean once(Path folder) throws InterruptedException {
      try {
        CommandRun.Ended ended = VariantHeld.once(experiment, arm, mark, folder);
        walls.add((double) ended.wallNanos());
        ended
            .figures()
            .forEach(
                (name, value) -> figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        missing.putAll(ended.missing());
        left += ended.left();
        return true;
      } catch (IOException e) {
        failed(e);
        return false;
      }
    }

    private void failed(IOException e) {
      failure = Shown.name(String.valueOf(e.getMessage()));
    }

    private Outcome outcome() {
      if (failure != null) {
        return new Outcome.Failed(failure);
      }
      SortedMap<String, Double> extras = new TreeMap<>();
      figures.forEach((name, values) -> extras.put(name, Medians.of(values)));
      extras.put(RUNS, (double) walls.size());
      extras.put(LEFT, left);
      return new Outcome.Measured(
          new Measurement(
              Medians.of(walls), walls, null, walls.size(), null, null, extras, missing),
          null);
    }
  }

  /** A wrong end of the command, in one sentence. */
  private static final class WrongException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongException(String message) {
      super(message);
    }
  }

  /**
   * Runs an arm's command once.
   *
   * @param mark variables by which its processes are found
   * @throws IOException where it cannot be started, ends with another code than 0, or does not
   *     print what is looked for
   */
  static CommandRun.Ended once(
      Experiment experiment, String label, Map<String, String> mark, Path folder)
      throws IOException, InterruptedException {
    boolean isRead = !experiment.metrics().isEmpty();
    Path out = isRead ? folder.resolve("out") : Path.of("/dev/null");
    Path err = folder.resolve("err");
    List<Integer> cpus = new ArrayList<>();
    List<Path> groups = new ArrayList<>();
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.putAll(mark);
    for (Setting setting : experiment.settings(label)) {
      switch (setting.kind()) {
        case ENV -> environment.put(setting.name(), setting.value());
        case CPUS -> cpus.addAll(setting.cpus(setting.text()));
        case CGROUP -> groups.add(Path.of(setting.value()));
        default -> {}
      }
    }
    CommandRun.Ended ended =
        CommandRun.run(
            new CommandRun.Start(
                Path.of(experiment.folder()),
                experiment.words(label),
                environment,
                cpus,
                groups,
                out,
                err));
    if (ended.exit() != 0) {
      throw new WrongException(
          "the command ended with exit code %d%s".formatted(ended.exit(), lastWords(err)));
    }
    if (isRead) {
      String printed = end(out) + "\n" + end(err);
      for (Map.Entry<String, String> metric : experiment.metrics().entrySet()) {
        ended.figures().put(METRIC + metric.getKey(), metric(metric.getValue(), printed));
      }
    }
    return ended;
  }

  /** What a file ends with, as far as anybody looks. */
  private static String end(Path file) throws IOException {
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      in.skipNBytes(Math.max(0, Files.size(file) - MOST_PRINTED));
      return ForeignText.of(in.readNBytes(MOST_PRINTED));
    }
  }

  private static String lastWords(Path err) throws IOException {
    List<String> lines = end(err).lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      return "";
    }
    String last = Shown.name(lines.getLast().strip());
    return ": " + last.substring(0, Math.min(last.length(), LAST_WORDS));
  }

  /** The last match counts: commands print a total at their end. */
  private static double metric(String regex, String printed) throws WrongException {
    Matcher match = Pattern.compile(regex, Pattern.MULTILINE).matcher(printed);
    String found = null;
    while (match.find()) {
      found = match.groupCount() > 0 ? match.group(1) : match.group();
    }
    if (found == null) {
      throw new WrongException("the command printed nothing that --metric " + regex + " matches");
    }
    double number;
    try {
      number = Double.parseDouble(found.strip());
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!Double.isFinite(number)) {
      throw new WrongException(
          "--metric %s found '%s', which is not a number".formatted(regex, Shown.name(found)));
    }
    return number;
  }

  @Override
  public void close() {
    objects.forEach(BpfObject::close);
  }
}
