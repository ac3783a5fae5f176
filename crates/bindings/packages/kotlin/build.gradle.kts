// The versions that `cargo xtask test-bindings` keeps to, which compiles the same sources without
// Gradle. Newer ones are not tested, nor is this file.
//
// The tests are a program of their own, below `tests`, which `cargo xtask test-bindings kotlin` compiles
// and runs against the backend; `gradle test` knows nothing of it.
plugins {
    kotlin("jvm") version "2.2.0"
    `java-library`
}

version = "0.1.0"

repositories {
    mavenCentral()
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.10.2")
    implementation("net.java.dev.jna:jna:5.13.0")
}

kotlin {
    jvmToolchain(17)
}
