package digitalkey.flutter.test

import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Writes values in Flutter's format. */
class Writer {
    private val bytes = ByteArrayOutputStream()

    fun byte(byte: Int) = apply { bytes.write(byte) }

    private fun number(size: Int, set: ByteBuffer.() -> Unit) =
        bytes.writeBytes(ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).apply(set).array())

    private fun size(size: Int) {
        byte(if (size < 254) size else if (size < 65536) 254 else 255)
        if (size in 254..65535) number(2) { putShort(size.toShort()) }
        if (size >= 65536) number(4) { putInt(size) }
    }

    fun value(value: Any?): Writer = apply {
        when (value) {
            null -> byte(0)
            is Boolean -> byte(if (value) 1 else 2)
            is Int -> {
                byte(3)
                number(4) { putInt(value) }
            }
            is Long -> {
                byte(4)
                number(8) { putLong(value) }
            }
            is String -> {
                byte(7)
                val text = value.toByteArray()
                size(text.size)
                bytes.writeBytes(text)
            }
            is ByteArray -> {
                byte(8)
                size(value.size)
                bytes.writeBytes(value)
            }
            is List<*> -> {
                byte(12)
                size(value.size)
                value.forEach { value(it) }
            }
            is Map<*, *> -> {
                byte(13)
                size(value.size)
                value.forEach { (key, it) -> value(key).value(it) }
            }
            else -> error("the codec has no ${value::class}")
        }
    }

    fun done(): ByteArray = bytes.toByteArray()
}

/** Reads values in Flutter's format. */
class Reader(bytes: ByteArray) {
    private val buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)

    fun byte(): Int = buffer.get().toInt() and 0xff

    private fun size(): Int =
        when (val size = byte()) {
            254 -> buffer.short.toInt() and 0xffff
            255 -> buffer.int
            else -> size
        }

    fun value(): Any? =
        when (val type = byte()) {
            0 -> null
            1 -> true
            2 -> false
            3 -> buffer.int
            4 -> buffer.long
            7 -> ByteArray(size()).also { buffer.get(it) }.decodeToString()
            12 -> List(size()) { value() }
            13 -> List(size()) { value() to value() }.toMap()
            else -> error("the codec has no type $type")
        }
}
