package dev.bpfgauge.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The finished jar under the Java of the build and, where there is one, under an older one. */
class LauncherIT {
  private static final String JAR = System.getProperty("harness.jar");

  @Test
  void theManifestNamesTheLauncherAndAllowsNativeAccess() throws Exception {
    try (JarFile jar = new JarFile(JAR)) {
      var attributes = jar.getManifest().getMainAttributes();
      assertEquals(Launcher.class.getName(), attributes.getValue("Main-Class"));
      assertEquals("ALL-UNNAMED", attributes.getValue("Enable-Native-Access"));
    }
  }

  @Test
  void helpIsTheSameUnderAnOlderJava() throws Exception {
    File here = new File(System.getProperty("java.home"));
    Optional<File> older =
        Launcher.homes(null, System.getenv("PATH"), new File("/")).stream()
            .filter(home -> Launcher.featureOf(home) >= 8)
            .filter(home -> Launcher.featureOf(home) < Launcher.NEEDED)
            .findFirst();
    String wanted = help(here);
    assertTrue(wanted.startsWith("exit 0\n"), wanted);
    Requires.machine(older.isPresent(), "a Java older than 25");
    assertEquals(wanted, help(older.orElseThrow()));
  }

  private static String help(File home) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(home + "/bin/java", "-jar", JAR, "--help"))
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return "exit " + process.waitFor() + "\n" + said;
  }
}
