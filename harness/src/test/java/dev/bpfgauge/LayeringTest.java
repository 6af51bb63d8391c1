package dev.bpfgauge;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.bpfgauge", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("cli")
          .definedBy("dev.bpfgauge.cli..")
          .layer("lab")
          .definedBy("dev.bpfgauge.lab..")
          .layer("run")
          .definedBy("dev.bpfgauge.run..")
          .layer("report")
          .definedBy("dev.bpfgauge.report..")
          .layer("export")
          .definedBy("dev.bpfgauge.export..")
          .layer("trend")
          .definedBy("dev.bpfgauge.trend..")
          .layer("analysis")
          .definedBy("dev.bpfgauge.analysis..")
          .layer("bench")
          .definedBy("dev.bpfgauge.bench..")
          .layer("kernelmap")
          .definedBy("dev.bpfgauge.kernelmap..")
          .layer("hook")
          .definedBy("dev.bpfgauge.hook..")
          .layer("verifier")
          .definedBy("dev.bpfgauge.verifier..")
          .layer("events")
          .definedBy("dev.bpfgauge.events..")
          .layer("mllb")
          .definedBy("dev.bpfgauge.mllb..")
          .layer("tool")
          .definedBy("dev.bpfgauge.tool..")
          .layer("stress")
          .definedBy("dev.bpfgauge.stress..")
          .layer("host")
          .definedBy("dev.bpfgauge.host..")
          .layer("sample")
          .definedBy("dev.bpfgauge.sample..")
          .layer("libbpf")
          .definedBy("dev.bpfgauge.libbpf", "dev.bpfgauge.libbpf.ffm")
          .layer("results")
          .definedBy("dev.bpfgauge.results..")
          .layer("stats")
          .definedBy("dev.bpfgauge.stats..")
          .layer("os")
          .definedBy("dev.bpfgauge.os..")
          .whereLayer("os")
          .mayNotAccessAnyLayer()
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("lab")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("run")
          .mayOnlyBeAccessedByLayers("cli", "lab")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("export")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("trend")
          .mayOnlyBeAccessedByLayers("cli", "report")
          .whereLayer("analysis")
          .mayOnlyBeAccessedByLayers("cli", "run", "report", "export", "trend")
          .whereLayer("kernelmap")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("hook")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("verifier")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("events")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("mllb")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("tool")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("bench")
          .mayOnlyBeAccessedByLayers(
              "cli", "run", "lab", "hook", "kernelmap", "verifier", "events", "tool", "mllb")
          .whereLayer("stress")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("sample")
          .mayOnlyBeAccessedByLayers("cli", "run")
          .whereLayer("host")
          .mayOnlyBeAccessedByLayers("cli", "run", "lab", "sample", "stress")
          .whereLayer("libbpf")
          .mayOnlyBeAccessedByLayers(
              "cli",
              "run",
              "lab",
              "hook",
              "kernelmap",
              "verifier",
              "events",
              "tool",
              "mllb",
              "bench",
              "host",
              "sample")
          .whereLayer("stats")
          .mayOnlyBeAccessedByLayers(
              "bench", "cli", "run", "analysis", "report", "export", "mllb", "trend");
}
