// The archive comes from the folder `repository`, which `cargo xtask dist dart` writes. A checkout lacks
// it. The archive contains the rules for R8; the classes of this module need none.
plugins {
    id("com.android.library")
}

group = "digitalkey.flutter"
version = "0.1.0"

// The app resolves the archive, too.
val archives = uri("${project.projectDir}/repository")
rootProject.allprojects {
    repositories {
        google()
        mavenCentral()
        maven(archives)
    }
}

android {
    namespace = "digitalkey.flutter"
    compileSdk = 36

    defaultConfig {
        minSdk = 26
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin {
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
    }
}

dependencies {
    // It brings JNA and the coroutines, as its `.pom` says.
    implementation("digitalkey:digital-key-android:$version")
    // The main thread of Android.
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
}
