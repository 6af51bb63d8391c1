package dev.bpfgauge.lab;

import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel that can be booted.
 *
 * @param label what it is called on the command line and in results, e.g. {@code 6.12}
 * @param release the kernel's own name, e.g. {@code 6.12.107+deb13-cloud-amd64}
 * @param file the vmlinuz
 * @param sha256 of that file
 * @param origin package and version, or the file's name
 */
public record KernelImage(String label, String release, Path file, String sha256, String origin) {
  private static final int LONGEST_VERSION = 256;
  private static final int VERSION_AT = 0x20e;

  /** The kernel's banner, as it stands in an image that is not packed. */
  private static final Pattern BANNER = Pattern.compile("Linux version (\\d[\\w.+~-]*) ");

  /** What an image's first bytes say of it. */
  private enum Format {
    /** Documentation/arch/x86/boot.rst. */
    X86("HdrS", 0x202, GuestArch.AMD64),
    /** Documentation/arch/arm64/booting.rst. */
    ARM64("ARMd", 0x38, GuestArch.ARM64);

    private final String magic;
    private final int at;
    private final GuestArch arch;

    Format(String magic, int at, GuestArch arch) {
      this.magic = magic;
      this.at = at;
      this.arch = arch;
    }

    private boolean fits(RandomAccessFile in) throws IOException {
      byte[] found = new byte[magic.length()];
      if (in.length() < at + found.length) {
        return false;
      }
      in.seek(at);
      in.readFully(found);
      return new String(found, StandardCharsets.ISO_8859_1).equals(magic);
    }
  }

  /**
   * A file of the user's.
   *
   * @throws Refusal where it is no kernel of that architecture
   */
  public static KernelImage ofFile(Path file, GuestArch arch) {
    String release = release(file, arch);
    return new KernelImage(
        release, release, file.toAbsolutePath(), KernelStore.sha256(file), file.toString());
  }

  /**
   * The release, as the image says.
   *
   * @throws Refusal where the file is no kernel of that architecture
   */
  static String release(Path file, GuestArch arch) {
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage("there is no kernel " + file);
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      Format format = format(in, file, arch);
      String release =
          switch (format) {
            case X86 -> inHeader(in);
            case ARM64 -> inBanner(file);
          };
      if (release.isEmpty()) {
        throw noKernel(file, arch);
      }
      return release;
    } catch (IOException e) {
      throw new Refusal(Refusal.Kind.USAGE, file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Format format(RandomAccessFile in, Path file, GuestArch arch) throws IOException {
    for (Format format : Format.values()) {
      if (format.fits(in)) {
        if (format.arch != arch) {
          throw Refusal.usage(
              "%s is a kernel for %s, not for %s; boot it with --arch %s"
                  .formatted(file, format.arch.debian(), arch.debian(), format.arch.debian()));
        }
        return format;
      }
    }
    throw noKernel(file, arch);
  }

  /** Empty where the header names none. */
  private static String inHeader(RandomAccessFile in) throws IOException {
    if (in.length() < VERSION_AT + 2) {
      return "";
    }
    in.seek(VERSION_AT);
    int version = in.read() | in.read() << 8;
    if (version == 0 || version + 0x200 >= in.length()) {
      return "";
    }
    in.seek(version + 0x200L);
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c > ' ' && text.length() < LONGEST_VERSION; c = in.read()) {
      text.append((char) c);
    }
    return text.toString();
  }

  /** Empty where the image has no banner. */
  private static String inBanner(Path file) throws IOException {
    Matcher banner = BANNER.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    return banner.find() ? banner.group(1) : "";
  }

  private static Refusal noKernel(Path file, GuestArch arch) {
    return Refusal.usage(
        switch (arch) {
          case AMD64 ->
              file
                  + " is no Linux kernel for x86-64: a compressed image (vmlinuz, bzImage) is"
                  + " needed";
          case ARM64 ->
              file + " is no Linux kernel for arm64: an image that is not packed (Image) is needed";
        });
  }
}
