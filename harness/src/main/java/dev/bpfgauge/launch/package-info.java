/**
 * From {@code java -jar harness.jar} on whatever Java is on the PATH to {@code cli.Main} on Java
 * 25. {@code Launcher} alone is compiled for Java 8.
 */
@NullMarked
package dev.bpfgauge.launch;

import org.jspecify.annotations.NullMarked;
