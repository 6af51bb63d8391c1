package dev.bpfgauge.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.TinyDisk;
import dev.bpfgauge.lab.PackageList.KernelPackage;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Packages and kernels, whole and damaged; real packages, made by dpkg-deb. */
class KernelStoreTest {
  private static final KernelPackage WHAT =
      new KernelPackage("linux-image-6.12.1-cloud-amd64-unsigned", "6.12.1-1", "6.12.1", "");

  @TempDir Path folder;
  private KernelStore store;

  @BeforeEach
  void storeInAFolderOfItsOwn() {
    store = new KernelStore(folder.resolve("kernels"), GuestArch.AMD64);
  }

  @Test
  void aPackagesKernelIsKeptAndFoundAgain() throws Exception {
    store.unpack(debWith("boot/vmlinuz-6.12.1", image("6.12.1-test")), "6.12", WHAT);

    KernelImage kernel = store.get("6.12");
    assertEquals("6.12.1-test", kernel.release());
    assertEquals(KernelStore.sha256(kernel.file()), kernel.sha256());
    assertEquals(List.of("6.12"), store.all().stream().map(KernelImage::label).toList());
  }

  @Test
  void aKernelsConfigurationIsKeptWhereverItsPackagesHaveIt() throws Exception {
    store.unpack(debWith("boot/vmlinuz-6.12.1", image("6.12.1-test")), "6.12", WHAT);
    KernelImage kernel = store.get("6.12");
    assertTrue(store.configuration(kernel).isEmpty());

    store.addBeside(
        debWith("usr/lib/modules/6.12.1-test/config", "CONFIG_HZ=250\n".getBytes(US_ASCII)),
        "6.12");

    assertEquals("CONFIG_HZ=250\n", Files.readString(store.configuration(kernel).orElseThrow()));
  }

  @Test
  void aTruncatedPackageLeavesNothing() throws Exception {
    Path deb = debWith("boot/vmlinuz-6.12.1", image("6.12.1-test"));
    byte[] bytes = Files.readAllBytes(deb);
    Files.write(deb, Arrays.copyOf(bytes, bytes.length / 2));

    String said = refused(() -> store.unpack(deb, "6.12", WHAT));

    assertTrue(said.contains("damaged"), said);
    assertTrue(store.find("6.12").isEmpty());
  }

