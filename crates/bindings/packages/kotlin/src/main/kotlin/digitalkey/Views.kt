package digitalkey

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Returns the views of a started app as a flow, which begins with the newest and ends with the core.
 *
 * Each collector has a stream of its own, and skips the views that are outdated by the time it asks.
 */
fun DigitalKeyApp.views(): Flow<ViewState> = flow {
    viewStream().use { stream ->
        while (true) emit(stream.next() ?: break)
    }
}
