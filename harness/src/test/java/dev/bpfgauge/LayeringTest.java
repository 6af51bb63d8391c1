package dev.bpfgauge;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.bpfgauge", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.bpfgauge.(**)").should().beFreeOfCycles();
}
