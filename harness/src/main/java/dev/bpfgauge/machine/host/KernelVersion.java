package dev.bpfgauge.machine.host;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel's version, of which two numbers decide what it can do. */
record KernelVersion(int major, int minor) {

  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

  static KernelVersion read(Roots roots) {
    return parse(Roots.text(roots.proc().resolve("sys/kernel/osrelease")).orElse(""));
  }

  /** 0.0 where the release says nothing. */
  static KernelVersion parse(String release) {
    Matcher numbers = RELEASE.matcher(release);
    return numbers.matches()
        ? new KernelVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
        : new KernelVersion(0, 0);
  }

  boolean isAtLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
  }
}
