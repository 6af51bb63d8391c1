package dev.bpfgauge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the finished jar says about whose code it holds, held against the code in it. */
class LicencesIT {
  private static final Path JAR = Path.of(System.getProperty("harness.jar", "")).normalize();
  private static final String THIRD_PARTY = "META-INF/THIRD-PARTY.txt";

  @Test
  void everyLibraryInTheJarIsNamedWithItsLicence() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Map<String, String> libraries = librariesOfTheClassPath();
      List<String> nobodys = new ArrayList<>();
      TreeSet<String> bundled = new TreeSet<>();
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().endsWith(".class") && !entry.getName().startsWith("dev/bpfgauge/")) {
          String library = libraries.get(key(entry));
          if (library == null) {
            nobodys.add(entry.getName());
          } else {
            bundled.add(library);
          }
        }
      }

      assertEquals(List.of(), nobodys, "classes of no library that the build knows");
      String named = text(jar, THIRD_PARTY);
      assertTrue(bundled.size() > 10, bundled.toString());
      for (String library : bundled) {
        assertTrue(named.contains(":" + library + " "), library + " is not named in:\n" + named);
      }
    }
  }

  @Test
  void noLibraryIsUnderTheLesserLicenceAndJmhsIsNamed() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      String named = text(jar, THIRD_PARTY);
      String lower = named.toLowerCase(Locale.ROOT);
      assertFalse(lower.contains("lgpl") || lower.contains("lesser"), named);
      assertTrue(
          named
              .lines()
              .anyMatch(line -> line.contains("jmh-core") && line.contains("Classpath exception")),
          named);
      assertTrue(text(jar, "META-INF/NOTICE").contains("JMH"));
      assertFalse(jar.stream().anyMatch(entry -> entry.getName().contains("vectorgraphics2d")));
    }
  }

  @Test
  void theTextsOfTheJarsOwnPartsAreInIt() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertTrue(text(jar, "META-INF/LICENSE").contains("Apache License"));
      assertTrue(text(jar, "bpf/LICENSE").contains("Redistributions in binary form"));
      assertTrue(text(jar, "bpf/LICENSE.GPL-2.0").contains("GNU GENERAL PUBLIC LICENSE"));
      assertTrue(
          jar.stream()
              .anyMatch(entry ->
                  entry.getName().startsWith("META-INF/third-party/jmh-core")
                      && entry.getName().endsWith("/LICENSE")));
    }
  }

  /** Class, by name and content → artifact:version, as the file of a repository is called. */
  private static Map<String, String> librariesOfTheClassPath() throws IOException {
    Map<String, String> libraries = new HashMap<>();
    Enumeration<URL> manifests =
        LicencesIT.class.getClassLoader().getResources(JarFile.MANIFEST_NAME);
    for (URL manifest : Collections.list(manifests)) {
      if (manifest.openConnection() instanceof JarURLConnection inJar) {
        Path file = Path.of(inJar.getJarFile().getName());
        String library = nameCount(file, 3) + ":" + nameCount(file, 2);
        inJar.getJarFile().stream()
            .filter(entry -> entry.getName().endsWith(".class"))
            .forEach(entry -> libraries.put(key(entry), library));
      }
    }
    return libraries;
  }

  /** Of …/ARTIFACT/VERSION/ARTIFACT-VERSION.jar. */
  private static String nameCount(Path file, int fromEnd) {
    int at = file.getNameCount() - fromEnd;
    return at < 0 ? "" : file.getName(at).toString();
  }

  private static String key(ZipEntry entry) {
    return entry.getName() + " " + entry.getCrc();
  }

  private static String text(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertTrue(entry != null, "there is no " + name + " in the jar");
    try (InputStream in = jar.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
