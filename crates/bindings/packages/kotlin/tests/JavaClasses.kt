package digitalkey.test

import java.net.URI
import java.nio.file.FileSystems
import java.nio.file.Files
import java.nio.file.Path
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import kotlin.io.path.extension
import kotlin.io.path.relativeTo

/** The newest version of a class file that ProGuard 6 reads: that of Java 13. */
private const val NEWEST = 57

/**
 * Writes the classes `java.…` of this JVM into a jar, which a shrinker reads to learn what is called
 * from outside. It takes no code from them, so the version is set to one that it knows.
 */
object JavaClasses {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val module = FileSystems.getFileSystem(URI("jrt:/")).getPath("/modules/java.base")
        ZipOutputStream(Files.newOutputStream(Path.of(arguments[0]))).use { jar ->
            jar.setLevel(1)
            Files.walk(module.resolve("java")).use { paths ->
                for (path in paths.filter { it.extension == "class" }) {
                    val bytes = Files.readAllBytes(path)
                    // The eighth byte is the lower half of the version.
                    bytes[7] = minOf(bytes[7].toInt(), NEWEST).toByte()
                    jar.putNextEntry(ZipEntry(path.relativeTo(module).toString()))
                    jar.write(bytes)
                }
            }
        }
    }
}
