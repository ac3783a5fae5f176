// `cargo xtask codegen bindings` writes the generated source, which is not in git.
//
// The versions are those of `cargo xtask test-bindings`, which compiles the same sources without Gradle,
// apart from JNA: the tests run on 5.13, and only from 5.17 on do its libraries for Android fit memory
// pages of 16 KiB. Neither newer ones nor this file are tested.
//
// The tests below `tests` are a program of their own, which `cargo xtask test-bindings kotlin` compiles
// and runs against the backend; `gradle test` does not run it.
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
    implementation("net.java.dev.jna:jna:5.17.0")
}

kotlin {
    jvmToolchain(17)
}
