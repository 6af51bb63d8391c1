package dev.bpfgauge.lab;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * What guests do, done on this machine, so that their JVMs find its classes in an archive, read and
 * checked: one cell is measured, the command line is read, and every class of this program is
 * loaded. Run by a JVM that archives what it has loaded at its end.
 */
final class Rehearsal {
  private static final String OURS = "dev/bpfgauge/";
  private static final String CLASS = ".class";

  private Rehearsal() {}

  /** Takes what {@link GuestMain} takes. */
  public static void main(String[] args) throws Exception {
    for (String name : classes()) {
      try {
        Class.forName(name, false, Rehearsal.class.getClassLoader());
      } catch (LinkageError e) {
        // It needs what the jar does not bring, so that no guest loads it either.
      }
    }
    GuestMain.main(args);
    Method commands = Class.forName(Courier.COMMANDS).getMethod("main", String[].class);
    commands.invoke(null, (Object) new String[] {"--version"});
  }

  private static List<String> classes() throws IOException {
    try (JarFile jar = new JarFile(GuestJava.jar().toFile())) {
      return jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.startsWith(OURS) && name.endsWith(CLASS))
          .map(name -> name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
          .toList();
    }
  }
}
