package digitalkey

/**
 * A vehicle identification number: 17 ASCII letters or digits, upper-cased.
 *
 * Printing it shows the short form, such as `WBA…MO03` (GEN-6).
 */
class Vin private constructor(private val parsed: Parsed) {
    /** The text of a number, as a type apart from the text that the public constructor checks. */
    private data class Parsed(val text: String)

    /**
     * Takes a text of 17 ASCII letters or digits.
     *
     * @throws DigitalKeyException.Invalid for any other text.
     */
    @Throws(DigitalKeyException::class)
    constructor(text: String) : this(parseVin(text).parsed)

    /** Returns the whole number, which must not get into logs or errors (GEN-6). */
    fun text(): String = parsed.text

    override fun equals(other: Any?) = other is Vin && other.parsed == parsed

    override fun hashCode() = parsed.hashCode()

    override fun toString() = "${text().take(3)}…${text().takeLast(4)}"

    internal companion object {
        /** Holds a text that the core has parsed. */
        fun parsed(text: String) = Vin(Parsed(text))
    }
}
