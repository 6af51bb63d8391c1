package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.lab.PackageList.KernelPackage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kernels in Debian's package lists, under the names they have had. */
class PackageListTest {
  private static final String LIST =
      """
      Package: linux-image-6.1.0-40-cloud-amd64-unsigned
      Source: linux
      Version: 6.1.153-1
      SHA256: aa

      Package: linux-image-6.12.107+deb13-cloud-amd64-unsigned
      Version: 6.12.107-1
      SHA256: bb

      Package: linux-image-6.12.107+deb13-cloud-amd64-dbg
      Version: 6.12.107-1

      Package: linux-image-6.12.107+deb13-cloud-arm64-unsigned
      Version: 6.12.107-1

      Package: linux-image-cloud-amd64
      Version: 6.12.107-1

      Package: linux-binary-7.2.13-cloud-amd64
      Version: 7.2.13-1
      SHA256: cc
      """;

  @Test
  void unsignedCloudKernelsOfTheArchitectureAreFound() throws IOException {
    List<KernelPackage> kernels = read();

    assertEquals(
        List.of("6.1.0-40", "6.12.107+deb13", "7.2.13"),
        kernels.stream().map(KernelPackage::release).toList());
    assertEquals(List.of("aa", "bb", "cc"), kernels.stream().map(KernelPackage::sha256).toList());
  }

  @Test
  void aVersionMeansItsOwnSeriesOnly() throws IOException {
    KernelPackage old = read().getFirst();

    assertTrue(old.matches("6.1"));
    assertFalse(read().get(1).matches("6.1"), "6.12 is no 6.1");
    assertTrue(read().get(1).matches("6.12.107"));
  }

  @Test
  void releasesAreOrderedAsNumbers() {
    assertTrue(PackageList.compareNumbers("6.12.9", "6.12.107+deb13") < 0);
    assertTrue(PackageList.compareNumbers("6.12", "6.2") > 0);
  }

  private static List<KernelPackage> read() throws IOException {
    return PackageList.kernels(new BufferedReader(new StringReader(LIST)), "amd64");
  }
}
