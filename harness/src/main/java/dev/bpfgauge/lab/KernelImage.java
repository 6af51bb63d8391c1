package dev.bpfgauge.lab;

import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

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
  private static final int MAGIC_AT = 0x202;
  private static final int VERSION_AT = 0x20e;
  private static final int LONGEST_VERSION = 256;

  /**
   * A file of the user's.
   *
   * @throws Refusal where it is no kernel
   */
  public static KernelImage ofFile(Path file) {
    String release = release(file);
    return new KernelImage(
        release, release, file.toAbsolutePath(), KernelStore.sha256(file), file.toString());
  }

  /**
   * The release in a bzImage's header; Documentation/arch/x86/boot.rst.
   *
   * @throws Refusal where the file is none
   */
  static String release(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage("there is no kernel " + file);
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] magic = new byte[4];
      if (in.length() < VERSION_AT + 2) {
        throw noKernel(file);
      }
      in.seek(MAGIC_AT);
      in.readFully(magic);
      if (!new String(magic, StandardCharsets.ISO_8859_1).equals("HdrS")) {
        throw noKernel(file);
      }
      in.seek(VERSION_AT);
      int version = in.read() | in.read() << 8;
      if (version == 0 || version + 0x200 >= in.length()) {
        throw noKernel(file);
      }
      in.seek(version + 0x200L);
      StringBuilder text = new StringBuilder();
      for (int c = in.read(); c > ' ' && text.length() < LONGEST_VERSION; c = in.read()) {
        text.append((char) c);
      }
      return text.toString();
    } catch (IOException e) {
      throw new Refusal(Refusal.Kind.USAGE, file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Refusal noKernel(Path file) {
    return Refusal.usage(
        file + " is no Linux kernel for x86-64: a compressed image (vmlinuz, bzImage) is needed");
  }
}
