package dev.bpfgauge;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** What no test does: skip itself in a way of its own, or assert how long something took. */
@AnalyzeClasses(packages = "dev.bpfgauge", importOptions = ImportOption.OnlyIncludeTests.class)
class TestRulesTest {

  @ArchTest
  static final ArchRule ONLY_REQUIRES_SKIPS =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Requires.class, TestRulesTest.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Assumptions.class, TestAbortedException.class, Disabled.class)
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("org.junit.jupiter.api.condition")
          .because("with -Drequire.bpf=true a green build has tested what this machine can do");

  @ArchTest
  static final ArchRule NO_TEST_ASSERTS_A_TIME =
      noClasses()
          .should()
          .callMethodWhere(
              target(nameMatching("assertTimeout.*"))
                  .and(target(owner(assignableTo(Assertions.class)))))
          .because("a busy machine is slow, and nothing is wrong with it");

  @Test
  void testsWaitWithPatienceAlone() throws IOException {
    Pattern ownLimit = Pattern.compile("(waitFor|get|await)\\(\\d+, TimeUnit");
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      List<Path> impatient =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> ownLimit.matcher(read(file)).find())
              .toList();
      assertEquals(List.of(), impatient, "use Patience.SECONDS: a busy machine is slow");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
