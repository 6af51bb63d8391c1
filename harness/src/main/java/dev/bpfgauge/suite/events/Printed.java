package dev.bpfgauge.suite.events;

import dev.bpfgauge.libbpf.TracePipe;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Events printed as text by bpf_printk; the lines of other programs are passed over. */
final class Printed implements Channel {
  private static final String MARK = "bpfgauge ";
  private static final Pattern GAP = Pattern.compile("\\[LOST (\\d+) EVENTS\\]");
  private static final int BUFFER_BYTES = 1 << 16;

  private final TracePipe pipe;
  private final Arrivals arrivals;
  private final byte[] bytes = new byte[BUFFER_BYTES];
  private String begun = "";
  private long lost;

  Printed(Arrivals arrivals) {
    this.arrivals = arrivals;
    pipe = TracePipe.open();
    while (pipe.read(bytes) > 0) {
      // What stood there before is not ours.
    }
  }

  @Override
  public int consume() {
    int got = pipe.read(bytes);
    return got == 0 ? 0 : lines(begun + new String(bytes, 0, got, StandardCharsets.ISO_8859_1));
  }

  private int lines(String text) {
    int events = 0;
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      events += line(text.substring(start, end));
      start = end + 1;
    }
    begun = text.substring(start);
    return events;
  }

  private int line(String line) {
    int mark = line.lastIndexOf(MARK);
    if (mark < 0) {
      Matcher gap = GAP.matcher(line);
      if (gap.find()) {
        lost += Long.parseLong(gap.group(1));
      }
      return 0;
    }
    int number = mark + MARK.length();
    int space = line.indexOf(' ', number);
    arrivals.event(
        Long.parseLong(line, number, space, 10),
        Long.parseLong(line, space + 1, line.length(), 10));
    return 1;
  }

  @Override
  public long lost() {
    return lost;
  }

  @Override
  public void close() {
    pipe.close();
  }
}
