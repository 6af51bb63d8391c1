package dev.bpfgauge.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kernels in Debian's package lists. */
final class PackageList {
  /** Kernel images were called linux-image-…-unsigned up to 7.1, and are linux-binary-… since. */
  private static final Pattern KERNEL =
      Pattern.compile(
          "linux-(?:image-(?<old>\\d[\\w.+~]*(?:-\\d[\\w.+~]*)?)-cloud-(?<oldArch>\\w+)-unsigned"
              + "|binary-(?<new>\\d[\\w.+~]*(?:-\\d[\\w.+~]*)?)-cloud-(?<newArch>\\w+))");

  private PackageList() {}

  /**
   * One package with a kernel for virtual machines.
   *
   * @param name of the package
   * @param version of the package
   * @param release the kernel's version, e.g. {@code 6.12.107+deb13}
   * @param sha256 of the package's file, as the list says
   */
  record KernelPackage(String name, String version, String release, String sha256) {

    /** The package with its modules and the version, where they are not in its own. */
    Optional<String> modules() {
      return name.startsWith("linux-binary-")
          ? Optional.of(name.replaceFirst("binary", "modules") + "=" + version)
          : Optional.empty();
    }

    /** Whether the wish, e.g. {@code 6.12} or {@code 6.12.107}, means this kernel. */
    boolean matches(String wish) {
      return release.startsWith(wish)
          && (release.length() == wish.length()
              || !Character.isDigit(release.charAt(wish.length())));
    }

    /** By the numbers in their releases. */
    static Comparator<KernelPackage> byRelease() {
      return (a, b) -> compareNumbers(a.release, b.release);
    }
  }

  /** The kernels for an architecture in one list, as it stands in a file. */
  static List<KernelPackage> kernels(BufferedReader list, String arch) throws IOException {
    List<KernelPackage> kernels = new ArrayList<>();
    String name = "";
    String version = "";
    String sha256 = "";
    for (Optional<String> line = next(list); line.isPresent(); line = next(list)) {
      String text = line.get();
      if (text.startsWith("Package: ")) {
        name = text.substring("Package: ".length());
      } else if (text.startsWith("Version: ")) {
        version = text.substring("Version: ".length());
      } else if (text.startsWith("SHA256: ")) {
        sha256 = text.substring("SHA256: ".length());
      } else if (text.isEmpty()) {
        kernel(name, version, sha256, arch).ifPresent(kernels::add);
        name = "";
      }
    }
    kernel(name, version, sha256, arch).ifPresent(kernels::add);
    return kernels;
  }

  private static Optional<String> next(BufferedReader list) throws IOException {
    return Optional.ofNullable(list.readLine());
  }

  private static Optional<KernelPackage> kernel(
      String name, String version, String sha256, String arch) {
    Matcher kernel = KERNEL.matcher(name);
    if (!kernel.matches()) {
      return Optional.empty();
    }
    String release = kernel.group("old") == null ? kernel.group("new") : kernel.group("old");
    String of = kernel.group("oldArch") == null ? kernel.group("newArch") : kernel.group("oldArch");
    return of.equals(arch)
        ? Optional.of(new KernelPackage(name, version, release, sha256))
        : Optional.empty();
  }

  /** {@code 6.12.9} before {@code 6.12.107}. */
  static int compareNumbers(String a, String b) {
    List<Long> left = numbers(a);
    List<Long> right = numbers(b);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = Long.compare(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static List<Long> numbers(String text) {
    return Stream.of(text.split("\\D+", -1))
        .filter(digits -> !digits.isEmpty() && digits.length() < 18)
        .map(Long::valueOf)
        .toList();
  }
}
