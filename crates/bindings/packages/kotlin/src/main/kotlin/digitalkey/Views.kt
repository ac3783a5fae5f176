package digitalkey

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * The views of a started app, beginning with the newest, until it is shut down. Each collector has a
 * stream of its own; views that were outdated before it asked are left out.
 */
fun DigitalKeyApp.views(): Flow<ViewState> = flow {
    viewStream().use { stream ->
        while (true) emit(stream.next() ?: break)
    }
}
