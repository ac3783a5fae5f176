package digitalkey.flutter

import digitalkey.DigitalKeyException

/** A part of a list that the channel carries; null if there is none. */
internal fun part(wire: Any?, place: Int): Any? = (wire as? List<*>)?.getOrNull(place)

internal inline fun <reified T> read(wire: Any?): T = wire as? T ?: throw unknown("${T::class.simpleName}")

/** The error for something that is no value of this type. It repeats no part of it (GEN-6). */
internal fun unknown(type: String) =
    DigitalKeyException.Invalid(argument = type, reason = "the channel carries no such value")