  @Test
  void aFullDiskIsNamedAndLeavesNothing() throws Exception {
    Requires.that(TinyDisk.mayMount(), "root, to mount a tmpfs");
    byte[] image = Arrays.copyOf(image("6.12.1-test"), 1 << 20);
    Path deb = debWith("boot/vmlinuz-6.12.1", image);
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), "64k")) {
      KernelStore tiny = new KernelStore(disk.path(), GuestArch.AMD64);

      String said = refused(() -> tiny.unpack(deb, "6.12", WHAT));

      assertTrue(said.contains("the disk of " + disk.path()) && said.contains("is full"), said);
      assertTrue(tiny.find("6.12").isEmpty());
      assertFalse(Files.exists(disk.path().resolve("amd64/6.12.part")));
    }
  }

  @Test
  void withoutRoomForTheListsNothingIsFetched() throws Exception {
    Requires.that(TinyDisk.mayMount(), "root, to mount a tmpfs");
    Requires.that(SearchPath.find("apt-get").isPresent(), "apt-get");
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), "1m")) {
      KernelStore tiny = new KernelStore(disk.path(), GuestArch.AMD64);
      KernelFetch fetch =
          new KernelFetch(tiny, GuestArch.AMD64, "http://mirror.invalid/debian", line -> {});

      String said = refused(() -> fetch.fetch(List.of("debian:6.12"), false, false, false));

      assertTrue(said.contains("fetching needs 300 MB below " + disk.path()), said);
    }
  }

  @Test
  void aPackageThatIsNotTheListsIsRefused() throws Exception {
    Path deb = debWith("boot/vmlinuz-6.12.1", image("6.12.1-test"));
    KernelPackage other = new KernelPackage(WHAT.name(), WHAT.version(), WHAT.release(), "00");

    String said = refused(() -> store.unpack(deb, "6.12", other));

    assertTrue(said.contains("checksum"), said);
  }

  @Test
  void aPackageWithoutKernelSaysSo() throws Exception {
    Path deb = debWith("usr/share/doc/readme", "hello".getBytes(StandardCharsets.UTF_8));

    String said = refused(() -> store.unpack(deb, "6.12", WHAT));

    assertTrue(said.contains("no kernel"), said);
  }

  @Test
  void aKernelThatChangedOnTheDiskIsNotBooted() throws Exception {
    store.unpack(debWith("boot/vmlinuz-6.12.1", image("6.12.1-test")), "6.12", WHAT);
    Path file = store.get("6.12").file();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1]++;
    Files.write(file, bytes);

    String said = refused(() -> store.get("6.12"));

    assertTrue(said.contains("--again"), said);
  }

  @Test
  void aKernelThatIsNotThereNamesTheCommandThatFetchesIt() {
    String said = refused(() -> store.get("6.12"));

    assertTrue(said.contains("kernels fetch debian:6.12"), said);
  }

  @Test
  void aFileThatIsNoKernelIsRefused() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "no kernel".repeat(200));

    assertTrue(
        refused(() -> KernelImage.ofFile(text, GuestArch.AMD64)).contains("not a kernel image"));
    assertTrue(
        refused(() -> KernelImage.ofFile(folder.resolve("none"), GuestArch.AMD64))
            .contains("there is no kernel"));
  }

  @Test
  void anArm64ImageNamesItsReleaseAndIsNoX86Kernel() throws Exception {
    Path image = Files.write(folder.resolve("Image"), arm64Image("6.12.1-arm"));

    assertEquals("6.12.1-arm", KernelImage.ofFile(image, GuestArch.ARM64).release());
    String said = refused(() -> KernelImage.ofFile(image, GuestArch.AMD64));
    assertTrue(said.endsWith("boot it with --arch arm64"), said);
    Path x86 = Files.write(folder.resolve("bzImage"), image("6.12.1-test"));
    assertTrue(refused(() -> KernelImage.ofFile(x86, GuestArch.ARM64)).contains("--arch amd64"));
  }

  @Test
  void aMirrorThatDoesNotAnswerIsOneSentence() {
    Requires.that(SearchPath.find("apt-get").isPresent(), "apt-get");
    KernelFetch fetch =
        new KernelFetch(store, GuestArch.AMD64, "file:" + folder.resolve("nothing"), line -> {});

    String said = refused(() -> fetch.fetch(List.of("debian:6.12"), false, false, false));

    assertTrue(said.startsWith("the package lists cannot be read"), said);
    assertFalse(said.contains("\n"));
  }

  @Test
  void aWishThatIsNoVersionIsRefused() {
    assertThrows(Refusal.class, () -> KernelFetch.version("ubuntu:noble"));
    assertThrows(Refusal.class, () -> KernelFetch.version("../etc"));
    assertEquals("6.12", KernelFetch.version("debian:6.12"));
  }

  /** Each boots nothing, and a guest would only say that it did not come up. */
  @Test
  void whatIsNoImageIsCalledByItsName() throws Exception {
    Path file = folder.resolve("kernel");
    for (List<String> one :
        List.of(
            List.of("\177ELF\2\1\1", "vmlinux"),
            List.of("MZ\0\0zimg", "zboot"),
            List.of("MZ\0\0\0\0", "an EFI program"),
            List.of("\37\213\10", "gunzip"),
            List.of("\50\265\57\375", "unzstd"),
            List.of("\3757zXZ", "unxz"),
            List.of("!<arch>\n", "dpkg -x"),
            List.of("", "it is empty"),
            List.of("hello", "no format known"))) {
      Files.write(file, one.getFirst().getBytes(StandardCharsets.ISO_8859_1));
      String said = refused(() -> KernelImage.ofFile(file, GuestArch.AMD64));
      assertTrue(said.contains(one.getLast()) && said.contains("bzImage"), said);
    }
  }

  @Test
  void anImageCutShortIsRefusedBeforeItBoots() throws Exception {
    byte[] whole = Arrays.copyOf(image("6.12.1-test"), 8192);
    whole[0x1f1] = 7; // set-up takes 8 sectors, the rest is 256 times 16 bytes
    whole[0x1f5] = 1;
    Path file = folder.resolve("vmlinuz");
    Files.write(file, whole);
    assertEquals("6.12.1-test", KernelImage.ofFile(file, GuestArch.AMD64).release());

    Files.write(file, Arrays.copyOf(whole, 8191));
    String said = refused(() -> KernelImage.ofFile(file, GuestArch.AMD64));
    assertTrue(said.contains("cut short: 8191 of at least 8192 bytes"), said);
  }

  /** The header of a bzImage, with its version string. */
  private static byte[] image(String release) {
    byte[] image = new byte[4096];
    byte[] magic = "HdrS".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, image, 0x202, magic.length);
    image[0x20e] = 0;
    image[0x20f] = 4;
    byte[] version = (release + " (builder)").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(version, 0, image, 0x600, version.length);
    return image;
  }

  /** An arm64 kernel's magic number and banner. */
  private static byte[] arm64Image(String release) {
    byte[] image = new byte[4096];
    byte[] magic = "ARMd".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, image, 0x38, magic.length);
    byte[] banner = ("Linux version " + release + " (builder)").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(banner, 0, image, 0x800, banner.length);
    return image;
  }

  private Path debWith(String name, byte[] content) throws IOException {
    Requires.that(SearchPath.find("dpkg-deb").isPresent(), "dpkg-deb");
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        """
        Package: test
        Version: 1
        Architecture: all
        Maintainer: T <t@example.org>
        Description: test
        """);
    Path file = tree.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, content);
    Path deb = folder.resolve("test.deb");
    HostProgram.Ended made =
        HostProgram.run(folder, List.of("dpkg-deb", "-b", tree.toString(), deb.toString()));
    assertTrue(made.wentWell(), made.output());
    return deb;
  }

  private static String refused(Executable action) {
    return String.valueOf(assertThrows(Refusal.class, action).getMessage());
  }
}
