package dev.bpfgauge.diagnosis;

import dev.bpfgauge.diagnosis.HostMoment.Resource;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a host is in trouble: a figure of it is above a limit.
 *
 * @param figure which
 * @param limit the figure is above it
 * @param perCpu whether the limit is one of each CPU
 */
public record Trigger(Figure figure, double limit, boolean perCpu) {
  private static final Pattern TEXT =
      Pattern.compile(
          "\\s*([a-z-]+)\\s*>\\s*(\\d{1,9}(?:\\.\\d{1,6})?)\\s*(%?)\\s*(\\*\\s*cpus)?\\s*");

  /** It has to fall so far below the limit before there can be trouble again. */
  private static final double FALLEN = 0.9;

  /** What can be watched. */
  public enum Figure {
    /** Of the last minute. */
    LOAD,
    /** Threads that run or could. */
    RUNNING,
    /** Threads that wait for I/O. */
    BLOCKED,
    /** Percent of the CPUs' time. */
    BUSY,
    /** The same. */
    STEAL,
    /** Percent of the time in which some task waited for it. */
    CPU_PRESSURE,
    MEMORY_PRESSURE,
    IO_PRESSURE;

    private double of(HostStretch stretch) {
      return switch (this) {
        case LOAD -> stretch.load();
        case RUNNING -> stretch.running();
        case BLOCKED -> stretch.blocked();
        case BUSY -> stretch.busy();
        case STEAL -> stretch.steal();
        case CPU_PRESSURE -> stretch.stalled(Resource.CPU);
        case MEMORY_PRESSURE -> stretch.stalled(Resource.MEMORY);
        case IO_PRESSURE -> stretch.stalled(Resource.IO);
      };
    }

    /** E.g. {@code cpu-pressure}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> words() {
      return EnumSet.allOf(Figure.class).stream().map(Figure::word).toList();
    }
  }

  /**
   * {@code load>2*cpus}, {@code busy>90}.
   *
   * @throws Refusal where it is none
   */
  public static Trigger parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw Refusal.option(
          "--watch takes a figure above a number, e.g. 'load>2*cpus' or 'io-pressure>20', not '%s'; figures: %s."
              .formatted(text, String.join(", ", Figure.words())));
    }
    Figure figure =
        EnumSet.allOf(Figure.class).stream()
            .filter(each -> each.word().equals(parts.group(1)))
            .findFirst()
            .orElseThrow(() ->
                Refusal.option(NearestName.unknown("figure", parts.group(1), Figure.words())));
    return new Trigger(figure, Double.parseDouble(parts.group(2)), parts.group(4) != null);
  }

  private double limit(HostStretch stretch) {
    return perCpu ? limit * stretch.cpus() : limit;
  }

  /** Whether the host was in trouble; not where the kernel does not tell the figure. */
  public boolean isReached(HostStretch stretch) {
    return figure.of(stretch) > limit(stretch);
  }

  /** Whether that is over, and not only a little. */
  public boolean isOver(HostStretch stretch) {
    return !(figure.of(stretch) > FALLEN * limit(stretch));
  }

  /** E.g. {@code load 9.31 > 8}. */
  public String sentence(HostStretch stretch) {
    return String.format(
        Locale.ROOT,
        "%s %.2f > %s",
        figure.word(),
        figure.of(stretch),
        Double.toString(limit(stretch)).replaceFirst("\\.0$", ""));
  }
}
