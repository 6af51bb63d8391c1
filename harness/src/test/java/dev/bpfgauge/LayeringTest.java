package dev.bpfgauge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.bpfgauge.suite.tools.Tool;
import dev.bpfgauge.suite.tools.ToolSpec;

/** Dependencies point one way, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.bpfgauge", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.bpfgauge.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .ensureAllClassesAreContainedInArchitectureIgnoring("dev.bpfgauge.*.jmh_generated..")
          .layer("launch")
          .definedBy("dev.bpfgauge.launch..")
          .layer("cli")
          .definedBy("dev.bpfgauge.cli..")
          .layer("lab")
          .definedBy("dev.bpfgauge.lab..")
          .layer("top")
          .definedBy("dev.bpfgauge.top..")
          .layer("diagnosis")
          .definedBy("dev.bpfgauge.diagnosis..")
          .layer("run")
          .definedBy("dev.bpfgauge.run..")
          .layer("site")
          .definedBy("dev.bpfgauge.report.site..")
          .layer("terminal")
          .definedBy("dev.bpfgauge.report.terminal..")
          .layer("page")
          .definedBy("dev.bpfgauge.report.page..")
          .layer("suite")
          .definedBy("dev.bpfgauge.suite..")
          .layer("view")
          .definedBy(
              "dev.bpfgauge.report.view..",
              "dev.bpfgauge.report.chart..",
              "dev.bpfgauge.report.words..")
          .layer("measure")
          .definedBy("dev.bpfgauge.measure..")
          .layer("machine")
          .definedBy("dev.bpfgauge.machine..")
          .layer("export")
          .definedBy("dev.bpfgauge.export..")
          .layer("trend")
          .definedBy("dev.bpfgauge.trend..")
          .layer("analysis")
          .definedBy("dev.bpfgauge.analysis..")
          .layer("simulation")
          .definedBy("dev.bpfgauge.simulation..")
          .layer("files")
          .definedBy("dev.bpfgauge.files..")
          .layer("stacks")
          .definedBy("dev.bpfgauge.stacks..")
          .layer("model")
          .definedBy("dev.bpfgauge.model..")
          .layer("stats")
          .definedBy("dev.bpfgauge.stats..")
          .layer("libbpf")
          .definedBy("dev.bpfgauge.libbpf..")
          .layer("os")
          .definedBy("dev.bpfgauge.os..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("simulation")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("lab")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("top")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("diagnosis")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("run")
          .mayOnlyBeAccessedByLayers("cli", "lab")
          .whereLayer("site")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("terminal")
          .mayOnlyBeAccessedByLayers("cli", "site")
          .whereLayer("page")
          .mayOnlyBeAccessedByLayers("cli", "site", "terminal")
          .whereLayer("suite")
          .mayOnlyBeAccessedByLayers("cli", "lab", "run", "page", "diagnosis")
          .whereLayer("view")
          .mayOnlyBeAccessedByLayers("suite", "page", "site", "terminal", "top", "diagnosis")
          .whereLayer("measure")
          .mayOnlyBeAccessedByLayers("cli", "lab", "run", "suite")
          .whereLayer("machine")
          .mayOnlyBeAccessedByLayers("cli", "lab", "run", "top")
          .whereLayer("export")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("trend")
          .mayOnlyBeAccessedByLayers("cli", "site", "terminal")
          .whereLayer("analysis")
          .mayOnlyBeAccessedByLayers(
              "cli", "run", "suite", "page", "site", "terminal", "view", "export", "trend", "top")
          .whereLayer("libbpf")
          .mayOnlyBeAccessedByLayers("cli", "lab", "suite", "stacks", "measure", "machine", "top")
          .whereLayer("stacks")
          .mayOnlyBeAccessedByLayers("cli", "suite", "diagnosis")
          .whereLayer("launch")
          .mayOnlyBeAccessedByLayers("cli", "suite")
          .whereLayer("launch")
          .mayNotAccessAnyLayer()
          .whereLayer("stats")
          .mayNotAccessAnyLayer()
          .whereLayer("os")
          .mayNotAccessAnyLayer();

  /** What reads runs knows suites by their description alone. */
  @ArchTest
  static final ArchRule REPORT_KNOWS_NO_SUITE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.bpfgauge.report..",
              "dev.bpfgauge.analysis..",
              "dev.bpfgauge.export..",
              "dev.bpfgauge.trend..",
              "dev.bpfgauge.files..",
              "dev.bpfgauge.model..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.bpfgauge.suite.(*)..");

  @ArchTest static final ArchRule HOOKS_KNOW_NO_SIBLING = knowsNoSiblingBut("hooks");

  @ArchTest static final ArchRule MAPS_KNOW_NO_SIBLING = knowsNoSiblingBut("maps");

  /** The same kinds of maps. */
  @ArchTest static final ArchRule KERNEL_MAPS_KNOW_MAPS = knowsNoSiblingBut("kernelmaps", "maps");

  /** Asks hooks and tools what a kernel takes of them. */
  @ArchTest
  static final ArchRule LOADS_KNOW_WHAT_THEY_LOAD = knowsNoSiblingBut("loads", "hooks", "tools");

  @ArchTest static final ArchRule TOOLS_KNOW_NO_SIBLING = knowsNoSiblingBut("tools");

  /** A tool is known by its description alone. */
  @ArchTest
  static final ArchRule ONLY_A_TOOL_KNOWS_ITSELF =
      noClasses().that(DescribedPredicate.not(isATools())).should().dependOnClassesThat(isATools());

  /** Modules are tools. */
  @ArchTest static final ArchRule DIAGNOSE_KNOWS_TOOLS = knowsNoSiblingBut("diagnose", "tools");

  @ArchTest static final ArchRule MLLB_KNOWS_NO_SIBLING = knowsNoSiblingBut("mllb");

  @ArchTest static final ArchRule EVENTS_KNOW_NO_SIBLING = knowsNoSiblingBut("events");

  @ArchTest static final ArchRule HELPERS_KNOW_NO_SIBLING = knowsNoSiblingBut("helpers");

  @ArchTest static final ArchRule COUNTERS_KNOW_NO_SIBLING = knowsNoSiblingBut("counters");

  @ArchTest static final ArchRule AB_KNOWS_NO_SIBLING = knowsNoSiblingBut("ab");

  @ArchTest static final ArchRule VERIFIER_KNOWS_NO_SIBLING = knowsNoSiblingBut("verifier");

  private static ArchRule knowsNoSiblingBut(String suite, String... siblings) {
    String[] known = new String[siblings.length + 1];
    known[0] = "dev.bpfgauge.suite." + suite + "..";
    for (int i = 0; i < siblings.length; i++) {
      known[i + 1] = "dev.bpfgauge.suite." + siblings[i] + "..";
    }
    return noClasses()
        .that()
        .resideInAPackage("dev.bpfgauge.suite." + suite + "..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("dev.bpfgauge.suite.(*)..")
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(known))));
  }

  private static DescribedPredicate<JavaClass> isATools() {
    return DescribedPredicate.describe("are a tool's own", LayeringTest::isOfATool);
  }

  private static boolean isOfATool(JavaClass type) {
    boolean is = type.isAssignableTo(Tool.class) || type.isAssignableTo(ToolSpec.class);
    return (is && !type.isInterface())
        || type.getEnclosingClass().map(LayeringTest::isOfATool).orElse(false);
  }
}
