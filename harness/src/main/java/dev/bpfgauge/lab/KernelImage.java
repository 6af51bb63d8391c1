package dev.bpfgauge.lab;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
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
  private static final int SETUP_SECTORS_AT = 0x1f1;
  private static final int SYSTEM_SIZE_AT = 0x1f4;

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
      throw Refusal.usage(
          file.toString().isEmpty()
              ? "--kernel names no file: give a vmlinuz or bzImage."
              : Files.isDirectory(file)
                  ? file + " is a folder: --kernel takes the kernel's file, a vmlinuz or bzImage."
                  : "there is no kernel " + file);
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      Format format = format(in, file, arch);
      String release =
          switch (format) {
            case X86 -> {
              requireWhole(in, file);
              yield inHeader(in);
            }
            case ARM64 -> inBanner(file);
          };
      if (release.isEmpty()) {
        throw noKernel(file, arch);
      }
      return release;
    } catch (IOException e) {
      throw new Refusal(Refusal.Kind.USAGE, file + " cannot be read: " + DurableFile.reason(e), e);
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

  /**
   * A part of an image would boot, and crash guest after guest: setup_sects at 0x1f1 and syssize at
   * 0x1f4 say how long it must be (Documentation/arch/x86/boot.rst).
   */
  private static void requireWhole(RandomAccessFile in, Path file) throws IOException {
    in.seek(SETUP_SECTORS_AT);
    int sectors = in.read();
    in.seek(SYSTEM_SIZE_AT);
    long paragraphs = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    long whole = ((sectors == 0 ? 4 : sectors) + 1) * 512L + paragraphs * 16;
    if (in.length() < whole) {
      throw Refusal.usage(
          "%s is cut short: %d of at least %d bytes are there; copy it again."
              .formatted(file, in.length(), whole));
    }
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

  /** What such a file is, and how it becomes an image that QEMU boots. */
  private static Refusal noKernel(Path file, GuestArch arch) throws IOException {
    byte[] start = start(file);
    String kind =
        Kind.of(start)
            .map(known -> "it is " + known.words)
            .orElse(
                start.length == 0 ? "it is empty" : "its first bytes name no format known here");
    return Refusal.usage(
        "%s is not a kernel image for %s that QEMU boots: %s; %s"
            .formatted(
                file,
                arch.debian(),
                kind,
                switch (arch) {
                  case AMD64 ->
                      "give the compressed image of a build, arch/x86/boot/bzImage, or the vmlinuz"
                          + " of a package.";
                  case ARM64 ->
                      "give the image of a build that is not packed, arch/arm64/boot/Image.";
                }));
  }

  private static byte[] start(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(16);
    }
  }

  /** What people have at hand instead. */
  private enum Kind {
    ELF("an ELF file (vmlinux)", "\177ELF", 0),
    ZBOOT("an EFI image with a packed kernel within (zboot, vmlinuz.efi)", "zimg", 4),
    EFI("an EFI program", "MZ", 0),
    GZIP("packed by gzip (unpack it: gunzip)", "\37\213", 0),
    ZSTD("packed by zstd (unpack it: unzstd)", "\50\265\57\375", 0),
    XZ("packed by xz (unpack it: unxz)", "\3757zXZ", 0),
    DEBIAN("a package (unpack it: dpkg -x)", "!<arch>", 0);

    private final String words;
    private final String magic;
    private final int at;

    Kind(String words, String magic, int at) {
      this.words = words;
      this.magic = magic;
      this.at = at;
    }

    static Optional<Kind> of(byte[] start) {
      String bytes = new String(start, StandardCharsets.ISO_8859_1);
      return Arrays.stream(values())
          .filter(kind -> bytes.startsWith(kind.magic, kind.at))
          .findFirst();
    }
  }
}
