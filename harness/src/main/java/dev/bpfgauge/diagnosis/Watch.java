package dev.bpfgauge.diagnosis;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Waits for trouble, again and again. */
public final class Watch {
  private static final Path PROC = Path.of("/proc");
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** One look may be a moment's. */
  private static final int LOOKS = 3;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String STAMPS = "[0-9]{8}-[0-9]{6}";

  private final Trigger trigger;
  private HostMoment last = HostMoment.read(PROC);
  private boolean isArmed = true;

  public Watch(Trigger trigger) {
    this.trigger = trigger;
  }

  /**
   * Waits until the host is in trouble, three looks in a row; after trouble it has to be over
   * first.
   *
   * @return what was above what
   */
  public String await() throws InterruptedException {
    int reached = 0;
    while (true) {
      Thread.sleep(SECOND);
      HostMoment now = HostMoment.read(PROC);
      HostStretch stretch = HostStretch.between(last, now);
      last = now;
      isArmed = isArmed || trigger.isOver(stretch);
      reached = isArmed && trigger.isReached(stretch) ? reached + 1 : 0;
      if (reached == LOOKS) {
        isArmed = false;
        return trigger.sentence(stretch);
      }
    }
  }

  /** {@code diagnosis.html} at a time is {@code diagnosis-20261130-205943.html}. */
  public static Path stamped(Path page, Instant at) {
    return page.resolveSibling(head(page) + STAMP.format(at) + tail(page));
  }

  private static String head(Path page) {
    String name = String.valueOf(page.getFileName());
    int dot = name.lastIndexOf('.');
    return (dot < 1 ? name : name.substring(0, dot)) + "-";
  }

  private static String tail(Path page) {
    String name = String.valueOf(page.getFileName());
    int dot = name.lastIndexOf('.');
    return dot < 1 ? "" : name.substring(dot);
  }

  /**
   * Deletes the oldest of the pages that are so called.
   *
   * @param keep how many stay
   */
  public static void keepNewest(Path page, int keep) throws IOException {
    Path folder = page.toAbsolutePath().getParent();
    String head = head(page);
    String tail = tail(page);
    List<Path> pages = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            folder,
            file -> {
              String name = String.valueOf(file.getFileName());
              return name.startsWith(head)
                  && name.endsWith(tail)
                  && name.length() > head.length() + tail.length()
                  && name.substring(head.length(), name.length() - tail.length()).matches(STAMPS);
            })) {
      all.forEach(pages::add);
    }
    pages.sort(Comparator.comparing(Path::toString).reversed());
    for (Path old : pages.subList(Math.min(keep, pages.size()), pages.size())) {
      Files.delete(old);
    }
  }
}
